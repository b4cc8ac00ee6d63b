"""What is signed, in plain words: the labels of every kind and how their values are said. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import money
from app.access.rules import ROLE_WORDS
from app.approvals.kinds import Shown
from app.errors import Refusal
from app.terms import N_, Decision, Outcome, Period, Place, Role, SurplusRule
from app.web import language

Say = Callable[[str], str]

LABELS = {
    "role": N_("Chức vụ"),
    "sitting_officer": N_("Đang giữ chức vụ"),
    "new_officer": N_("Người mới"),
    "phone": N_("Số điện thoại"),
    "from": N_("Bắt đầu từ"),
    "person": N_("Cho chị"),
    "reason": N_("Lý do"),
    "sheet": N_("Phiếu số"),
    "date": N_("Ghi vào sổ ngày"),
    "pot": N_("Lợn"),
    "difference": N_("Tiền chênh"),
    "outcome": N_("Xử lý"),
    "from_place": N_("Lấy từ"),
    "to_place": N_("Đưa vào"),
    "witnesses": N_("Người chứng kiến"),
    "purpose": N_("Chi cho việc"),
    "note": N_("Ghi chú"),
    "cash_pot": N_("Tiền trong lợn"),
    "cash_hand": N_("Tiền thủ quỹ cầm"),
    "cash_bank": N_("Tiền ở ngân hàng"),
    "rest": N_("Còn lại, ghi vào tiền dư của chi hội"),
    "missing": N_("Còn thiếu, để theo dõi"),
    "from_day": N_("Của ngày"),
    "amount": N_("Số tiền"),
    "counted_since": N_("Đã kiểm quỹ sau đó"),
    "member": N_("Hội viên"),
    "died_on": N_("Mất ngày"),
    "savings": N_("Tiền của chị ấy"),
    "paid_now": N_("Trả ngay bằng tiền mặt"),
    "awaiting": N_("Chờ lĩnh, vẫn giữ trong sổ"),
    "next_of_kin": N_("Người thân nhận thay"),
    "from_chapter": N_("Chi hội giao"),
    "to_chapter": N_("Chi hội nhận"),
    "no_longer": N_("Vì sao"),
    "outgoing": N_("Người giao"),
    "instead": N_("Ký thay người giao"),
    "incoming": N_("Người nhận"),
    "notes": N_("Các tờ"),
    "book": N_("Trong sổ"),
    "difference_reason": N_("Vì sao chênh"),
    "loan_principal": N_("Tiền gốc còn nợ"),
    "loan_interest": N_("Tiền lãi còn nợ"),
    "loan_months": N_("Trả trong mấy tháng"),
    "loan_plan": N_("Cách trả"),
    "set_off": N_("Trừ vào nợ"),
}
# Labels that carry a place and a name: `counted.hand.Lợn đất`.
OF_A_POT = {
    "counted": N_("{pot}, {place}: đếm được"),
    "as_it_lies": N_("{pot}, {place}: không đếm, giao theo sổ"),
    "pends": N_("{pot}: tiền chênh đang theo dõi"),
    "owes": N_("{pot} còn nợ tiền thiếu"),
    "lent": N_("{pot} đang vay"),
}
# The charter's fields; a count carries its unit in its label.
CHARTER = {
    "minimum_per_period": N_("Mỗi chị góp ít nhất"),
    "period": N_("Góp theo"),
    "payout_step": N_("Tiền chia tính chẵn đến"),
    "default_decision": N_("Khi mổ lợn, chị nào không nói gì thì tiền của chị"),
    "surplus_rule": N_("Tiền dư chia"),
    "set_off_debt": N_("Trừ nợ vào tiền của chị còn nợ"),
    "loan_max_amount": N_("Một khoản vay nhiều nhất"),
    "loan_max_months": N_("Vay lâu nhất (tháng)"),
    "loan_savings_multiple": N_("Vay nhiều nhất gấp mấy lần tiền đã góp"),
    "loan_monthly_rate_bp": N_("Lãi một tháng (%)"),
    "loans_stop_days_before": N_("Ngừng cho vay trước khi mổ lợn (ngày)"),
    "one_loan_at_a_time": N_("Trả xong khoản cũ mới vay khoản mới"),
    "backdate_days": N_("Ghi muộn không cần lý do (ngày)"),
    "cash_limit": N_("Nhắc khi tiền mặt nhiều hơn"),
    "expense_limit": N_("Chi quá mức này thì hai người ký"),
    "grant_limit": N_("Giúp quá mức này thì hai người ký"),
    "leaver_shares_surplus": N_("Chị rời chi hội giữa kỳ vẫn được chia tiền dư"),
    "words": N_("Lời quy ước"),
}
PLACES = {
    Place.POT: N_("trong lợn"),
    Place.HAND: N_("tiền thủ quỹ cầm"),
    Place.BANK: N_("ngân hàng"),
}
OUTCOMES = {
    Outcome.KEEPER_OWES: N_("người giữ bù"),
    Outcome.GROUP_BEARS: N_("chi hội cùng chịu"),
    Outcome.ACCEPTED: N_("nhận vào tiền dư"),
    Outcome.CARRIED: N_("để theo dõi"),
}
# What became of it, once two have signed.
DONE = {
    "reversal": N_("Đã vào sổ phiếu hủy."),
    "correction": N_("Đã vào sổ."),
    "difference": N_("Đã xử lý tiền chênh."),
    "cash_move": N_("Đã chuyển tiền."),
    "expense": N_("Đã vào sổ phiếu chi."),
    "opening": N_("Đã ghi số dư đầu kỳ."),
    "leaving_died": N_("Đã ghi chị ấy mất và tiền chị ấy để lại."),
    "delivery": N_("Đã giao tiền. Hai sổ đều đã ghi."),
    "handover": N_("Đã bàn giao quỹ."),
    "charter": N_("Đã có quy ước mới."),
    "replace_officer": N_("Đã thay người giữ chức vụ."),
    "pin_reset": N_("Đã đặt lại mã PIN."),
    "unlock": N_("Đã mở khóa."),
    "reschedule": N_("Đã ghi cách trả mới."),
    "waiver": N_("Đã miễn lãi."),
    "write_off": N_("Đã xóa nợ."),
}
SHORT, OVER = N_("thiếu"), N_("thừa")
COUNTED = N_("không động đến tiền mặt đã đếm")
DONE_OTHER = N_("Việc đã làm xong.")
AMOUNTS = ("minimum_per_period", "payout_step", "loan_max_amount", "cash_limit", "expense_limit",
           "grant_limit")  # fmt: skip
PERIODS = {
    Period.DAY: N_("mỗi ngày"),
    Period.WEEK: N_("mỗi tuần"),
    Period.MONTH: N_("mỗi tháng"),
    Period.SEASON: N_("mỗi vụ (nửa năm)"),
}
DECISIONS = {
    Decision.KEEP: N_("để lại nuôi lợn tiếp"),
    Decision.TAKE: N_("nhận về"),
    Decision.GIVE: N_("tặng thùng quyên góp"),
}
SURPLUS = {
    SurplusRule.BY_SAVINGS: N_("theo số tiền đã góp"),
    SurplusRule.BY_SAVINGS_DAYS: N_("theo số tiền và số ngày gửi"),
    SurplusRule.KEEP: N_("không chia, để lại chi hội"),
}
_CHOICES: dict[str, dict[str, str]] = {
    "period": {k.value: v for k, v in PERIODS.items()},
    "default_decision": {k.value: v for k, v in DECISIONS.items()},
    "surplus_rule": {k.value: v for k, v in SURPLUS.items()},
}
NONE = N_("không hạn")
YES, NO = N_("có"), N_("không")


@dataclass(frozen=True, slots=True)
class Said:
    """A line of what is signed; `before` where a rule changes."""

    label: str
    value: str
    before: str | None = None
    trouble: bool = False


def spoken(pairs: Shown, lang: str) -> list[tuple[str, str]]:
    """Labels and values, and what has become of it in the reader's language."""
    return [
        (label, language.sentence(value, lang) if isinstance(value, Refusal) else value)
        for label, value in pairs
    ]


