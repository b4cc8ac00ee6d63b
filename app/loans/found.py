"""Loans of a chapter or of all chapters below a unit: filtered, a page of them, totals. Reads only.

How a loan stands is said by SQL from what is stored (its facts, its account), so that neither the
filter nor the totals replay a loan that is closed; whether it is late only a replay knows, so those
that are out now are replayed, and those of the page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from app import clock, names
from app.access.queries import BELOW
from app.db.tx import Tx
from app.loan_terms import LoanState
from app.loans.dues import AT_RISK
from app.loans.free import STANDS
from app.loans.kept import these
from app.loans.listed import Found, Line, Totals, Visited, Wanted
from app.loans.queries import Standing, standing
from app.terms import NeedClass

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"  # behind every id


# What stands of each loan: facts that were not taken back, one row a loan.
_STANDING = f"""
    , stood AS (
        SELECT f.chapter_id, f.loan_id,
            max(CASE WHEN f.kind = 'disbursed' THEN f.day END) AS paid_on,
            max(CASE WHEN f.kind = 'approved' THEN 1 ELSE 0 END) AS approved,
            max(CASE WHEN f.kind = 'refused' THEN 1 ELSE 0 END) AS refused,
            max(CASE WHEN f.kind = 'written_off' THEN f.entry_seq END) AS lost_seq,
            sum(CASE WHEN f.kind = 'recovered' THEN f.amount ELSE 0 END) AS recovered
        FROM below b JOIN loan_fact f ON f.chapter_id = b.id WHERE {STANDS}
        GROUP BY f.chapter_id, f.loan_id
    )
"""
# The class that counts in the year she asked (members.rules.need_on says the same).
_NEED = """
    coalesce(
        (SELECT n.class FROM need_class n WHERE n.chapter_id = l.chapter_id
            AND n.member_id = l.member_id
            AND n.year <= CAST(substr(CAST(l.applied_on AS text), 1, 4) AS integer)
            ORDER BY n.year DESC, n.seq LIMIT 1),
        (SELECT n.class FROM need_class n WHERE n.chapter_id = l.chapter_id
            AND n.member_id = l.member_id ORDER BY n.seq LIMIT 1),
        'other')
"""
_LOANS = """
    , lent AS (
        SELECT l.chapter_id, l.id, l.member_id, l.amount, l.purpose, l.of_officer, s.paid_on,
            s.lost_seq, coalesce(s.recovered, 0) AS recovered, coalesce(a.balance, 0) AS principal,
            coalesce(s.paid_on, l.applied_on) AS since, m.number, p.name_fold, {need} AS need,
            CASE WHEN s.refused = 1 THEN 'refused' WHEN s.lost_seq IS NOT NULL THEN 'written_off'
                WHEN s.paid_on IS NOT NULL THEN CASE WHEN {is_out} THEN 'running' ELSE 'closed' END
                WHEN s.approved = 1 THEN 'approved' ELSE 'applied' END AS state
        FROM below b JOIN loan l ON l.chapter_id = b.id
        JOIN member m ON m.chapter_id = l.chapter_id AND m.id = l.member_id
        JOIN person p ON p.id = m.person_id
        LEFT JOIN stood s ON s.chapter_id = l.chapter_id AND s.loan_id = l.id
        LEFT JOIN account a ON a.chapter_id = l.chapter_id AND a.pot_id = l.pot_id
            AND a.kind = 'loan' AND a.owner_id = l.id
    )
"""
# Principal is back, and somebody paid or waived after the term: interest may still be owed.
_INTEREST_LEFT = f"""
    {BELOW} SELECT l.id FROM below b JOIN loan l ON l.chapter_id = b.id AND l.rate_bp > 0
    JOIN account a ON a.chapter_id = l.chapter_id AND a.pot_id = l.pot_id AND a.kind = 'loan'
        AND a.owner_id = l.id AND a.balance = 0
    WHERE EXISTS (SELECT 1 FROM loan_fact f WHERE f.chapter_id = l.chapter_id AND f.loan_id = l.id
        AND f.kind IN ('repaid', 'set_off', 'waived') AND CAST(f.day AS text) >=
            (SELECT min(substr(g.due, length(g.due) - 11, 10)) FROM loan_fact g
                WHERE g.chapter_id = l.chapter_id AND g.loan_id = l.id AND g.due IS NOT NULL))
"""
_LEFT_POOR = (
    "EXISTS (SELECT 1 FROM loan_visit v WHERE v.chapter_id = x.chapter_id AND v.loan_id = x.id"
    " AND v.left_poor_list)"
)
_TOTALS = f"""
    SELECT count(*), count(DISTINCT x.member_id),
        coalesce(sum(CASE WHEN x.paid_on IS NOT NULL THEN x.amount ELSE 0 END), 0),
        coalesce(sum(x.principal), 0),
        coalesce(sum((SELECT sum(y.amount) FROM movement y
            WHERE y.chapter_id = x.chapter_id AND y.seq = x.lost_seq)), 0),
        coalesce(sum(x.recovered), 0),
        count(DISTINCT CASE WHEN {_LEFT_POOR} THEN x.member_id END)
    FROM lent x WHERE
"""


def find(
    db: Tx, unit_id: str, wanted: Wanted, *, after: str | None = None, limit: int = 200,
    newest_first: bool = False, named: bool = True,
) -> Found:  # fmt: skip
    """Loans below a unit (a chapter is one too), in the order of their making. The caller asks
    `require` first.
    """
    scope = _Scope(db, unit_id)
    out = scope.out_now(wanted)
    where, params = _where(db, wanted, out)
    return Found(
        *_page(scope, where, params, after=after, limit=limit, newest_first=newest_first,
               named=named),
        _totals(scope, where, params, out),
    )  # fmt: skip


def officers_open(db: Tx, unit_id: str) -> int:
    """Officers' own loans below a unit that are asked for, approved or out (domain: Loans)."""
    scope = _Scope(db, unit_id)
    sql = "SELECT count(*) FROM lent x WHERE x.of_officer AND x.state IN ('applied', 'approved', 'running')"
    return int(scope.rows(sql, {})[0][0])


