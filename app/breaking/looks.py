"""What the pages of a breaking show: where it begins, how far it is, what she may do. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app import clock
from app.access.queries import holds, person_name, require, unit_name
from app.access.rules import May
from app.breaking import gather, kept, prints, queries, rules, turns
from app.breaking.prints import Change
from app.breaking.queries import Planned, Shown
from app.breaking.steps import Breaking
from app.breaking.written import PlanShown, plan_data, read
from app.charter.queries import in_force
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Refusal
from app.ledger import balances
from app.loans.free import free_cash
from app.loans.queries import waiting
from app.mending.queries import names_of
from app.terms import AccountKind, Actor, BelongsTo, Kept, Step

Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Breakable:
    """A pot that can be broken; `held` is the breaking that goes on in it."""

    id: str
    name: str
    next_breaking_on: str | None
    held: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """A breaking that is over, or goes on."""

    id: str
    pot_name: str
    day: date
    state: str
    paid: int
    kept: int


@dataclass(frozen=True, slots=True)
class Start:
    """Where a breaking begins, and all there were; the newest first."""

    chapter_name: str
    pots: list[Breakable]
    before: list[Before]
    backdate_days: int


def start(db: Tx, *, actor: Actor, chapter_id: str) -> Start:
    """A donation box is counted, never broken: its money is nobody's to share."""
    require(db, actor=actor, may=May.READ_BREAKING, unit_id=chapter_id)
    rows = db.rows(
        "SELECT p.id, p.name, p.next_breaking_on, c.breaking_id FROM pot p LEFT JOIN cycle c"
        " ON c.chapter_id = p.chapter_id AND c.pot_id = p.id AND c.closed_on IS NULL"
        " WHERE p.chapter_id = ? AND p.kind <> 'donation_box' ORDER BY p.id",
        (chapter_id,),
    )
    names = {row[0]: row[1] for row in rows}
    _, charter = in_force(db, chapter_id, clock.today())
    return Start(
        chapter_name=unit_name(db, chapter_id),
        pots=[Breakable(*row) for row in rows],
        before=[_before(of, names) for of in kept.all_kept(db, chapter_id)[::-1]],
        backdate_days=charter.backdate_days,
    )


