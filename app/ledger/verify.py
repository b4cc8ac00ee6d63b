"""The check of the whole ledger: everything stored beside the movements is recomputed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from app.audit import trail
from app.audit.trail import Finding
from app.db.tx import Tx
from app.ledger.entry import COSTS, INCOME, change, flow_of
from app.models.ledger import NEVER_BELOW_ZERO
from app.terms import AccountKind as K
from app.terms import EntryKind as E

Row = tuple[Any, ...]


def books(db: Tx) -> list[str]:
    """Every book there is."""
    return [row[0] for row in db.rows("SELECT chapter_id FROM book ORDER BY chapter_id")]


def verify(db: Tx, chapter_id: str, *, at_seq: int = 0, at_head: str = "") -> Iterator[Finding]:
    """Trail, balances, totals, identities, seals of one book; a finding for each fault."""
    yield from trail.verify(db, chapter_id, at_seq=at_seq, at_head=at_head)
    for what in _Recount(db, chapter_id).findings():
        yield Finding(chapter_id, what)


class _Recount:
    """One pass over the movements in the order of their days."""

    def __init__(self, db: Tx, chapter_id: str) -> None:
        self.db = db
        self.chapter_id = chapter_id
        of_chapter = "WHERE chapter_id = ?"
        self.accounts: dict[int, Row] = {
            row[0]: row
            for row in self._rows(
                f"SELECT no, pot_id, kind, owner_id, balance, periods FROM account {of_chapter}"
            )
        }
        self.numbers: dict[str, int] = dict(
            self._rows(f"SELECT id, number FROM member {of_chapter}")
        )
        self.open_cycles: dict[str, int] = dict(
            self._rows(f"SELECT pot_id, no FROM cycle {of_chapter} AND closed_on IS NULL")
        )
        self.movements = self._rows(
            "SELECT e.day, e.pot_id, e.cycle_no, m.seq, m.line, m.debit_no, m.credit_no, m.amount,"
            " m.member_no, m.periods, m.reverses_seq, m.reverses_line FROM movement m"
            " JOIN entry e ON e.chapter_id = m.chapter_id AND e.seq = m.seq"
            " WHERE m.chapter_id = ? ORDER BY e.day, m.seq, m.line"
        )
        self.balances: dict[int, int] = defaultdict(int)
        self.periods: dict[int, int] = defaultdict(int)
        self.days: dict[Row, list[int]] = defaultdict(lambda: [0, 0])
        self.flows = self._flows()

    def _rows(self, sql: str) -> list[Row]:
        return self.db.rows(sql, (self.chapter_id,))

    def _flows(self) -> dict[int, str]:
        """What each entry's sums count as; a reversal as what it takes back."""
        kinds = self._rows("SELECT seq, kind FROM entry WHERE chapter_id = ? ORDER BY seq")
        mended = {row[3]: row[10] for row in self.movements if row[10] is not None}
        flows: dict[int, str] = {}
        for seq, kind in kinds:
            own = E.SHEET if kind == E.CORRECTION else kind
            flows[seq] = flows.get(mended.get(seq, 0), own)
        return flows

    def findings(self) -> Iterator[str]:
        yield from self._add_up()
        yield from self._stored_balances()
        yield from self._stored_totals()
        yield from self._identities()
        yield from self._differences()
        yield from self._between_books()
        yield from self._seals()

    def _add_up(self) -> Iterator[str]:
        today, touched, before = "", set[int](), 0
        for row in self.movements:
            day, (seq, line), (debit, credit) = row[0], row[3:5], row[5:7]
            if seq != before:
                yield from self._closed(before)
                before = seq
            if day != today:
                yield from self._below_zero(today, touched)
                today, touched = day, set()
            if not {debit, credit} <= self.accounts.keys():
                yield f"entry {seq} line {line}: an account that is not there"
                continue
            yield from self._wrong_place(row)
            self._add(row)
            touched |= {debit, credit}
        yield from self._closed(before)
        yield from self._below_zero(today, touched)

    def _closed(self, seq: int) -> Iterator[str]:
        """Right after a breaking, result accounts hold only the interest of its set-offs."""
        if self.flows.get(seq) != E.BREAKING:
            return
        rows = [row for row in self.movements if row[3] == seq]
        left: dict[str, int] = defaultdict(int)
        for no, pot_id, kind, *_ in self.accounts.values():
            if pot_id == rows[0][1] and kind in (*INCOME, *COSTS):
                left[kind] += self.balances[no]
        for row in rows:
            kinds = self.accounts[row[5]][2], self.accounts[row[6]][2]
            if kinds == (K.SAVINGS, K.INTEREST_INCOME):
                left[K.INTEREST_INCOME] -= row[7]
        for kind, amount in left.items():
            if amount:
                yield f"breaking {seq}: {kind} was not closed, {amount} is left"

    def _add(self, row: Row) -> None:
        day, pot_id, cycle_no, _, _, debit, credit, amount, _, periods = row[:10]
        for no, sums in ((debit, (amount, 0)), (credit, (0, amount))):
            kind = self.accounts[no][2]
            self.balances[no] += change(kind, *sums)
            total = self.days[(self.accounts[no][1], kind, day, self._flow(row))]
            total[0] += sums[0]
            total[1] += sums[1]
        if periods and self.open_cycles.get(pot_id) == cycle_no:
            self.periods[credit if periods > 0 else debit] += periods

    def _flow(self, row: Row) -> str:
        debit, credit = (self.accounts[no][2] for no in row[5:7])
        return flow_of(self.flows[row[3]], debit, credit)  # type: ignore[arg-type]

    def _wrong_place(self, row: Row) -> Iterator[str]:
        """Both accounts of one pot, and a member's account under the number that was sealed."""
        seq, line, debit, credit, member_no = row[3], row[4], row[5], row[6], row[8]
        if self.accounts[debit][1] != self.accounts[credit][1]:
            yield f"entry {seq} line {line}: between two pots"
        for no in (debit, credit):
            _, pot_id, kind, owner_id, *_ = self.accounts[no]
            hers = kind in (K.SAVINGS, K.FUND) and owner_id != pot_id
            if hers and self.numbers.get(owner_id) != member_no:
                yield f"entry {seq} line {line}: account {no} is not of member {member_no}"

    def _below_zero(self, day: str, touched: set[int]) -> Iterator[str]:
        for no in sorted(touched):
            if self.balances[no] < 0 and self.accounts[no][2] in NEVER_BELOW_ZERO:
                yield f"account {no} ({self.accounts[no][2]}): below zero at the end of {day}"

    def _stored_balances(self) -> Iterator[str]:
        for no, _, kind, _, balance, periods in self.accounts.values():
            if balance != self.balances[no]:
                yield f"account {no} ({kind}): balance {balance}, recomputed {self.balances[no]}"
            if periods != self.periods[no]:
                yield f"account {no} ({kind}): periods {periods}, recomputed {self.periods[no]}"

    def _stored_totals(self) -> Iterator[str]:
        months: dict[Row, list[int]] = defaultdict(lambda: [0, 0])
        for (pot_id, kind, day, flow), (debit, credit) in self.days.items():
            month = months[(pot_id, kind, f"{day[:7]}-01", flow)]
            month[0] += debit
            month[1] += credit
        for table, column, counted in (
            ("day_total", "day", self.days),
            ("month_total", "month", months),
        ):
            stored = {
                row[:4]: list(row[4:])
                for row in self._rows(
                    f"SELECT pot_id, kind, {column}, flow, debit, credit FROM {table}"
                    " WHERE chapter_id = ?"
                )
            }
            for at in sorted(stored.keys() | counted.keys()):
                if stored.get(at, [0, 0]) != counted.get(at, [0, 0]):
                    yield f"{table} {at[1]} {at[2]}: not the sum of its movements"

    def _identities(self) -> Iterator[str]:
        """Per pot: cash + loans + receivables + shortage = savings + fund + … (domain)."""
        sums: dict[str, int] = defaultdict(int)
        opening: dict[str, int] = defaultdict(int)
        for no, pot_id, kind, *_ in self.accounts.values():
            if kind not in set(K):
                yield f"account {no}: of no known kind"
            debit_sign = change(kind, 1, 0)
            sums[pot_id] += debit_sign * self.balances[no]
            opening[pot_id] += self.balances[no] if kind == K.OPENING else 0
        for pot_id, difference in sums.items():
            if difference:
                yield f"pot {pot_id}: debits and credits differ by {difference}"
            if opening[pot_id]:
                yield f"pot {pot_id}: the opening account holds {opening[pot_id]}"

    def _differences(self) -> Iterator[str]:
        """What pends is exactly what was found and not yet settled (domain: Ledger)."""
        open_now = self._rows(
            "SELECT d.pot_id, d.amount, coalesce((SELECT sum(s.amount) FROM difference_settled s"
            "  WHERE s.chapter_id = d.chapter_id AND s.difference_seq = d.seq), 0)"
            " FROM difference d WHERE d.chapter_id = ?"
        )
        pends: dict[Row, int] = defaultdict(int)
        for pot_id, amount, settled in open_now:
            kind = K.SHORTAGE_PENDING if amount < 0 else K.OVERAGE_PENDING
            pends[(pot_id, kind)] += abs(amount) - int(settled)
        for no, pot_id, kind, *_ in self.accounts.values():
            pending = kind in (K.SHORTAGE_PENDING, K.OVERAGE_PENDING)
            if pending and self.balances[no] != pends[(pot_id, kind)]:
                yield f"account {no} ({kind}): not what counts found and nobody settled"

    def _between_books(self) -> Iterator[str]:
        """What moved to another chapter and was not handed over: zero over both books."""
        owed: dict[str, int] = defaultdict(int)
        for no, _, kind, owner_id, *_ in self.accounts.values():
            if kind == K.TRANSFER:
                owed[owner_id] += self.balances[no]
        for other, balance in owed.items():
            mirror = self.db.row(
                "SELECT coalesce(sum(balance), 0) FROM account WHERE chapter_id = ? AND owner_id = ?"
                " AND kind = 'transfer'",
                (other, self.chapter_id),
            )
            if rest := balance + (int(mirror[0]) if mirror else 0):
                yield f"transfers with {other}: the two books differ by {rest}"

    def _seals(self) -> Iterator[str]:
        """Every entry is exactly what the record of its number sealed."""
        lines: dict[int, list[list[Any]]] = defaultdict(list)
        for _, _, _, seq, *line in self.movements:
            lines[seq].append(line)
        rows = {
            row[0]: row
            for row in self._rows(
                "SELECT seq, id, kind, pot_id, cycle_no, day FROM entry WHERE chapter_id = ?"
            )
        }
        for seq, content in self._rows("SELECT seq, content FROM trail WHERE chapter_id = ?"):
            try:
                sealed = json.loads(bytes(content)).get("entry")
            except (ValueError, AttributeError):
                continue  # reported by the trail's own check
            row = rows.pop(seq, None)
            stands = None if row is None else {
                "id": row[1], "kind": row[2], "pot": row[3], "cycle": row[4], "day": row[5],
                "lines": lines.get(seq, []),
            }  # fmt: skip
            if sealed != stands:
                yield f"entry {seq}: not what was sealed"
        for seq in rows:
            yield f"entry {seq}: never sealed"
