"""`solon`: a command a line, each a thin door."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import psycopg
from sqlalchemy.exc import OperationalError

from app import config, copies
from app.audit.trail import Finding
from app.config import Settings
from app.db import schema
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.errors import Refusal

Command = Callable[[argparse.Namespace, Settings], int]


def main() -> None:
    """Run one command; a refusal is a sentence and exit 1, never a traceback."""
    parser = _parser()
    arguments, options = parser.parse_known_args()
    command: Command = arguments.command
    if options and command is not bench:
        parser.error(f"unrecognized arguments: {' '.join(options)}")
    arguments.options = options
    os.umask(0o077)  # the book is its owner's alone
    try:
        sys.exit(command(arguments, config.load()))
    except Refusal as refusal:
        sys.exit(str(refusal))
    except (sqlite3.OperationalError, psycopg.OperationalError, OperationalError) as error:
        place = config.load().database_url.rpartition("@")[2]
        sys.exit(f"{place}: không mở được / cannot be opened ({type(error).__name__})")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="solon", description="Sổ Lợn, the pig book")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=command)
        return sub

    serve_ = add("serve", serve, "serve the book; migrates the embedded database if needed")
    serve_.add_argument("--host", default="127.0.0.1")
    serve_.add_argument("--port", type=int, default=8000)
    serve_.add_argument("--workers", type=int, default=1)
    add("init", init, "an empty book and a one-time setup token").add_argument(
        "--json", action="store_true"
    )
    demo_ = add("demo", demo, "fill an empty database with the demo story")
    demo_.add_argument("--json", action="store_true")
    demo_.add_argument("--if-empty", action="store_true", help="else only say how to sign in")
    add("rescue", rescue, "the only administrator is lost: a new setup token")
    add("migrate", migrate, "bring the database to the newest schema")
    add("doctor", doctor, "check this installation, a line each")
    verify_ = add("verify", verify, "recompute balances, totals, identities and the trail")
    verify_.add_argument("--chapter", metavar="ID")
    verify_.add_argument("--head", metavar="HEX", default="")
    verify_.add_argument("--seq", metavar="N", type=int, default=0)
    add(
        "backup", backup, "a verified copy of the embedded database, also while serving"
    ).add_argument("file", type=Path)
    add("restore", restore, "put a verified copy in place of the embedded database").add_argument(
        "file", type=Path
    )
    add("bench", bench, "the benchmarks, with ratios: --quick, --large, --only, --rounds, --json")
    return parser


def ready(settings: Settings) -> Database:
    """The database at the newest schema: the embedded one is migrated, another must be."""
    db = open_database(settings)
    faults = db.read_now(schema.faults)
    if faults and not db.postgres:
        db.close()
        schema.migrate(settings.database_url)
        db = open_database(settings)
        faults = db.read_now(schema.faults)
    if faults:
        db.close()
        sys.exit("\n".join([*faults, "Chạy / run: solon migrate"]))
    return db


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped."""
    import uvicorn

    if arguments.workers > 1 and settings.database_url.startswith("sqlite"):
        sys.exit(
            "SQLite chỉ có một người ghi: --workers 1, hoặc dùng PostgreSQL (DATABASE_URL)."
            " / SQLite has one writer: use --workers 1, or PostgreSQL."
        )
    ready(settings).close()
    print(f"Sổ Lợn: http://{arguments.host}:{arguments.port}", flush=True)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        log_level=os.environ.get("SOLON_LOG", "warning"),
        access_log=False,  # paths and addresses are personal enough
        server_header=False,
        # Forwarded addresses are believed only of proxies the operator named.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=10,
    )
    return 0


