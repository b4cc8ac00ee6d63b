"""A loan's history as leaders read it: one frozen object for the page and the JSON (contract)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock
from app.access.queries import memberships, person_name, require
from app.access.rules import May
from app.db.tx import Tx
from app.errors import not_found
from app.loan_terms import LoanState
from app.loans import dues, queries
from app.loans.dues import Owed
from app.loans.facts import (
    Approved,
    Brought,
    Died,
    Disbursed,
    Recovered,
    Refused,
    Rescheduled,
    Waived,
    WrittenOff,
)
from app.loans.kept import Kept, Told, kept, of_members
from app.loans.life import standing
from app.loans.loan import Loan, Payment
from app.loans.schedule import Row
from app.terms import Actor, Level, Membership, NeedClass


@dataclass(frozen=True, slots=True)
class Signature:
    """Who proposed and who approved, on which business day; `vote` is the meeting's (yes, no)."""

    act: str  # proposed, approved
    person_id: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """A repayment that stands, with the entry that can be taken back (none where it was set off)."""

    payment: Payment
    entry_id: str | None
    seq: int


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan that was changed on a day; `before` are the rows it had then."""

    on: date
    months: int
    plan: str
    reason: str
    before: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Anything else that stands: interest let go, a write-off, a recovery, a refusal, her death."""

    kind: str
    on: date
    amount: int
    reason: str
    entry_id: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looked what the loan brought."""

    id: str
    on: date
    note: str
    left_poor_list: bool
    by: str


@dataclass(frozen=True, slots=True)
class History:
    """All of a loan as of a day. `named` is false where a leader has not said why she asks:
    then no name and no free text is in it. `paid_out` is the entry that put the money in her hand.
    """

    of: Kept
    loan: Loan
    owed: Owed
    need: NeedClass | None
    guarantor: str | None
    note: str
    out_of_order_reason: str
    place: int | None
    vote: tuple[int, int] | None
    signatures: list[Signature]
    paid_out: str | None
    payments: list[Paid]
    new_plans: list[NewPlan]
    steps: list[Step]
    visits: list[Visit]
    trail: list[int]
    named: bool


def history(db: Tx, *, actor: Actor, loan_id: str, purpose: str | None = None) -> History:
    """One loan within reach, as it stands today. Raises NotFound.

    A leader above the commune says why she wants to see names (`purpose`; the door logs it).
    """
    chapter_id = queries.reached(db, actor=actor, loan_id=loan_id)
    named = True
    of = kept(db, chapter_id, loan_id)
    if Membership(chapter_id, of.member_id) not in memberships(db, actor):
        named = is_named(db, actor, chapter_id, purpose)
    return told(db, of, clock.today(), named=named)


def is_named(db: Tx, actor: Actor, unit_id: str, purpose: str | None) -> bool:
    """Whether names are shown to her: up to the commune, above it for a purpose (domain: People).

    Raises NotFound, NotAllowed.
    """
    office = require(db, actor=actor, may=May.READ_LOANS, unit_id=unit_id)
    return bool(purpose) or office.level in (Level.CHAPTER, Level.COMMUNE)


def told(db: Tx, of: Kept, on: date, *, named: bool = True) -> History:
    """The history of a loan on a day."""
    loan = of.on(on)
    texts = _texts(db, of) if named else {}
    approved = next((t for t in _standing(of) if isinstance(t.fact, Approved)), None)
    place = approved.place if approved else None
    if loan.state is LoanState.APPLIED:
        waiting = queries.waiting(db, of.chapter_id, on)
        place = next((p.place for p, who in waiting if who.id == of.id), None)
    return History(
        of=of,
        loan=loan,
        owed=dues.owed(loan, loan.on),
        need=queries.needs(db, of.chapter_id, of.applied.day.year).get(of.member_id) if named else None,
        guarantor=_guarantor(db, of) if named else None,
        note=texts.get((of.seq, "note"), ""),
        out_of_order_reason=texts.get((approved.seq, "reason"), "") if approved else "",
        place=place,
        vote=approved.vote if approved else None,
        signatures=_signatures(db, of, approved),
        paid_out=next((t.entry_id for t in _standing(of) if isinstance(t.fact, Disbursed)), None),
        payments=_payments(of, loan),
        new_plans=_new_plans(of, loan, texts),
        steps=_steps(of, texts),
        visits=_visits(db, of, named=named),
        trail=sorted({of.seq, *(t.seq for t in of.told), *_visit_seqs(db, of)}),
        named=named,
    )  # fmt: skip


def held(db: Tx, *, chapter_id: str, member_id: str) -> list[dict[str, Any]]:
    """What is kept of her loans, for whoever asks for all data on herself."""
    return [
        {
            "id": of.id, "state": of.state.value, "pot_id": of.pot_id, "purpose": of.purpose.value,
            "amount": of.applied.terms.amount, "months": of.applied.terms.months,
            "plan": of.applied.terms.plan.value, "applied_on": of.applied.day.isoformat(),
            "outstanding": of.loan.principal, "note": texts.get((of.seq, "note"), ""),
            "facts": [
                {"kind": type(t.fact).__name__, "on": t.fact.day.isoformat(),
                 "amount": getattr(t.fact, "amount", None),
                 "reason": texts.get((t.seq, "reason"), "")}
                for t in of.told
            ],
            "visits": [{"on": v.on.isoformat(), "note": v.note} for v in _visits(db, of)],
        }
        for of in of_members(db, chapter_id, [member_id])
        for texts in [_texts(db, of)]
    ]  # fmt: skip


def _standing(of: Kept) -> list[Told]:
    stand = {fact.id for fact in standing(of.facts)}
    return [t for t in of.told if t.fact.id in stand]


def _signatures(db: Tx, of: Kept, approved: Told | None) -> list[Signature]:
    asked_on = clock.day_of(of.asked_at)
    found = [Signature("proposed", of.proposed_by, person_name(db, of.proposed_by), asked_on)]
    if approved and not any(isinstance(t.fact, Brought) for t in of.told):  # paper has no hands
        by = approved.by
        found.append(Signature("approved", by, person_name(db, by), approved.fact.day))
    return found


def _payments(of: Kept, loan: Loan) -> list[Paid]:
    told = {t.fact.id: t for t in of.told}
    return [
        Paid(p, None if p.set_off else told[p.fact_id].entry_id, told[p.fact_id].seq)
        for p in loan.payments
    ]


def _new_plans(of: Kept, loan: Loan, texts: dict[tuple[int, str], str]) -> list[NewPlan]:
    plans = [t for t in _standing(of) if isinstance(t.fact, Rescheduled)]
    return [
        NewPlan(t.fact.day, t.fact.months, t.fact.plan.value, texts.get((t.seq, "reason"), ""),
                before)
        for t, before in zip(plans, loan.old_plans, strict=True)
        if isinstance(t.fact, Rescheduled)
    ]  # fmt: skip


def _steps(of: Kept, texts: dict[tuple[int, str], str]) -> list[Step]:
    found = []
    for t in _standing(of):
        reason = texts.get((t.seq, "reason"), "")
        match t.fact:
            case Waived(amount=amount):
                found.append(Step("waived", t.fact.day, amount, reason, None))
            case WrittenOff():
                lost = of.loan.written_off
                found.append(Step("written_off", t.fact.day, lost, reason, t.entry_id))
            case Recovered(amount=amount):
                found.append(Step("recovered", t.fact.day, amount, reason, t.entry_id))
            case Refused():
                found.append(Step("refused", t.fact.day, 0, reason, None))
            case Died():
                found.append(Step("died", t.fact.day, 0, reason, None))
    return found


def _visits(db: Tx, of: Kept, *, named: bool = True) -> list[Visit]:
    rows = db.rows(
        "SELECT v.id, v.day, v.left_poor_list, p.name, x.words FROM loan_visit v"
        " JOIN trail t ON t.chapter_id = v.chapter_id AND t.seq = v.seq"
        " JOIN person p ON p.id = t.person_id LEFT JOIN trail_text x"
        "  ON x.chapter_id = v.chapter_id AND x.seq = v.seq AND x.name = 'note'"
        " WHERE v.chapter_id = ? AND v.loan_id = ? ORDER BY v.day, v.seq",
        (of.chapter_id, of.id),
    )
    return [
        Visit(id, date.fromisoformat(on), (note or "") if named else "", bool(left), by)
        for id, on, left, by, note in rows
    ]


def _visit_seqs(db: Tx, of: Kept) -> list[int]:
    sql = "SELECT seq FROM loan_visit WHERE chapter_id = ? AND loan_id = ?"
    return [row[0] for row in db.rows(sql, (of.chapter_id, of.id))]


def _texts(db: Tx, of: Kept) -> dict[tuple[int, str], str]:
    """What was written beside its records, by number and name."""
    found = {}
    for seq in {of.seq, *(t.seq for t in of.told)}:
        for name, words in db.rows(
            "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?",
            (of.chapter_id, seq),
        ):
            found[(seq, name)] = words
    return found


def _guarantor(db: Tx, of: Kept) -> str | None:
    if of.guarantor_id is None:
        return None
    row = db.row(
        "SELECT p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.chapter_id = ? AND m.id = ?",
        (of.chapter_id, of.guarantor_id),
    )
    if row is None:
        raise not_found()
    return str(row[0])
