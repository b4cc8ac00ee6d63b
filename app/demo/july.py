"""A chapter that began with its paper book in July: counts, differences, an expense, a handover."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from app import ids, money
from app.access.rules import digest
from app.approvals import actions as approvals
from app.approvals.actions import Waiting
from app.cash import actions as cash
from app.cash import moving
from app.cash.actions import Counted, Decision
from app.demo.cast import GIVEN, Story, Told, a_chapter
from app.demo.years import post
from app.ledger import balances
from app.ledger.once import Ticket
from app.opening import actions as opening
from app.savings.rules import Line
from app.terms import Actor, Outcome, Place

ON_PAPER = 181_000  # what each had in the exercise book, January to June
LEFT_OVER = 60_000  # beyond it in the box: gifts of past years
VILLAGE = "Chi hội thôn Trên"


def tell(story: Story, leader: Actor, commune: str, today: date) -> None:
    """From the end of June to November; told in full years only."""
    year = today.year if today >= date(today.year, 11, 20) else today.year - 1
    begins = date(year, 6, 30)
    story.now = 0
    story.on(begins)
    chapter = a_chapter(story, leader, commune, VILLAGE, begins, "Bịa", GIVEN[:10])
    story.on(begins, hour=18)
    _from_paper(story, chapter, begins)
    _weeks(story, chapter, begins, date(year, 7, 31))
    _count(story, chapter, date(year, 7, 31))
    _weeks(story, chapter, date(year, 7, 31), date(year, 8, 31))
    short = _count(story, chapter, date(year, 8, 31), -20_000)
    _weeks(story, chapter, date(year, 8, 31), date(year, 9, 12))
    _settle(story, chapter, short, date(year, 9, 12))
    _weeks(story, chapter, date(year, 9, 12), date(year, 9, 30))
    _count(story, chapter, date(year, 9, 30), 5_000, Outcome.ACCEPTED)
    _weeks(story, chapter, date(year, 9, 30), date(year, 10, 18))
    _for_the_twentieth(story, chapter, date(year, 10, 18))
    _weeks(story, chapter, date(year, 10, 18), today - timedelta(days=1))


def _from_paper(story: Story, chapter: Told, day: date) -> None:
    waits = _ask(story, opening.open_balances, chapter, pot_id=chapter.pot_id, day=day,
                 cash={Place.POT: ON_PAPER * len(chapter.members) + LEFT_OVER},
                 savings=[(member, ON_PAPER) for member in chapter.members], loans=(),
                 reason="Chép từ sổ giấy")  # fmt: skip
    _sign(story, chapter, waits)


def _weeks(story: Story, chapter: Told, after: date, until: date) -> None:
    """A sheet each Sunday: everybody there, whole weeks."""
    for day in (after + timedelta(days=n) for n in range(1, (until - after).days + 1)):
        if day.isoweekday() != 7:
            continue
        story.on(day, hour=16)
        lines = []
        for i, member_id in enumerate(chapter.members):
            owed = (day - chapter.since).days + 1 - chapter.covered[i]
            lines.append(Line(member_id, owed * 1000, owed))
            chapter.covered[i] += owed
        post(story, chapter, day, lines)


def _count(
    story: Story, chapter: Told, day: date, off: int = 0, outcome: Outcome = Outcome.CARRIED
) -> str:
    """The box is counted at the month's end by two women; `off` is what was found beyond the book."""
    story.on(day, hour=17)
    there = story.db.read_now(balances.cash_at_end, chapter.id, chapter.pot_id, Place.POT, day)
    reason = "Không ai đến nhận lại" if off else None
    done = _ask(story, cash.count_cash, chapter, pot_id=chapter.pot_id, place=Place.POT, day=day,
                notes=_notes(there + off), witnesses=chapter.members[2:4],
                decision=Decision(outcome, reason))  # fmt: skip
    if isinstance(done, Waiting):
        return str(_sign(story, chapter, done)["id"])
    assert isinstance(done, Counted)
    return done.id


def _settle(story: Story, chapter: Told, count_id: str, day: date) -> None:
    """She who kept the box repays what was missing."""
    story.on(day)
    story.db.write_now(
        cash.settle_difference,
        actor=chapter.treasurer,
        count_id=count_id,
        day=day,
        decision=Decision(Outcome.KEEPER_OWES, "Đếm thiếu khi đổi tiền lẻ", paid_now=True),
        ticket=_ticket(count_id),
    )


def _for_the_twentieth(story: Story, chapter: Told, day: date) -> None:
    """Before 20/10 a member is ill: a visit, paid out of what was left over."""
    story.on(day, hour=9)
    waits = story.db.write_now(
        moving.move_cash, actor=chapter.treasurer, pot_id=chapter.pot_id, day=day,
        source=Place.POT, target=Place.HAND, amount=50_000, notes=_notes(50_000),
        witnesses=chapter.members[2:4], ticket=_ticket(day),
    ).value  # fmt: skip
    _sign(story, chapter, waits)
    waits = _ask(story, moving.spend, chapter, pot_id=chapter.pot_id, day=day, amount=40_000,
                 purpose="Thăm hỏi", note="Thăm chị em ốm nhân ngày 20/10")  # fmt: skip
    _sign(story, chapter, waits)


def _ask(story: Story, act: Callable[..., Any], chapter: Told, **said: Any) -> Any:
    """The treasurer does it, or proposes it."""
    return story.db.write_now(
        act, actor=chapter.treasurer, chapter_id=chapter.id, ticket=_ticket(said), **said
    ).value


def _sign(story: Story, chapter: Told, waits: Waiting) -> dict[str, Any]:
    """The head gives the second signature."""
    return story.db.write_now(
        approvals.sign,
        actor=chapter.head,
        approval_id=waits.approval_id,
        fingerprint=waits.fingerprint,
    )


def _ticket(said: object) -> Ticket:
    return Ticket(ids.new(), digest(repr(said)))


def _notes(amount: int) -> dict[str, int]:
    found = {}
    for value in money.NOTES:
        found[str(value)], amount = divmod(amount, value)
    return {value: number for value, number in found.items() if number}
