"""The only pen of loans: an application, a fact with the money it moves, a visit; each sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import ids
from app.audit import trail
from app.audit.trail import Seal
from app.db.tx import Tx
from app.ledger import balances, journal
from app.ledger.entry import Account, Entry
from app.loan_terms import LoanPurpose
from app.loans import books, telling, written
from app.loans.facts import Approved, Fact, Refused
from app.loans.kept import Kept
from app.loans.loan import Loan
from app.loans.schedule import Terms
from app.models.loans import LoanFactRow, LoanOpen, LoanRow, LoanVisit
from app.terms import Act, Actor, EntryKind


@dataclass(frozen=True, slots=True)
class Asking:
    """An application as it is written down; its terms are frozen."""

    member_id: str
    pot_id: str
    day: date
    terms: Terms
    purpose: LoanPurpose
    guarantor_id: str | None = None
    of_officer: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What a fact made of a loan; `entry_id` where money moved."""

    before: Loan
    after: Loan
    seal: Seal
    entry_id: str | None


def sealed_asking(loan_id: str, asked: Asking) -> dict[str, Any]:
    """What a record says of an application: all of its row (`check.py` compares)."""
    terms = asked.terms
    return {
        "loan": loan_id, "member": asked.member_id, "pot": asked.pot_id,
        "guarantor": asked.guarantor_id, "purpose": asked.purpose.value,
        "asked": [asked.day.isoformat(), terms.amount, terms.months, terms.plan.value,
                  terms.rate_bp, terms.step],
        "of_officer": asked.of_officer,
    }  # fmt: skip


def ask(db: Tx, chapter_id: str, seq: int, loan_id: str, asked: Asking) -> None:
    """The row of an application that record `seq` sealed."""
    terms = asked.terms
    db.insert(
        LoanRow(
            chapter_id=chapter_id,
            id=loan_id,
            seq=seq,
            member_id=asked.member_id,
            pot_id=asked.pot_id,
            guarantor_id=asked.guarantor_id,
            purpose=asked.purpose,
            amount=terms.amount,
            months=terms.months,
            plan=terms.plan,
            rate_bp=terms.rate_bp,
            step=terms.step,
            applied_on=asked.day,
            of_officer=asked.of_officer,
        ),
        LoanOpen(chapter_id=chapter_id, loan_id=loan_id),
    )


def bookmark(db: Tx, chapter_id: str, loan_id: str, before: Loan, after: Loan) -> None:
    """Keep to the open loans those that are: one that is over leaves, one taken back returns."""
    if after.over and not before.over:
        db.run("DELETE FROM loan_open WHERE chapter_id = ? AND loan_id = ?", (chapter_id, loan_id))
    elif before.over and not after.over:
        db.insert(LoanOpen(chapter_id=chapter_id, loan_id=loan_id))


def sealed_fact(no: int, fact: Fact) -> list[Any]:
    """What a record says of a fact: all of its row."""
    kind, day, amount, months, plan, due, of_no = written.columns(fact)
    return [no, kind.value, day, amount, months, plan and plan.value, due, of_no]


def note(
    db: Tx, chapter_id: str, loan_id: str, facts: Iterable[tuple[int, Fact]], *, seq: int,
    moved: bool, vote: tuple[int, int] | None = None, place: int | None = None,
) -> None:  # fmt: skip
    """The rows of numbered facts that record `seq` sealed; where it moved money it is the entry's."""
    yes, against = vote or (None, None)
    rows = []
    for no, fact in facts:
        kind, day, *rest = written.columns(fact)
        rows.append((chapter_id, loan_id, no, seq, seq if moved else None, kind.value,
                     date.fromisoformat(day), *rest, yes, against, place))  # fmt: skip
    db.insert_rows(
        LoanFactRow,
        f"chapter_id loan_id no seq entry_seq {written.NAMES} vote_yes vote_no place",
        rows,
    )


def tell(
    db: Tx,
    *,
    actor: Actor,
    of: Kept,
    fact: Fact,
    act: Act,
    kind: EntryKind | None = None,
    money: Account | None = None,
    facts: Mapping[str, Any] | None = None,
    texts: Mapping[str, str | None] | None = None,
    vote: tuple[int, int] | None = None,
    place: int | None = None,
) -> Done:
    """Add a fact to a loan of an open book; the ledger is told the difference (loans/books.py).

    `kind` is what its entry is where money moves, `money` where it comes from (cash in hand).
    Raises what telling.added and the journal raise, and Conflict `breaking_open` where it would
    change what is due while the pig is broken; then nothing is written.
    """
    before, after = of.loan, telling.added(of.facts, fact)
    if not isinstance(fact, Approved | Refused):
        balances.check_not_broken(db, of.chapter_id, of.pot_id)
    moved = books.transfers(of.accounts(money), before, after)
    said = {"number": of.number, "loan": of.id, "told": [sealed_fact(of.next_no, fact)]}
    if vote:
        said["vote"] = list(vote)
    said |= {"place": place} if place else {}
    said |= dict(facts or {})
    words = {"name": of.name, **(texts or {})}
    entry_id = None
    if moved:
        assert kind is not None
        posted = journal.post(
            db, actor=actor, chapter_id=of.chapter_id, act=act, facts=said, texts=words,
            entry=Entry(kind, of.pot_id, fact.day, moved),
        )  # fmt: skip
        seal, entry_id = posted.seal, posted.entry_id
    else:
        seal = trail.seal(db, chapter_id=of.chapter_id, actor=actor, act=act, about=of.id,
                          facts=said, texts=words)  # fmt: skip
    note(db, of.chapter_id, of.id, [(of.next_no, fact)], seq=seal.seq, moved=bool(moved),
         vote=vote, place=place)  # fmt: skip
    bookmark(db, of.chapter_id, of.id, before, after)
    return Done(before, after, seal, entry_id)


def visit(
    db: Tx, *, actor: Actor, of: Kept, day: date, words: str, left_poor_list: bool
) -> tuple[str, Seal]:
    """Somebody looked what the loan brought."""
    visit_id = ids.new()
    seal = trail.seal(
        db, chapter_id=of.chapter_id, actor=actor, act=Act.LOAN_VISITED, about=of.id,
        facts={"number": of.number, "loan": of.id, "visit": visit_id, "day": day.isoformat(),
               "left_poor_list": left_poor_list},
        texts={"name": of.name, "note": words},
    )  # fmt: skip
    db.insert(LoanVisit(chapter_id=of.chapter_id, seq=seal.seq, id=visit_id, loan_id=of.id,
                        day=day, left_poor_list=left_poor_list))  # fmt: skip
    return visit_id, seal
