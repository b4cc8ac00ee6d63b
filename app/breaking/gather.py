"""What a breaking rests on, gathered set-wise: a constant number of statements however many women."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import Any

from app.breaking.facts import Customs, Debt, Decided, Facts, Saver, Verdict
from app.breaking.prints import as_data, fingerprint
from app.breaking.steps import Breaking, check_counted, check_goes_on
from app.charter.queries import in_force
from app.db.tx import Tx
from app.ledger import balances
from app.loan_terms import LoanState
from app.loans.kept import Kept, all_kept
from app.loans.loan import Claim, at, claims
from app.terms import BelongsTo, PotKind, Step, SurplusRule

Decisions = Sequence[tuple[str, int | None, int | None, int | None]]  # member, take, keep, give


def cycle_starts_on(db: Tx, chapter_id: str, pot_id: str) -> date:
    """The first day of a pot's open cycle."""
    sql = "SELECT starts_on FROM cycle WHERE chapter_id = ? AND pot_id = ? AND closed_on IS NULL"
    return date.fromisoformat(db.rows(sql, (chapter_id, pot_id))[0][0])


# What happens to a loan and moves no money, yet changes what is due.
_QUIET = "'rescheduled', 'waived', 'died', 'reversed'"


def last_day(db: Tx, chapter_id: str, pot_id: str) -> date | None:
    """The latest day on which anything moved in a pot, or was told of a loan from it."""
    row = db.row(
        "SELECT max(day) FROM ("
        "SELECT max(day) AS day FROM day_total WHERE chapter_id = :chapter AND pot_id = :pot"
        " UNION ALL SELECT max(f.day) FROM loan l JOIN loan_fact f ON f.chapter_id = l.chapter_id"
        f"  AND f.loan_id = l.id AND f.kind IN ({_QUIET})"
        "  WHERE l.chapter_id = :chapter AND l.pot_id = :pot) AS told",
        {"chapter": chapter_id, "pot": pot_id},
    )
    return date.fromisoformat(row[0]) if row and row[0] else None


def facts_of(db: Tx, of: Breaking, decisions: Decisions | None = None) -> Facts:
    """The pot before it is broken; `decisions` in place of those that were told.

    Raises Conflict `not_counted`.
    """
    count = check_counted(of)
    pot = db.rows(
        "SELECT kind, belongs_to FROM pot WHERE chapter_id = ? AND id = ?",
        (of.chapter_id, of.pot_id),
    )[0]
    _, charter = in_force(db, of.chapter_id, of.day)
    customs = Customs(charter.payout_step, charter.default_decision, charter.surplus_rule,
                      charter.set_off_debt)  # fmt: skip
    said = {
        line[0]: Decided(*line[1:]) for line in (of.decisions if decisions is None else decisions)
    }
    days = _savings_days(db, of) if charter.surplus_rule is SurplusRule.BY_SAVINGS_DAYS else {}
    debts = _debts(db, of) if charter.set_off_debt else {}
    savers = tuple(
        Saver(
            member_id,
            number,
            savings=balance,
            savings_days=days.get(member_id, 0),
            awaiting=left is not None,
            home=as_notes(count.home.get(member_id, {})),
            debts=() if left else tuple(debts.get(member_id, ())),
            decided=said.get(member_id),
        )
        for member_id, number, left, balance in _savers(db, of, count.home)
    )
    return Facts(
        of.pot_id,
        of.day,
        as_notes(count.notes),
        balances.held(db, of.chapter_id, of.pot_id),
        savers,
        customs,
        Verdict(count.outcome, count.keeper_id, count.paid_now),
        PotKind(pot[0]),
        BelongsTo(pot[1]),
        _box(db, of),
    )


def signed_data(of: Breaking, facts: Facts) -> dict[str, Any]:
    """All that is signed: the facts, of which breaking, with which count and which decisions."""
    count, decided = of.last(Step.COUNTED), of.last(Step.DECIDED)
    return {
        **as_data(facts), "breaking": of.id, "count": count and count.no,
        "decisions": decided and decided.no,
    }  # fmt: skip


def as_it_stands(db: Tx, of: Breaking) -> tuple[Facts, str]:
    """The facts and their fingerprint. Raises Conflict `breaking_abandoned`, `not_counted`."""
    check_goes_on(of)
    facts = facts_of(db, of)
    return facts, fingerprint(signed_data(of, facts))


def as_day(text: str | None) -> date | None:
    """A day out of the book."""
    return date.fromisoformat(text) if text else None


def as_notes(notes: Mapping[str, int]) -> dict[int, int]:
    """Notes by their value."""
    return {int(value): number for value, number in notes.items() if number}


