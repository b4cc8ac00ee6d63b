"""The loans of the story, as data: who asked for what, when, and what came of it.

`ago` is when she is paid: so many months before the day that lies so many days before the demo is
made. With (3, 65) a row of three months was due 65 days before: a due date moves with the
calendar and with holidays, and she is paid at the next meeting, but that leaves it inside its class.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from app.loan_terms import LoanPlan as P
from app.loan_terms import LoanPurpose as For

ALL = 1_000  # rows: as they come, to the last


class What(Enum):
    """What can happen at a meeting, beside a row that is paid on its day."""

    VISIT = auto()
    LEFT_POOR_LIST = auto()
    PAYS_ALL = auto()
    NEW_PLAN = auto()
    WAIVED = auto()
    WRITTEN_OFF = auto()
    RECOVERED = auto()


@dataclass(frozen=True, slots=True)
class Happens:
    """So many days before the demo is made, at the next meeting; `months`, `plan` of a new plan."""

    ago: int
    what: What
    words: str = ""
    months: int = 0
    plan: P = P.MONTHLY


@dataclass(frozen=True, slots=True)
class Case:
    """A borrower by her place in the chapter, and what she asks for; it pays for `rows`, then no more."""

    who: int
    ago: tuple[int, int]
    amount: int
    months: int
    plan: P
    purpose: For
    note: str
    rows: int = ALL
    then: tuple[Happens, ...] = ()
    waits: int = 14
    against: int = 0
    first_because: str = ""
    never_decided: bool = False
    not_fetched: bool = False


VISIT, NEW_PLAN = What.VISIT, What.NEW_PLAN
YEAR = 365

# Years back, all paid back by now.
PAST = (
    Case(10, (58, 0), 1_000_000, 6, P.MONTHLY, For.SEED, "Mua cây giống và phân bón"),
    Case(3, (55, 0), 1_000_000, 6, P.BULLET, For.SCHOOL, "Con vào lớp mười"),
    Case(8, (52, 0), 2_000_000, 9, P.QUARTERLY, For.LIVESTOCK, "Mua một con lợn nái",
         then=(Happens(4 * YEAR - 60, VISIT, "Lợn nái đẻ lứa đầu được chín con."),)),
    Case(16, (49, 0), 2_000_000, 10, P.MONTHLY, For.HEALTH, "Mổ mắt cho mẹ chồng"),
    Case(7, (46, 0), 3_000_000, 6, P.BULLET, For.LIVESTOCK, "Mua đàn vịt đẻ", rows=0, against=2,
         then=(Happens(3 * YEAR + 60, NEW_PLAN, "Vịt bị dịch, xin trả dần", 6),)),
    Case(12, (43, 0), 2_000_000, 6, P.MONTHLY, For.HOUSE, "Lợp lại mái bếp"),
    Case(0, (40, 0), 2_000_000, 6, P.MONTHLY, For.SCHOOL, "Đóng học phí cho con", against=1),
    Case(14, (37, 0), 3_000_000, 9, P.QUARTERLY, For.LIVESTOCK, "Mua hai con dê",
         then=(Happens(2 * YEAR + 200, VISIT, "Dê lớn đều, đã bán một con."),
               Happens(2 * YEAR + 180, What.PAYS_ALL))),
    Case(2, (34, 0), 3_000_000, 12, P.MONTHLY, For.SEED, "Làm giàn gấc"),
    Case(6, (31, 0), 2_000_000, 3, P.BULLET, For.HEALTH, "Chữa bệnh cho chồng", rows=0,
         then=(Happens(2 * YEAR + 55, What.WAIVED, "Gia cảnh khó, buổi họp miễn lãi"),
               Happens(2 * YEAR + 48, What.PAYS_ALL))),
    Case(18, (28, 0), 3_000_000, 6, P.QUARTERLY, For.OTHER, "Mua xe đẩy bán hàng",
         then=(Happens(YEAR + 150, VISIT, "Mỗi sáng bán xôi ở đầu chợ."),)),
    Case(9, (25, 0), 4_000_000, 10, P.MONTHLY, For.LIVESTOCK, "Mua bê con"),
    Case(11, (22, 0), 3_000_000, 6, P.BULLET, For.SCHOOL, "Con học nghề may"),
    Case(13, (19, 0), 3_000_000, 6, P.MONTHLY, For.HOUSE, "Xây bể nước mưa"),
    Case(15, (16, 0), 3_000_000, 3, P.QUARTERLY, For.SEED, "Mua giống nếp"),
    Case(17, (14, 0), 2_000_000, 3, P.MONTHLY, For.HEALTH, "Sinh cháu đầu lòng"),
)  # fmt: skip

# The last year: whatever day it is, every way in which a loan can stand.
NOW = (
    Case(8, (10, 0), 3_000_000, 6, P.MONTHLY, For.LIVESTOCK, "Mua lợn giống", rows=1, against=3,
         then=(Happens(200, VISIT, "Lợn chết gần hết vì dịch, chị phải đi làm xa."),
               Happens(120, What.WRITTEN_OFF, "Chị đi làm xa, không còn gì để trả"),
               Happens(40, What.RECOVERED))),
    Case(4, (9, 0), 5_000_000, 6, P.MONTHLY, For.LIVESTOCK, "Mua hai con lợn nái",
         then=(Happens(150, VISIT, "Hai con lợn nái đẻ được hai mươi mốt con."),
               Happens(30, What.LEFT_POOR_LIST, "Bán hai lứa lợn, sửa được nhà, ra khỏi hộ nghèo."))),
    Case(9, (8, 0), 4_000_000, 4, P.BULLET, For.SEED, "Trồng một sào hành", rows=0,
         then=(Happens(105, NEW_PLAN, "Hành mất giá, xin trả dần hằng tháng", 8),)),
    Case(10, (3, 130), 3_000_000, 6, P.MONTHLY, For.HOUSE, "Sửa mái nhà sau bão", rows=2),
    Case(12, (3, 65), 4_000_000, 6, P.QUARTERLY, For.LIVESTOCK, "Mua gà giống", rows=0,
         then=(Happens(50, VISIT, "Gà còn nhỏ, hai tháng nữa mới bán được."),)),
    Case(5, (4, 15), 4_000_000, 12, P.QUARTERLY, For.LIVESTOCK, "Mua bò sinh sản"),
    Case(14, (2, 22), 2_000_000, 2, P.BULLET, For.HEALTH, "Chữa bệnh cho con", rows=0),
    Case(17, (0, 20), 2_000_000, 6, P.BULLET, For.HEALTH, "Con nằm viện",
         first_because="Con nằm viện cấp cứu, cả buổi họp đồng ý cho vay trước"),
    Case(7, (0, 6), 3_000_000, 10, P.MONTHLY, For.LIVESTOCK, "Mua lợn nái", waits=44,
         not_fetched=True),
    Case(13, (0, 0), 2_000_000, 6, P.MONTHLY, For.SCHOOL, "Con vào đại học", waits=41,
         never_decided=True),
    Case(16, (0, 0), 3_000_000, 9, P.QUARTERLY, For.HOUSE, "Làm nhà vệ sinh", waits=27,
         never_decided=True),
    Case(11, (0, 0), 1_000_000, 3, P.BULLET, For.SEED, "Mua phân bón vụ tới", waits=13,
         never_decided=True),
)  # fmt: skip
CASES = PAST + NOW
