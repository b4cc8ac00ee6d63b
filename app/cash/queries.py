"""What a pot's cash rests on and how it stands: places, what pends, who owes, what was counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock, ids, names
from app.access.queries import chapter_holding, require
from app.access.rules import May
from app.approvals.queries import hands, taken
from app.cash import rules
from app.cash.rules import PotFacts
from app.db.tx import Tx
from app.errors import Invalid, not_found
from app.ledger import balances
from app.ledger.balances import Pending
from app.ledger.entry import Account
from app.models.cash import CashCount
from app.terms import AccountKind, Actor, BelongsTo, Kept, Place, Role


def pot_facts(db: Tx, chapter_id: str, pot_id: str) -> PotFacts:
    """A pot of this chapter. Raises Invalid `pot_unknown` for missing and foreign alike."""
    row = db.row("SELECT kept, belongs_to FROM pot WHERE chapter_id = ? AND id = ?",
                 (chapter_id, pot_id))  # fmt: skip
    if row is None:
        raise Invalid("pot_unknown", "Chi hội không có lợn này.", field="pot_id")
    return PotFacts(pot_id, Kept(row[0]), BelongsTo(row[1]))


def stands(db: Tx, chapter_id: str, pot_id: str, day: date | None = None) -> tuple[bool, bool]:
    """Whether anything (up to a day) still stands in a pot's book, and whether it was opened."""
    any_, opened = db.rows(
        "SELECT coalesce(max(CASE WHEN e.day <= ? THEN 1 ELSE 0 END), 0),"
        " coalesce(max(CASE WHEN e.kind = 'opening' THEN 1 ELSE 0 END), 0) FROM entry e"
        " WHERE e.chapter_id = ? AND e.pot_id = ? AND e.kind <> 'reversal'"
        " AND EXISTS (SELECT 1 FROM movement m WHERE m.chapter_id = e.chapter_id AND m.seq = e.seq"
        "  AND NOT EXISTS (SELECT 1 FROM movement r WHERE r.chapter_id = m.chapter_id"
        "   AND r.reverses_seq = m.seq AND r.reverses_line = m.line))",
        (day or date.max, chapter_id, pot_id),
    )[0]
    return bool(any_), bool(opened)


def witnesses_named(db: Tx, chapter_id: str, witnesses: Sequence[str]) -> list[str]:
    """The witnesses' names: members by id, others as written. Raises Invalid."""
    found, members, others = [], {}, set()
    for n, witness in enumerate(witnesses):
        row = db.row(
            "SELECT p.name FROM member m JOIN person p ON p.id = m.person_id"
            " WHERE m.chapter_id = ? AND m.id = ?",
            (chapter_id, witness),
        ) if ids.is_one(witness) else None  # fmt: skip
        if row is None and ids.is_one(witness):  # an id is no name, and another's is nobody here
            raise Invalid("witness_unknown", "Không tìm thấy người này trong chi hội.",
                          field=f"witnesses.{n}")  # fmt: skip
        name = row[0] if row else names.clean(witness, longest=100, field=f"witnesses.{n}")
        found.append(name)
        if row:
            members[witness] = name.casefold()
        else:
            others.add(name.casefold())
    # Marks count: Hoa and Hòa are two. So do two members of one name, where both are meant.
    rules.check_witnesses([*members, *(others - set(members.values()))])
    return found


def keeper(db: Tx, chapter_id: str, person_id: str | None) -> str | None:
    """Who keeps the cash: the person named, else the treasurer in office.

    Raises Invalid `person_unknown` for whoever is neither a member nor an officer here.
    """
    today = clock.today()
    if person_id is None:
        row = db.row(
            "SELECT person_id FROM office WHERE unit_id = ? AND role = ? AND from_on <= ?"
            " AND (to_on IS NULL OR to_on > ?) ORDER BY from_on DESC",
            (chapter_id, Role.TREASURER.value, today, today),
        )
        return str(row[0]) if row else None
    sql = (
        "SELECT 1 FROM member WHERE chapter_id = :chapter AND person_id = :person"
        " UNION ALL SELECT 1 FROM office WHERE unit_id = :chapter AND person_id = :person"
    )
    known = {"chapter": chapter_id, "person": person_id}
    if not ids.is_one(person_id) or db.row(sql, known) is None:
        raise Invalid("person_unknown", "Không tìm thấy người này trong chi hội.",
                      field="keeper_person_id")  # fmt: skip
    return person_id


def owed(db: Tx, chapter_id: str, pot_id: str, person_id: str, day: date) -> int:
    """What a person owes of shortages in a pot from a day on: nobody pays before she owes."""
    account = Account(pot_id, AccountKind.RECEIVABLE, person_id)
    return balances.lowest_owned(db, chapter_id, account, day)


