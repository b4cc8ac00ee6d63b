"""What minutes and slips say, on pages and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from app import clock
from app.breaking import words
from app.breaking.queries import Minutes
from app.breaking.written import LineShown
from app.terms import Outcome
from app.web import language, qr, render
from app.web.book import check_code

STYLE = ("solon", "cash", "breaking", "print")  # our own files, the last for a printer only


def minutes(request: Request, found: Minutes) -> dict[str, Any]:
    """The record of a breaking as the templates read it.

    Its link leads to the minutes with the check code behind the `#`, as a receipt's does.
    """
    lang = language.of_request(request)
    shown, count, plan = found.shown, found.count, found.plan
    code = check_code(request, found.head)
    link = f"{request.base_url}mo-lon/{shown.of.id}/bien-ban#{code}"
    home = {member: worth(notes) for member, notes in count.home.items()}
    return {
        "id": shown.of.id,
        "path": f"/mo-lon/{shown.of.id}",
        "chapter_id": shown.of.chapter_id,
        "chapter_name": shown.chapter_name,
        "pot_name": shown.pot_name,
        "shares": shown.belongs_to == "member",
        "day": shown.of.day,
        "since": found.since,
        "notes": [(int(value), number) for value, number in
                  sorted(count.notes.items(), key=lambda one: -int(one[0]))],
        "home": [(line.number, found.names.get(line.number, ""), home[line.member_id])
                 for line in plan.lines if line.member_id in home],
        "counted": plan.counted,
        "opened": plan.opened,
        "book": plan.book,
        "difference": plan.difference,
        "outcome": outcome(found),
        "keeper": found.keeper,
        "reason": shown.reason,
        "surplus": plan.surplus,
        "carried": plan.carried,
        "rule": words.RULE_WORDS[found.rule],
        "exchange": [words.pieces(side) for side in plan.exchange] if plan.exchange else None,
        "totals": plan.totals,
        "any_share": any(line.share for line in plan.lines),
        "lines": [line_shown(line, found.names.get(line.number, ""), lang)
                  for line in plan.lines if matters(line)],
        "witnesses": [name for name in shown.witnesses.split(", ") if name],
        "first_signer": found.first_signer,
        "second_signer": found.second_signer,
        "fingerprint": short(found.fingerprint),
        "number": found.number,
        "check_code": code,
        "posted_at": moment(found.posted_at),
        "link": link,
        "qr": qr.drawn(link),
    }  # fmt: skip


def alone(request: Request, found: Minutes) -> HTMLResponse:
    """The minutes without a page around them, style and all, in one file."""
    style = [Markup(render.STATIC.joinpath("css", f"{name}.css").read_text()) for name in STYLE]  # noqa: S704
    return render.page(
        request, "breaking/alone.html", paper=minutes(request, found), style=style[:-1],
        on_paper=style[-1],
    )  # fmt: skip


def outcome(found: Minutes) -> str:
    """What became of the difference: a sentence to translate."""
    if found.count.outcome is Outcome.KEEPER_OWES:
        return words.PAID_NOW if found.count.paid_now else words.PAYS_LATER
    return words.OUTCOME_WORDS[found.count.outcome]


def matters(line: LineShown) -> bool:
    """Who has nothing here is in no list."""
    return any((line.savings, line.share, line.set_off))


def line_shown(line: LineShown, name: str, lang: str) -> dict[str, Any]:
    """A line as preview, minutes and slips show it."""
    return {
        "line": line,
        "number": line.number,
        "name": name,
        "notes": words.pieces(line.notes),
        "why": [language.filled(*one, lang) for one in words.sentences(line)],
    }


def worth(notes: Mapping[str, int]) -> int:
    """What notes by value as text come to, in đồng."""
    return sum(int(value) * number for value, number in notes.items())


def moment(at: int) -> str:
    """`19:42 20/10/2026`."""
    return f"{datetime.fromtimestamp(at // 1_000_000, clock.VIETNAM):%H:%M %d/%m/%Y}"


def short(fingerprint: str) -> str:
    """What two read to each other: `3F9A-01C7`."""
    return f"{fingerprint[:4]}-{fingerprint[4:8]}".upper()
