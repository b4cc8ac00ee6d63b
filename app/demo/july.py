"""A chapter that began with its paper book in July: counts, differences, a handover, a farewell."""

from __future__ import annotations

from datetime import date, timedelta

from app.approvals.actions import Waiting
from app.cash import actions as cash
from app.cash import handing_over, moving
from app.cash.handover_rules import Count
from app.cash.writing import Counted, Decision
from app.demo.by_two import ask, notes, open_pig, sign, there, ticket
from app.demo.cast import GIVEN, Story, Told, a_chapter, let_in
from app.demo.lending import pays
from app.demo.years import post
from app.loan_terms import LoanPurpose
from app.loans import queries
from app.loans.bringing import Running
from app.offices.actions import Appointee
from app.opening import actions as opening
from app.savings.rules import Line
from app.settling import actions as settling
from app.settling.rules import Asked
from app.terms import Actor, Leaving, Outcome, Place, Role

ON_PAPER = 181_000  # what each had in the exercise book, January to June
LEFT_OVER = 60_000  # beyond it in the box: gifts of past years
VILLAGE = "Chi hội thôn Trên"
FAMILY = "Bịa"
NEXT = 5  # who keeps the cash from October on
BORROWER = 6  # in March, and still owes when the exercise book is copied
OWED = 300_000


def tell(story: Story, leader: Actor, commune: str, today: date) -> None:
    """From the end of June to November; told in full years only."""
    year = today.year if today >= date(today.year, 11, 20) else today.year - 1
    begins = date(year, 6, 30)
    story.now = 0
    story.on(begins)
    chapter = a_chapter(story, leader, commune, VILLAGE, begins, FAMILY, GIVEN[:10])
    story.on(begins, hour=18)
    _from_paper(story, chapter, begins)
    _weeks(story, chapter, begins, date(year, 8, 30))
    short = _count(story, chapter, date(year, 8, 31), -20_000)
    _weeks(story, chapter, date(year, 8, 31), date(year, 9, 12))
    _settle(story, chapter, short, date(year, 9, 12))
    _weeks(story, chapter, date(year, 9, 12), date(year, 9, 29))
    _count(story, chapter, date(year, 9, 30), 5_000, Outcome.ACCEPTED)
    _weeks(story, chapter, date(year, 9, 30), date(year, 10, 18))
    _for_the_twentieth(story, chapter, date(year, 10, 18))
    _weeks(story, chapter, date(year, 10, 18), date(year, 10, 25))
    _hand_over(story, chapter, date(year, 10, 25))
    _weeks(story, chapter, date(year, 10, 25), date(year, 11, 15))
    _leave(story, chapter, date(year, 11, 15))
    _weeks(story, chapter, date(year, 11, 15), today - timedelta(days=1))


def _from_paper(story: Story, chapter: Told, day: date) -> None:
    waits = ask(story, opening.open_balances, chapter, pot_id=chapter.pot_id, day=day,
                 cash={Place.POT: ON_PAPER * len(chapter.members) + LEFT_OVER},
                 savings=[(member, ON_PAPER) for member in chapter.members], loans=[_lent(chapter, day)],
                 reason="Chép từ sổ giấy")  # fmt: skip
    sign(story, chapter, waits)


def _lent(chapter: Told, day: date) -> Running:
    """A loan of the exercise book: half a million for a year, some of it paid back."""
    return Running(
        chapter.members[BORROWER], OWED, amount=500_000, months=12, purpose=LoanPurpose.SEED,
        disbursed_on=date(day.year, 3, 15), monthly_rate_bp=0,
    )  # fmt: skip


def _weeks(story: Story, chapter: Told, after: date, until: date) -> None:
    """A sheet each Sunday: everybody there, whole weeks. The cash is counted at a month's end."""
    for day in (after + timedelta(days=n) for n in range(1, (until - after).days + 1)):
        if day.isoweekday() == 7:
            _sheet(story, chapter, day)
        if (day + timedelta(days=1)).day == 1:
            _count(story, chapter, day)