class _Scope:
    """All loans below a unit today, as a table `lent` that statements read from."""

    def __init__(self, db: Tx, unit_id: str) -> None:
        self.db, self.today = db, clock.today()
        self._params = {"unit": unit_id, "on": self.today}
        asked = [row[0] for row in db.rows(_INTEREST_LEFT, self._params)]
        left = [of.id for of in these(db, asked).values() if of.state is LoanState.RUNNING]
        is_out = "coalesce(a.balance, 0) > 0"
        if left:
            is_out += f" OR l.id {db.among('left')}"
            self._params["left"] = json.dumps(left)
        self._with = BELOW + _STANDING + _LOANS.format(need=_NEED, is_out=is_out)

    def rows(self, sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
        """One statement over them."""
        return self.db.rows(self._with + sql, self._params | params)

    def out_now(self, wanted: Wanted) -> list[Standing]:
        """Those that are out and wanted, replayed: as many as are owed, not as ever were."""
        if wanted.state not in (None, LoanState.RUNNING):
            return []
        where, params = _where(self.db, wanted, None)
        ids = [
            row[0]
            for row in self.rows(
                f"SELECT x.id FROM lent x WHERE x.state = 'running' AND {where}", params
            )
        ]
        found = [standing(of, self.today) for of in these(self.db, ids).values()]
        return [one for one in found if one.owed.days_overdue >= (wanted.late or 0)]


def _where(db: Tx, wanted: Wanted, out: Sequence[Standing] | None) -> tuple[str, dict[str, Any]]:
    """What `lent x` is narrowed by; `out` where lateness has been looked up."""
    number = wanted.q.strip()
    by_number = number.isascii() and number.isdigit() and len(number) < 10
    said: dict[str, tuple[str, Any]] = {
        "state": ("x.state = :state", _value(wanted.state)),
        "need": ("x.need = :need", _value(wanted.need)),
        "code": ("x.purpose = :code", _value(wanted.purpose)),
        "since": ("x.since >= :since", wanted.since),
        "until": ("x.since <= :until", wanted.until),
        "number": ("x.number = :number", int(number) if by_number else None),
        "like": ("x.name_fold LIKE :like ESCAPE '!'",
                 None if by_number or not number else names.like(number)),
    }  # fmt: skip
    parts = [sql for sql, value in said.values() if value is not None]
    params = {name: value for name, (_, value) in said.items() if value is not None}
    if wanted.officers is not None:
        parts.append("x.of_officer" if wanted.officers else "NOT x.of_officer")
    if wanted.late and out is not None:
        parts.append(f"x.id {db.among('late')}")
        params["late"] = json.dumps([one.of.id for one in out])
    return " AND ".join(parts) or "1 = 1", params


def _value(word: StrEnum | None) -> str | None:
    return word.value if word else None


def _page(
    scope: _Scope, where: str, params: dict[str, Any], *, after: str | None, limit: int,
    newest_first: bool, named: bool,
) -> tuple[list[Line], str | None]:  # fmt: skip
    way, order = ("<", "DESC") if newest_first else (">", "ASC")
    begins = f" AND x.id {way} :after" if after else ""
    rows = scope.rows(
        f"SELECT x.id, u.name, x.need FROM lent x JOIN unit u ON u.id = x.chapter_id"
        f" WHERE {where}{begins} ORDER BY x.id {order} LIMIT :most",
        params | {"after": after or LAST, "most": limit + 1},
    )
    kept = these(scope.db, [row[0] for row in rows[:limit]])
    visits = _visits(scope.db, list(kept), named=named)
    lines = [
        Line(standing(kept[id], scope.today), chapter, NeedClass(need), visits.get(id, []))
        for id, chapter, need in rows[:limit]
    ]
    return lines, rows[limit - 1][0] if len(rows) > limit else None


def _visits(db: Tx, ids: list[str], *, named: bool) -> dict[str, list[Visited]]:
    found: dict[str, list[Visited]] = {}
    rows = db.rows(
        "SELECT v.loan_id, v.day, v.left_poor_list, x.words FROM loan l"
        " JOIN loan_visit v ON v.chapter_id = l.chapter_id AND v.loan_id = l.id"
        " LEFT JOIN trail_text x ON x.chapter_id = v.chapter_id AND x.seq = v.seq"
        f"  AND x.name = 'note' WHERE l.id {db.among('ids')} ORDER BY v.day, v.seq",
        {"ids": json.dumps(ids)},
    )
    for loan_id, on, left, note in rows:
        said = Visited(on, (note or "") if named else "", bool(left))
        found.setdefault(loan_id, []).append(said)
    return found


def _totals(scope: _Scope, where: str, params: dict[str, Any], out: Sequence[Standing]) -> Totals:
    sums = scope.rows(f"{_TOTALS} {where}", params)[0]
    loans, borrowers, lent, principal, lost, recovered, left = (int(n) for n in sums)
    late = [one.owed for one in out if one.owed.days_overdue]
    return Totals(
        loans=loans,
        borrowers=borrowers,
        lent=lent,
        repaid=lent - principal - lost,
        outstanding=principal,
        written_off=lost,
        recovered=recovered,
        late=len(late),
        overdue=sum(owed.overdue_principal for owed in late),
        par30=sum(one.loan.principal for one in out if one.owed.days_overdue > AT_RISK),
        left_poor_list=left,
    )  # fmt: skip
