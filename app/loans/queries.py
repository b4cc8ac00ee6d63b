"""What lending rests on: who asks, from which pot, who waits before whom, what is free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app import clock
from app.access.queries import chapter_holding, memberships, require
from app.access.rules import May
from app.approvals.queries import roles_towards
from app.charter.queries import in_force
from app.charter.rules import Charter
from app.db.tx import Tx
from app.errors import Invalid, NotFound, Refusal, not_found
from app.ledger import balances
from app.loan_terms import LoanState
from app.loans import dues, rules
from app.loans.dues import Owed
from app.loans.free import NOBODY, STANDS, free_cash
from app.loans.kept import ENDED, NEXT, OPEN, Kept, all_kept, kept, of_members
from app.loans.loan import UNFINISHED, Loan
from app.loans.queue import Applicant, Place, queue
from app.loans.rules import Asked, BookState
from app.members.rules import need_on
from app.models.loans import LoanRow
from app.terms import Actor, Membership, NeedClass, PotKind, Role


def reached(db: Tx, *, actor: Actor, loan_id: str) -> str:
    """The chapter of a loan within reach: her own, her chapter's, or one below a leader.

    Raises NotFound for missing and foreign alike.
    """
    for own in memberships(db, actor):
        sql = "SELECT 1 FROM loan WHERE chapter_id = ? AND id = ? AND member_id = ?"
        if db.row(sql, (own.chapter_id, loan_id, own.member_id)):
            return own.chapter_id
    if actor.member is not None:
        raise not_found()
    try:
        return chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    except NotFound:
        row = db.row("SELECT chapter_id FROM loan WHERE id = ?", (loan_id,))
        if row is None or Role.LEADER not in roles_towards(db, actor, row[0]):
            raise
        return str(row[0])


@dataclass(frozen=True, slots=True)
class Lender:
    """A pot that lends: what it is, when it is broken."""

    id: str
    name: str
    kind: PotKind
    next_breaking_on: date | None


def lenders(db: Tx, chapter_id: str) -> list[Lender]:
    """The chapter's pots, oldest first."""
    rows = db.rows(
        "SELECT id, name, kind, next_breaking_on FROM pot WHERE chapter_id = ? ORDER BY id",
        (chapter_id,),
    )
    return [
        Lender(id, name, PotKind(kind), date.fromisoformat(on) if on else None)
        for id, name, kind, on in rows
    ]


def lender(db: Tx, chapter_id: str, pot_id: str) -> Lender:
    """One of them. Raises Invalid `pot_unknown` for missing and foreign alike."""
    found = next((pot for pot in lenders(db, chapter_id) if pot.id == pot_id), None)
    if found is None:
        raise Invalid("pot_unknown", "Chi hội không có lợn này.", field="pot_id")
    return found


@dataclass(frozen=True, slots=True)
class Borrower:
    """A member as one who asks."""

    member_id: str
    number: int
    person_id: str
    name: str
    joined_on: date
    left_on: date | None


def borrower(db: Tx, chapter_id: str, member_id: str, field: str = "member_id") -> Borrower:
    """A member of this chapter. Raises Invalid `member_unknown` for missing and foreign alike."""
    row = db.row(
        "SELECT m.id, m.number, m.person_id, p.name, m.joined_on, m.left_on FROM member m"
        " JOIN person p ON p.id = m.person_id WHERE m.chapter_id = ? AND m.id = ?",
        (chapter_id, member_id),
    )
    if row is None:
        raise Invalid("member_unknown", "Chi hội không có hội viên này.", field=field)
    id, number, person_id, name, joined, left = row
    return Borrower(id, number, person_id, name, date.fromisoformat(joined),
                    date.fromisoformat(left) if left else None)  # fmt: skip


def states_of(db: Tx, chapter_id: str, member_id: str, but: str = "") -> list[LoanState]:
    """How her loans stand, without one of them."""
    return [loan.state for loan in of_members(db, chapter_id, [member_id]) if loan.id != but]


def needs(db: Tx, chapter_id: str, year: int) -> dict[str, NeedClass]:
    """The class that counts in a year, of each member who gave one."""
    entered: dict[str, list[tuple[int, str]]] = {}
    for member_id, of_year, kind in db.rows(
        "SELECT member_id, year, class FROM need_class WHERE chapter_id = ? ORDER BY seq",
        (chapter_id,),
    ):
        entered.setdefault(member_id, []).append((of_year, kind))
    return {
        member_id: NeedClass(kind)
        for member_id, classes in entered.items()
        if (kind := need_on(classes, year))
    }


PAID = (
    "SELECT count(*) FROM loan l WHERE l.chapter_id = ? AND l.member_id = ? AND EXISTS (SELECT 1 FROM"
    " loan_fact f WHERE f.chapter_id = l.chapter_id AND f.loan_id = l.id AND f.kind = 'disbursed'"
    f" AND {STANDS})"
)


def waiting(
    db: Tx, chapter_id: str, on: date, known: Iterable[Standing] | None = None
) -> list[tuple[Place, Kept]]:
    """Who waits for a loan, in the order in which they shall be lent to.

    `known` are the open loans where they were read already.
    """
    asking = {
        one.of.id: one.of for one in (opened(db, chapter_id, on) if known is None else known)
        if one.of.left_on is None and one.loan.state is LoanState.APPLIED
    }  # fmt: skip
    classes = needs(db, chapter_id, on.year) if asking else {}
    places = queue(
        [
            Applicant(loan.id, loan.pot_id, classes.get(loan.member_id), loan.applied.day,
                      _past_loans(db, chapter_id, loan.member_id), loan.applied.terms.amount)
            for loan in asking.values()
        ],
        on,
    )  # fmt: skip
    return [(place, asking[place.applicant.loan_id]) for place in places]