def _sheet(story: Story, chapter: Told, day: date) -> None:
    story.on(day, hour=16)
    lines = []
    for i, member_id in enumerate(chapter.members):
        owed = (day - chapter.since).days + 1 - chapter.covered[i]
        lines.append(Line(member_id, owed * 1000, owed))
        chapter.covered[i] += owed
    post(story, chapter, day, lines)
    for out in story.db.read_now(queries.running, chapter.id, day):
        pays(story, chapter, out.of.id, day)


def _count(
    story: Story, chapter: Told, day: date, off: int = 0, outcome: Outcome = Outcome.CARRIED
) -> str:
    """Two women count with her what she holds, then the box; `off` is what it holds beyond the book."""
    story.on(day, hour=17)
    if there(story, chapter, Place.HAND, day):
        _count_in(story, chapter, Place.HAND, day, Decision(Outcome.CARRIED, None))
    reason = "Không ai đến nhận lại" if off else None
    done = _count_in(story, chapter, Place.POT, day, Decision(outcome, reason), off)
    if isinstance(done, Waiting):
        return str(sign(story, chapter, done)["id"])
    assert isinstance(done, Counted)
    return done.id


def _count_in(
    story: Story, chapter: Told, place: Place, day: date, decision: Decision, off: int = 0
) -> Counted | Waiting:
    done: Counted | Waiting = ask(
        story, cash.count_cash, chapter, pot_id=chapter.pot_id, place=place, day=day,
        notes=notes(there(story, chapter, place, day) + off), witnesses=chapter.members[2:4],
        decision=decision,
    )  # fmt: skip
    return done


def _settle(story: Story, chapter: Told, count_id: str, day: date) -> None:
    """She who kept the box repays what was missing."""
    story.on(day)
    story.db.write_now(
        cash.settle_difference,
        actor=chapter.treasurer,
        count_id=count_id,
        day=day,
        decision=Decision(Outcome.KEEPER_OWES, "Đếm thiếu khi đổi tiền lẻ", paid_now=True),
        ticket=ticket(count_id),
    )


def _for_the_twentieth(story: Story, chapter: Told, day: date) -> None:
    """Before 20/10 a member is ill: a visit, paid out of what was left over."""
    story.on(day, hour=9)
    open_pig(story, chapter, day, 50_000)
    waits = ask(story, moving.spend, chapter, pot_id=chapter.pot_id, day=day, amount=40_000,
                 purpose="Thăm hỏi", note="Thăm chị em ốm nhân ngày 20/10")  # fmt: skip
    sign(story, chapter, waits)


def _hand_over(story: Story, chapter: Told, day: date) -> None:
    """She gives up the office: all is counted, and the next treasurer, a member without one, comes
    in by the code that the head's signature brings. The first is no officer any more.
    """
    story.on(day, hour=18)
    incoming = chapter.members[NEXT]
    counts = [
        Count(chapter.pot_id, place, notes(there(story, chapter, place, day)))
        for place in (Place.POT, Place.HAND)
    ]
    waits = ask(story, handing_over.hand_over, chapter, day=day, outgoing_id=None,
                 incoming=Appointee(member_id=incoming), counts=counts,
                 witnesses=chapter.members[2:4], difference_reason=None,
                 reason="Chị bận con nhỏ, xin nghỉ", code_hours=1)  # fmt: skip
    made = sign(story, chapter, waits)
    story.people = [
        one for one in story.people
        if (one["chapter_id"], one["role"]) != (chapter.id, Role.TREASURER)
    ]  # fmt: skip
    chapter.treasurer = let_in(story, made["person_id"], made["enrol_code"], chapter.id,
                               Role.TREASURER, f"{FAMILY} Thị {GIVEN[NEXT]}")  # fmt: skip


def _leave(story: Story, chapter: Told, day: date) -> None:
    """The last in the book goes to live with her children: what is in hand is paid at once, the
    rest of her savings waits for her.
    """
    story.on(day, hour=17)
    open_pig(story, chapter, day, 200_000)
    gone = chapter.members.pop()
    chapter.covered.pop()
    story.db.write_now(
        settling.leave, actor=chapter.treasurer, member_id=gone,
        asked=Asked(day, Leaving.LEFT, reason="Về ở với con"), ticket=ticket(gone),
    )  # fmt: skip
