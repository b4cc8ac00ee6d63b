"""The pig of the main chapter is broken once a year, and what was kept is lent.

On a day on which pigs are broken (8/3, 19/5 or 20/10), whichever leaves the newest pig some sheets
by the day the demo is made: so it is told in full on any day.
"""

from __future__ import annotations

from datetime import date, timedelta

from app.breaking import actions, queries, signatures
from app.cash import moving
from app.cash.writing import Decision
from app.demo.by_two import notes, sign, there, ticket
from app.demo.cast import Story, Told
from app.terms import Outcome, Place

USUAL = ((3, 8), (5, 19), (10, 20))
SHEETS_SINCE = timedelta(days=30)
TAKES = {5: 50_000, 11: 30_000, 18: 100_000}  # by place in the chapter; the others keep all
FOR_LOANS = 6_000_000  # stays in hand for those who wait; the rest is sealed again
# What was counted beyond the book, in turns, and what the meeting says to it.
COUNTS = (
    (-5_000, Decision(Outcome.KEEPER_OWES, "Đếm lại hai lần vẫn thiếu, thủ quỹ bù", paid_now=True)),
    (0, Decision(Outcome.CARRIED, None)),
    (2_000, Decision(Outcome.ACCEPTED, "Không ai đến nhận lại")),
)


def days(made_on: date, years: int) -> list[date]:
    """One a year, oldest first; the last leaves the running pig some weeks."""
    latest = max(
        day
        for year in (made_on.year - 1, made_on.year)
        for month, of in USUAL
        if (day := date(year, month, of)) + SHEETS_SINCE <= made_on
    )
    return [latest.replace(year=latest.year - back) for back in reversed(range(years))]


def break_pig(story: Story, chapter: Told, day: date, turn: int) -> None:
    """Opened, counted before two, decided, signed by treasurer and head; then most is sealed again."""
    story.on(day, hour=18)
    db, by = story.db, chapter.treasurer
    opened = db.write_now(
        actions.open_breaking, actor=by, chapter_id=chapter.id, pot_id=chapter.pot_id, day=day
    )
    off, decision = COUNTS[turn % len(COUNTS)]
    book = sum(there(story, chapter, place, day) for place in (Place.POT, Place.HAND))
    db.write_now(actions.count, actor=by, breaking_id=opened.id, notes=notes(book + off),
                 witnesses=chapter.members[2:4], decision=decision)  # fmt: skip
    db.write_now(actions.decide, actor=by, breaking_id=opened.id,
                 lines=[(chapter.members[who], take, None, 0) for who, take in TAKES.items()])  # fmt: skip
    for signer in (by, chapter.head):
        shown = db.read_now(queries.plan, actor=signer, breaking_id=opened.id).fingerprint
        db.write_now(signatures.sign, actor=signer, breaking_id=opened.id, fingerprint=shown,
                     ticket=ticket((opened.id, signer.person_id)))  # fmt: skip
    chapter.since, chapter.covered = day, [0] * len(chapter.members)
    _reseal(story, chapter, day)


def _reseal(story: Story, chapter: Told, day: date) -> None:
    rest = there(story, chapter, Place.HAND, day) - FOR_LOANS
    if rest <= 0:
        return
    waits = story.db.write_now(
        moving.move_cash, actor=chapter.treasurer, pot_id=chapter.pot_id, day=day,
        source=Place.HAND, target=Place.POT, amount=rest, notes=notes(rest),
        witnesses=chapter.members[2:4], ticket=ticket((day, rest)),
    ).value  # fmt: skip
    sign(story, chapter, waits)