def _savers(db: Tx, of: Breaking, home: Container[str]) -> list[tuple[str, int, str | None, int]]:
    """Members in force on the day, whoever left and still has something here, and whoever brought
    her own pig.
    """
    rows = db.rows(
        "SELECT m.id, m.number, m.left_on, coalesce(a.balance, 0), m.joined_on FROM member m"
        " LEFT JOIN account a ON a.chapter_id = m.chapter_id AND a.pot_id = ?"
        "  AND a.owner_id = m.id AND a.kind = 'savings'"
        " WHERE m.chapter_id = ? ORDER BY m.number",
        (of.pot_id, of.chapter_id),
    )
    day = of.day.isoformat()
    return [
        (id, number, left, int(balance))
        for id, number, left, balance, joined in rows
        if balance or id in home or (left is None and joined <= day)
    ]


def _savings_days(db: Tx, of: Breaking) -> dict[str, int]:
    """Σ of her balance at the end of each business day from the cycle's start to the day before.

    What she kept from before counts every day, a line of this cycle from its own day on.
    """
    starts = cycle_starts_on(db, of.chapter_id, of.pot_id)
    moved = db.rows(
        "SELECT a.owner_id, e.day, sum(CASE WHEN m.credit_no = a.no THEN m.amount ELSE -m.amount END)"
        " FROM entry e JOIN movement m ON m.chapter_id = e.chapter_id AND m.seq = e.seq"
        " JOIN account a ON a.chapter_id = m.chapter_id AND a.no IN (m.debit_no, m.credit_no)"
        "  AND a.pot_id = e.pot_id AND a.kind = 'savings'"
        " WHERE e.chapter_id = ? AND e.pot_id = ? AND e.cycle_no = ? GROUP BY a.owner_id, e.day",
        (of.chapter_id, of.pot_id, of.cycle_no),
    )
    days: Counter[str] = Counter()
    brought: Counter[str] = Counter()
    for owner, day, amount in moved:
        days[owner] += int(amount) * (of.day - date.fromisoformat(day)).days
        brought[owner] -= int(amount)
    whole = (of.day - starts).days
    for owner, balance in db.rows(
        "SELECT owner_id, balance FROM account WHERE chapter_id = ? AND pot_id = ?"
        " AND kind = 'savings'",
        (of.chapter_id, of.pot_id),
    ):
        days[owner] += (balance + brought[owner]) * whole
    return dict(days)


def _debts(db: Tx, of: Breaking) -> dict[str, list[Debt]]:
    """What is due of each running loan from this pot, by member, as she asked for them."""
    found: dict[str, list[Debt]] = {}
    for loan in running_kept(db, of):
        due = [claim for claim in claims(at(loan.loan, of.day)) if claim.is_due]
        found.setdefault(loan.member_id, []).extend(_in_order(loan.id, due))
    return found


def _in_order(loan_id: str, due: Sequence[Claim]) -> list[Debt]:
    """As money settles them: what grew after the term comes behind the principal."""
    parts: list[Debt] = []
    for claim in due:
        if not parts or (claim.of_interest and parts[-1].principal):
            parts.append(Debt(loan_id, 0, 0))
        last = parts[-1]
        parts[-1] = (
            last._replace(interest=last.interest + claim.amount)
            if claim.of_interest
            else last._replace(principal=last.principal + claim.amount)
        )
    return parts


def running_kept(db: Tx, of: Breaking) -> list[Kept]:
    """The loans that are out of this pot, in two statements."""
    loans = all_kept(db, of.chapter_id, " AND l.pot_id = :pot", {"pot": of.pot_id})
    return [loan for loan in loans if loan.state is LoanState.RUNNING]


def _box(db: Tx, of: Breaking) -> str | None:
    """The donation box that takes gifts in on this day: the oldest that is open, and not counted
    since.
    """
    row = db.row(
        "SELECT p.id FROM pot p JOIN cycle c ON c.chapter_id = p.chapter_id AND c.pot_id = p.id"
        "  AND c.closed_on IS NULL AND c.breaking_id IS NULL AND c.starts_on <= :day"
        " WHERE p.chapter_id = :chapter AND p.kind = 'donation_box' AND p.id <> :pot"
        " AND NOT EXISTS (SELECT 1 FROM cash_count k WHERE k.chapter_id = p.chapter_id"
        "  AND k.pot_id = p.id AND k.place IN ('hand', 'together') AND k.day > :day)"
        " ORDER BY p.id LIMIT 1",
        {"chapter": of.chapter_id, "pot": of.pot_id, "day": of.day},
    )
    return str(row[0]) if row else None