def init(arguments: argparse.Namespace, settings: Settings) -> int:
    """Create the root unit and a setup token."""
    from app.access import actions

    db = ready(settings)
    try:
        made = db.write_now(actions.initialise)
    finally:
        db.close()
    if arguments.json:
        print(json.dumps(asdict(made)))
    else:
        print(
            f"Mã thiết lập, dùng một lần trong {actions.SETUP_MINUTES} phút / one-time setup token:"
            f"\n  {made.setup_token}\nMở / open: /thiet-lap"
        )
    return 0


def rescue(_: argparse.Namespace, settings: Settings) -> int:
    """At the server's own shell: a setup token for another administrator, sealed in the trail."""
    from app.access import actions

    db = ready(settings)
    try:
        token = db.write_now(actions.rescue)
    finally:
        db.close()
    print(f"Mã thiết lập / setup token ({actions.SETUP_MINUTES} min):\n  {token}\n/thiet-lap")
    return 0


def demo(arguments: argparse.Namespace, settings: Settings) -> int:
    """Tell the demo story."""
    from app.access import queries as access
    from app.demo import story
    from app.main import register_approvals

    register_approvals(settings)
    db = ready(settings)
    try:
        if arguments.if_empty and not db.read_now(access.is_empty):
            told = story.kept(settings)
            if told is None:
                print("Sổ đã có dữ liệu, không phải sổ thử. / This book is not the demo.")
                return 0
        else:
            told = story.tell(db, settings)
    finally:
        db.close()
    print(json.dumps(told, ensure_ascii=False) if arguments.json else story.how_to_sign_in(told))
    return 0


def migrate(_: argparse.Namespace, settings: Settings) -> int:
    """Bring the database to the newest schema."""
    if settings.database_url.startswith("sqlite"):
        open_database(settings).close()
    schema.migrate(settings.database_url)
    print(f"schema: {schema.head()}")
    return 0


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Findings, a line each; exit 1 if there are any."""
    from app import verify as checks

    if bool(arguments.head) != bool(arguments.seq) or (arguments.head and not arguments.chapter):
        sys.exit("--head, --seq và/and --chapter đi cùng nhau / go together")
    db = open_database(settings, readonly=True)
    books = db.read_now(checks.books)
    if arguments.chapter:
        if arguments.chapter not in books:
            sys.exit(f"{arguments.chapter}: không có sổ này / no such book")
        books = [arguments.chapter]
    findings = 0
    for book in books:
        for finding in db.read_now(_findings, book, arguments.seq, arguments.head):
            print(f"{finding.chapter_id}: {finding.what}")
            findings += 1
    db.close()
    print(f"{len(books)} sổ / books, {findings} lỗi / findings", file=sys.stderr)
    return 1 if findings else 0


def _findings(db: Tx, book: str, seq: int, head: str) -> list[Finding]:
    from app import verify as checks

    return list(checks.verify(db, book, at_seq=seq, at_head=head))


def doctor(_: argparse.Namespace, settings: Settings) -> int:
    """Check the installation."""
    from app import clock, health
    from app.loans import holidays

    ends = not holidays.lasts(clock.today())
    calendar = ("holidays", ends, holidays.CARRY_ON if ends else f"known until {holidays.LAST}")
    faults = 0
    for name, fault, detail in (*health.examine(settings), calendar):
        print(f"{'FAULT' if fault else 'ok':5}  {name}: {detail}")
        faults += fault
    return 1 if faults else 0


def backup(arguments: argparse.Namespace, settings: Settings) -> int:
    """Copy and verify."""
    copies.backup(settings, arguments.file)
    print(f"{arguments.file}: đã chép và kiểm xong / copied and verified")
    return 0


def restore(arguments: argparse.Namespace, settings: Settings) -> int:
    """Verify, then put in place."""
    copies.restore(settings, arguments.file)
    print(f"{arguments.file}: đã khôi phục / restored")
    return 0


def bench(arguments: argparse.Namespace, _: Settings) -> int:
    """Run bench/, which stands beside the application in the project's folder."""
    sys.path.insert(0, str(schema.ROOT))
    from bench import run

    return int(run.main(arguments.options))
