"""The filters of a page of loans, as its address has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlencode

from app.loan_terms import LoanPurpose, LoanState
from app.loans.listed import Wanted
from app.terms import NeedClass
from app.web import keys

LATE = (1, 31, 91)  # the classes of ageing, from the first day of each
FIRST_YEAR = 2004  # the movement began


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page is asked, as it was typed; what makes no sense filters nothing."""

    typed: dict[str, str]
    after: str | None

    @property
    def wanted(self) -> Wanted:
        """The same for the query."""
        said = self.typed
        year = int(said["nam"]) if said["nam"] else None
        return Wanted(
            state=LoanState(said["state"]) if said["state"] else None,
            need=NeedClass(said["need"]) if said["need"] else None,
            late=int(said["overdue_days"]) if said["overdue_days"] else None,
            purpose=LoanPurpose(said["purpose_code"]) if said["purpose_code"] else None,
            officers=True if said["officers"] else None,
            since=date(year, 1, 1) if year else None,
            until=date(year, 12, 31) if year else None,
            q=said["q"],
        )

    def more(self, after: str | None, purpose: str = "") -> str | None:
        """The query of the next page."""
        if after is None:
            return None
        asked = {name: value for name, value in self.typed.items() if value}
        return urlencode(asked | ({"purpose": purpose} if purpose else {}) | {"sau": after})


def asked(
    state: str = "", need: str = "", overdue_days: str = "", purpose_code: str = "",
    officers: str = "", q: str = "", nam: str = "", sau: str = "",
) -> Filter:  # fmt: skip
    """The filters of a page's address."""
    year = nam if nam.isascii() and nam.isdigit() and len(nam) == 4 else ""
    return Filter(
        {
            "state": _known(state, LoanState),
            "need": _known(need, NeedClass),
            "overdue_days": overdue_days if overdue_days in map(str, LATE) else "",
            "purpose_code": _known(purpose_code, LoanPurpose),
            "officers": "1" if officers else "",
            "q": " ".join(q[:200].split()),
            "nam": year if year and int(year) >= FIRST_YEAR else "",
        },
        sau if keys.UUID.fullmatch(sau) else None,
    )


def _known(text: str, words: type[StrEnum]) -> str:
    return text if text in set(words) else ""