def told(pairs: list[tuple[str, str]], payload: Mapping[str, Any], say: Say) -> list[Said]:
    """Labels and values as she reads them; what is no code of ours is shown as it is."""
    order = [f"charter.{field}" for field in CHARTER]
    found = sorted(pairs, key=lambda pair: order.index(pair[0]) if pair[0] in order else -1)
    return [_line(label, value, payload, say) for label, value in found]


def _line(label: str, value: str, payload: Mapping[str, Any], say: Say) -> Said:
    if label.startswith("charter."):
        field = label.removeprefix("charter.")
        after = payload["charter"][field]
        before = value.removesuffix(f" → {after}")
        return Said(
            say(CHARTER[field]), charter_value(field, after, say), _before(field, before, say)
        )
    kind, _, of = label.partition(".")
    if kind in OF_A_POT:
        return Said(_of_a_pot(kind, of, say), _off(value, say) if kind == "pends" else value)
    if label == "role":
        value = say(ROLE_WORDS[Role(value)])
    elif label in ("from_place", "to_place"):
        value = say(PLACES[Place(value)])
    elif label == "outcome":
        value = say(OUTCOMES[Outcome(value)])
    elif label == "difference":
        value = _off(value, say)
    elif label == "counted_since":
        value = say(COUNTED)
    elif label == "loan_plan":
        value = say(value)
    elif label in ("from", "date", "from_day", "died_on"):
        value = day(value)
    return Said(say(LABELS[label]) if label in LABELS else label, value,
                trouble=label == "no_longer")  # fmt: skip


def _of_a_pot(kind: str, of: str, say: Say) -> str:
    if kind in ("pends", "owes", "lent"):
        return say(OF_A_POT[kind]).format(pot=of)
    place, _, pot = of.partition(".")
    return say(OF_A_POT[kind]).format(pot=pot, place=say(PLACES[Place(place)]))


def _off(amount: str, say: Say) -> str:
    """A difference in words: nobody has to know what a minus means."""
    short = amount.startswith("−")
    return f"{say(SHORT) if short else say(OVER)} {amount.removeprefix('−')}"


def _before(field: str, text: str, say: Say) -> str:
    """What stood before, which comes as text."""
    given: Any = {"None": None, "True": True, "False": False}.get(text, text)
    if field != "words" and isinstance(given, str) and given.isdigit():
        given = int(given)
    return charter_value(field, given, say)


def charter_value(field: str, value: Any, say: Say) -> str:
    """A rule's value in words."""
    if value is None or value == "":
        return say(NONE) if value is None else "—"
    if isinstance(value, bool):
        return say(YES if value else NO)
    if field in AMOUNTS:
        return money.show(value)
    if field == "loan_monthly_rate_bp":
        return percent(value)
    if field in _CHOICES:
        return say(_CHOICES[field][value])
    return str(value)


def percent(basis_points: int) -> str:
    """`0,5 %`: basis points as people write them."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") + "\N{NO-BREAK SPACE}%"


def day(text: str) -> str:
    """dd/MM/yyyy."""
    return f"{date.fromisoformat(text):%d/%m/%Y}"