def _before(of: Breaking, names: Mapping[str, str]) -> Before:
    posted = of.last(Step.POSTED)
    totals = posted.payload["plan"]["totals"] if posted else {"payout": 0, "stays": 0}
    return Before(
        of.id, names.get(of.pot_id, ""), of.day, of.state, totals["payout"], totals["stays"]
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """A step as it was done: its kind, by whom, when (microseconds)."""

    no: int
    kind: Step
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A breaking as its own page shows it.

    `plan` is there after the count, unless `against` says why nothing can be posted as it stands;
    `changed` is what differs from what somebody signed before. `free` is what can be lent, `queue`
    how many wait for a loan, once it is posted.
    """

    shown: Shown
    deeds: list[Deed]
    planned: Planned | None
    against: Refusal | None
    turn: turns.Turn | None
    changed: list[Change]
    names: Names
    vessels: int  # members who may bring a pig from home
    may_break: bool
    may_read_book: bool
    free: int
    queue: int

    @property
    def home(self) -> bool:
        """Pigs are brought from home."""
        return self.shown.kept == Kept.HOME

    @property
    def shares(self) -> bool:
        """The money is the members', so that each says what she does with it."""
        return self.shown.belongs_to == BelongsTo.MEMBER


def standing(db: Tx, *, actor: Actor, breaking_id: str) -> Standing:
    """How it stands, for whoever reads it. Raises NotFound."""
    shown = queries.one(db, actor=actor, breaking_id=breaking_id)
    of = shown.of
    planned, against, changed = _planned(db, actor, shown)
    goes_on = planned is not None and shown.state != Step.POSTED
    posted = shown.state == Step.POSTED
    return Standing(
        shown=shown,
        deeds=[Deed(t.no, t.kind, person_name(db, t.by), t.at) for t in of.steps],
        planned=planned,
        against=against,
        turn=turns.turn(db, actor=actor, of=of, fingerprint=planned.fingerprint)
        if planned and goes_on else None,
        changed=changed,
        names=names_of(db, of.chapter_id),
        vessels=len(members(db, of)) if shown.kept == Kept.HOME else 0,
        may_break=holds(actor, May.BREAK_PIGS, of.chapter_id),
        may_read_book=holds(actor, May.READ_BOOK, of.chapter_id),
        free=free_cash(db, of.chapter_id, of.pot_id, clock.today()) if posted else 0,
        queue=sum(1 for _, loan in waiting(db, of.chapter_id, clock.today())
                  if loan.pot_id == of.pot_id) if posted else 0,
    )  # fmt: skip


def _planned(
    db: Tx, actor: Actor, shown: Shown
) -> tuple[Planned | None, Refusal | None, list[Change]]:
    of = shown.of
    if shown.count is None or shown.state == Step.ABANDONED:
        return None, None, []
    try:
        planned = queries.plan(db, actor=actor, breaking_id=of.id)
    except Refusal as refusal:
        return None, refusal, []
    return planned, None, _changed(db, of, planned.fingerprint)


def _changed(db: Tx, of: Breaking, stands: str) -> list[Change]:
    """Against the last signature that was given on other figures."""
    signed = of.last(Step.SIGNED)
    if signed is None or signed.payload["fingerprint"] == stands or of.last(Step.POSTED):
        return []
    now = gather.signed_data(of, gather.facts_of(db, of))
    return prints.changes(signed.payload["facts"], now)


@dataclass(frozen=True, slots=True)
class CountBlank:
    """What the counting form of a breaking rests on; `book` should lie in the pot and in hand."""

    shown: Shown
    book: int


def count_blank(db: Tx, *, actor: Actor, breaking_id: str) -> CountBlank:
    """For whoever may count."""
    shown = queries.one(db, actor=actor, breaking_id=breaking_id)
    of = shown.of
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=of.chapter_id)
    held = balances.held(db, of.chapter_id, of.pot_id)
    book = held.get(AccountKind.CASH_POT, 0) + held.get(AccountKind.CASH_HAND, 0)
    return CountBlank(shown, book)


def members(db: Tx, of: Breaking) -> list[tuple[str, int, str]]:
    """Who may bring a pig from home on the day: id, number, name."""
    rows = db.rows(
        "SELECT m.id, m.number, p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND m.joined_on <= ? AND (m.left_on IS NULL OR m.left_on >= ?)"
        " ORDER BY m.number",
        (of.chapter_id, of.day, of.day),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def vessels(db: Tx, *, actor: Actor, breaking_id: str) -> tuple[Shown, list[tuple[str, int, str]]]:
    """The pigs from home that can be opened."""
    shown = queries.one(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=shown.of.chapter_id)
    return shown, members(db, shown.of)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the members are asked: the plan where nobody said anything, and what was said."""

    shown: Shown
    plan: PlanShown
    now: PlanShown | None  # with what was said, where that can be
    charter: Charter
    has_box: bool
    names: Names


def asking(db: Tx, *, actor: Actor, breaking_id: str) -> Asking:
    """Claims do not depend on what is said of them. Raises Conflict `not_counted`."""
    shown = queries.one(db, actor=actor, breaking_id=breaking_id)
    of = shown.of
    require(db, actor=actor, may=May.BREAK_PIGS, unit_id=of.chapter_id)
    facts = gather.facts_of(db, of)
    nothing = replace(facts, savers=tuple(replace(one, decided=None) for one in facts.savers))
    try:
        now = read(plan_data(rules.plan(facts)))
    except Refusal:
        now = None
    return Asking(
        shown=shown,
        plan=read(plan_data(rules.plan(nothing))),
        now=now,
        charter=in_force(db, of.chapter_id, of.day)[1],
        has_box=facts.box_id is not None,
        names=names_of(db, of.chapter_id),
    )
