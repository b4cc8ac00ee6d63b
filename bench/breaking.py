"""What breaking a pig takes: the plan, the first signature, the second with its posting.

    python -m bench.breaking [members …]

Each has one sheet line behind her and every third takes part of it; a chapter is broken once a
round, the figures are medians.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from app import clock, ids
from app.access import actions as access
from app.access import queries
from app.access.rules import digest
from app.breaking import actions, signatures
from app.breaking import queries as breakings
from app.cash.writing import Decision
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.ledger.once import Ticket
from app.offices import actions as offices
from app.offices.actions import Appointed, Appointee
from app.terms import Actor, Outcome, Role
from bench.world import AMOUNT, OPENED, Chapter, findings, make, settings

ROUNDS = 5
TAKEN = 2_000
STEPS = ("plan", "first signature", "second, posted")


def break_pig(db: Database, chapter: Chapter, by: Actor, head: Actor) -> tuple[float, ...]:
    """Milliseconds of each of STEPS."""
    opened = db.write_now(actions.open_breaking, actor=by, chapter_id=chapter.id,
                          pot_id=chapter.pot_id, day=clock.today())  # fmt: skip
    db.write_now(actions.count, actor=by, breaking_id=opened.id,
                 notes={"1000": AMOUNT // 1000 * len(chapter.member_ids)},
                 witnesses=chapter.member_ids[:2], decision=Decision(Outcome.CARRIED, None))  # fmt: skip
    lines = [(one, TAKEN, None, 0) for one in chapter.member_ids[::3]]
    db.write_now(actions.decide, actor=by, breaking_id=opened.id, lines=lines)

    def signing(who: Actor) -> float:
        return timed(lambda: db.write_now(
            signatures.sign, actor=who, breaking_id=opened.id, fingerprint=shown,
            ticket=Ticket(ids.new(), bytes(32)),
        ))[0]  # fmt: skip

    planning, planned = timed(lambda: db.read_now(breakings.plan, actor=by, breaking_id=opened.id))
    shown = planned.fingerprint
    return planning, signing(by), signing(head)


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what it gave."""
    begun = time.perf_counter()
    done = act()
    return 1000 * (time.perf_counter() - begun), done


def signed_in(db: Database, person_id: str) -> Actor:
    """A session of hers."""
    token = db.write_now(access.begin_session, person_id=person_id, device_id=None, hours=1)
    actor = db.read_now(queries.actor_of_session, digest(token))
    assert actor is not None
    return actor


def a_head(db: Database, chapter: Chapter, n: int) -> Actor:
    """Who signs second."""
    sql = "SELECT person_id FROM office WHERE role = 'administrator'"
    ((admin,),) = db.read_now(Tx.rows, sql)
    made = db.write_now(
        offices.appoint, actor=signed_in(db, admin), unit_id=chapter.id, role=Role.CHAPTER_HEAD,
        on=OPENED, who=Appointee(name="Chi Hội Trưởng", phone=f"0913{n:06d}"), code_hours=1,
    )  # fmt: skip
    assert isinstance(made, Appointed)
    return signed_in(db, made.person_id)


def measure(members: int) -> None:
    """A line of figures; refused where the books do not verify afterwards."""
    with tempfile.TemporaryDirectory() as data:
        url = f"sqlite:///{data}/solon.db"
        chapters = make(url, data, [members] * ROUNDS).chapters
        db = open_database(settings(url, data))
        took = [
            break_pig(db, one, signed_in(db, one.treasurer_id), a_head(db, one, n))
            for n, one in enumerate(chapters)
        ]
        db.close()
        found = findings(url, data)
        if found:
            raise SystemExit("\n".join(found))
    told = (
        f"{what} {median(ms):.0f} ms"
        for what, ms in zip(STEPS, zip(*took, strict=True), strict=True)
    )
    print(f"{members} members: {', '.join(told)}")


def main(*members: int) -> None:
    """A chapter of the usual size, and a very large one."""
    for size in members or (60, 300):
        measure(size)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