def _past_loans(db: Tx, chapter_id: str, member_id: str) -> int:
    row = db.row(PAID, (chapter_id, member_id))
    return int(row[0]) if row else 0


def queue_of(db: Tx, *, actor: Actor, chapter_id: str) -> list[tuple[Place, Kept]]:
    """The queue as a page or the API shows it; `words.told` says each reason."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return waiting(db, chapter_id, clock.today())


@dataclass(frozen=True, slots=True)
class Ground:
    """What an application rests on, on a day; `savings` are her own, in đồng."""

    who: Borrower
    charter: Charter
    savings: int
    book: BookState

    @property
    def most(self) -> int:
        """The most that she can be lent, in đồng."""
        return rules.most_lent(self.charter, self.savings, self.book.free)


def is_own(db: Tx, actor: Actor, chapter_id: str, member_id: str) -> bool:
    """Whether she asks for herself; else it takes an office. A card asks for nobody else: NotFound."""
    own = Membership(chapter_id, member_id) in memberships(db, actor)
    if actor.member is not None and not own:
        raise not_found()
    return own


def ground(
    db: Tx, *, actor: Actor, chapter_id: str, pot_id: str, member_id: str, day: date
) -> Ground:
    """For the treasurer, and for herself. Raises Invalid `pot_unknown`, `member_unknown`."""
    if not is_own(db, actor, chapter_id, member_id):
        require(db, actor=actor, may=May.LEND, unit_id=chapter_id)
    pot = lender(db, chapter_id, pot_id)
    who = borrower(db, chapter_id, member_id)
    book = BookState(pot.kind, pot.next_breaking_on, free_cash(db, chapter_id, pot_id, day),
                     states_of(db, chapter_id, who.member_id))  # fmt: skip
    savings = balances.savings_on(db, chapter_id, who.member_id, day)
    return Ground(who, in_force(db, chapter_id, day)[1], savings, book)


def standing_in_the_way(on: Ground, asked: Asked, day: date) -> list[Refusal]:
    """What the page tells while she types: every reason why this cannot be lent on that day."""
    try:
        rules.check_belongs(on.who.joined_on, on.who.left_on, day)
    except Refusal as gone:
        return [gone]
    return rules.standing_in_the_way(asked, on.charter, on.savings, on.book, day)


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan as a list shows it on a day; `owed` where it runs."""

    of: Kept
    loan: Loan
    owed: Owed


def standing(of: Kept, on: date) -> Standing:
    """How a loan stands on a day."""
    loan = of.on(on)
    return Standing(of, loan, dues.owed(loan, loan.on))


def loans(
    db: Tx, *, actor: Actor, chapter_id: str, state: LoanState | None = None,
    after: str | None = None, limit: int = 200,
) -> list[Standing]:  # fmt: skip
    """A chapter's loans in the order of their ids (that is, of their making), as of today."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    if state is None:
        told = {"after": after or NOBODY, "most": limit}
        every = all_kept(db, chapter_id, NEXT, told)
    else:
        every = all_kept(db, chapter_id, OPEN if state in UNFINISHED else "")
    found = [
        loan for loan in sorted(every, key=lambda loan: loan.id)
        if (after is None or loan.id > after) and (state is None or loan.state is state)
    ]  # fmt: skip
    return [standing(loan, clock.today()) for loan in found[:limit]]


def opened(db: Tx, chapter_id: str, today: date) -> list[Standing]:
    """Loans that are not over, in the order in which they were asked for."""
    found = [standing(loan, today) for loan in all_kept(db, chapter_id, OPEN)]
    return [one for one in found if not one.loan.over]


def running(db: Tx, chapter_id: str, today: date) -> list[Standing]:
    """Loans that are out."""
    return [one for one in opened(db, chapter_id, today) if one.loan.state is LoanState.RUNNING]


def ended(db: Tx, chapter_id: str, today: date, most: int) -> list[Standing]:
    """The newest that are over."""
    return [standing(loan, today) for loan in all_kept(db, chapter_id, ENDED, {"most": most})][::-1]


@dataclass(frozen=True, slots=True)
class Debt:
    """What a member owes on one loan on a day, all of it, in đồng."""

    loan_id: str
    pot_id: str
    amount: int


def running_of(db: Tx, chapter_id: str, member_id: str) -> list[Kept]:
    """A member's loans that are out, in the order in which she asked for them."""
    found = of_members(db, chapter_id, [member_id])
    return [of for of in found if of.state is LoanState.RUNNING]


def debts(db: Tx, chapter_id: str, member_id: str, day: date) -> list[Debt]:
    """All that is owed on each of them. A death ends interest on its day: so much, whichever way."""
    return [
        Debt(of.id, of.pot_id, dues.owed(of.loan, day).total)
        for of in running_of(db, chapter_id, member_id)
    ]


def one(db: Tx, *, actor: Actor, loan_id: str) -> Standing:
    """A loan of her chapter as it stands today, for a form of the treasurer. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=LoanRow, id=loan_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    return standing(kept(db, chapter_id, loan_id), clock.today())