@dataclass(frozen=True, slots=True)
class Debt:
    """What a person owes a pot of shortages, in đồng."""

    person_id: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class PotCash:
    """A pot's cash as the book has it today, by place, with what is not settled."""

    id: str
    name: str
    kind: str
    kept: str
    belongs_to: str
    pot: int
    hand: int
    bank: int
    may_spend: int
    pending: list[Pending]
    waiting: dict[str, str]  # by difference: the decision that is to be signed
    debts: list[Debt]
    counted_on: dict[str, date | None]  # by place

    @property
    def total(self) -> int:
        """All of it."""
        return self.pot + self.hand + self.bank


def cash(db: Tx, *, actor: Actor, chapter_id: str) -> list[PotCash]:
    """Every pot's cash, oldest first."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    rows = db.rows(
        "SELECT id, name, kind, kept, belongs_to FROM pot WHERE chapter_id = ? ORDER BY id",
        (chapter_id,),
    )
    return [_pot_cash(db, chapter_id, *row) for row in rows]


def _pot_cash(
    db: Tx, chapter_id: str, id: str, name: str, kind: str, kept: str, belongs_to: str
) -> PotCash:
    has = balances.held(db, chapter_id, id)
    pending = balances.pending(db, chapter_id, id)
    asked = taken(db, chapter_id, "difference") if pending else {}
    waits = {one.id: asked.get(rules.as_it_pends(one.id, one.amount)) for one in pending}
    debts = db.rows(
        "SELECT a.owner_id, p.name, a.balance FROM account a JOIN person p ON p.id = a.owner_id"
        " WHERE a.chapter_id = ? AND a.pot_id = ? AND a.kind = 'receivable' AND a.balance > 0",
        (chapter_id, id),
    )
    return PotCash(
        id=id,
        name=name,
        kind=kind,
        kept=kept,
        belongs_to=belongs_to,
        pot=has.get(AccountKind.CASH_POT, 0),
        hand=has.get(AccountKind.CASH_HAND, 0),
        bank=has.get(AccountKind.CASH_BANK, 0),
        may_spend=rules.allowed_expense(PotFacts(id, Kept(kept), BelongsTo(belongs_to)), has),
        pending=pending,
        waiting={one: approval for one, approval in waits.items() if approval},
        debts=[Debt(*row) for row in debts],
        counted_on={
            place.value: balances.counted_on(db, chapter_id, id, place)
            for place in (Place.POT, Place.HAND)
        },
    )


@dataclass(frozen=True, slots=True)
class CountShown:
    """A count as its record shows it. `difference` is counted less book, `pends` what is open."""

    id: str
    chapter_id: str
    chapter_name: str
    pot_id: str
    pot_name: str
    place: str
    date: str
    notes: dict[int, int]
    counted: int
    book: int
    witnesses: str
    reason: str | None
    recorded_by: str
    signed_by: str | None
    recorded_at: int
    seq: int
    head: str
    pends: int
    outcome: str | None

    @property
    def difference(self) -> int:
        """Below zero a shortage."""
        return self.counted - self.book


def count(db: Tx, *, actor: Actor, count_id: str) -> CountShown:
    """A count within reach. Raises NotFound."""
    chapter_id = chapter_holding(db, actor=actor, model=CashCount, id=count_id)
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    row = db.row(
        "SELECT u.name, c.pot_id, p.name, c.place, c.day, c.notes, c.counted, c.book,"
        " t.at, c.seq, t.head FROM cash_count c"
        " JOIN trail t ON t.chapter_id = c.chapter_id AND t.seq = c.seq"
        " JOIN pot p ON p.chapter_id = c.chapter_id AND p.id = c.pot_id"
        " JOIN unit u ON u.id = c.chapter_id WHERE c.chapter_id = ? AND c.id = ?",
        (chapter_id, count_id),
    )
    if row is None:
        raise not_found()
    recorded_by, signed_by = hands(db, chapter_id, row[9])
    texts = dict(
        db.rows(
            "SELECT name, words FROM trail_text WHERE chapter_id = ? AND seq = ?",
            (chapter_id, row[9]),
        )
    )
    found = balances.pending_one(db, chapter_id, count_id)
    settled = db.row(
        "SELECT s.outcome FROM difference_settled s JOIN difference d ON"
        " d.chapter_id = s.chapter_id AND d.seq = s.difference_seq"
        " WHERE d.chapter_id = ? AND d.id = ? ORDER BY s.seq DESC",
        (chapter_id, count_id),
    )
    return CountShown(
        id=count_id,
        chapter_id=chapter_id,
        chapter_name=row[0],
        pot_id=row[1],
        pot_name=row[2],
        place=row[3],
        date=row[4],
        notes={int(value): number for value, number in json.loads(row[5]).items()},
        counted=row[6],
        book=row[7],
        witnesses=texts.get("witnesses", ""),
        reason=texts.get("reason") or None,
        recorded_by=recorded_by,
        signed_by=signed_by,
        recorded_at=row[8],
        seq=row[9],
        head=bytes(row[10]).hex(),
        pends=found.amount if found else 0,
        outcome=settled[0] if settled else None,
    )
