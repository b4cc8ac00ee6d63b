"""Lending in plain words: sentences to translate, with their values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import money, names
from app.loan_terms import Ageing, LoanPlan, LoanPurpose, LoanState
from app.loans.dues import Due
from app.loans.forecast import Next, When
from app.loans.queue import Because, Reason
from app.terms import N_, NN_, NeedClass

Told = tuple[str, dict[str, str | int]]

NEED_WORDS = {
    NeedClass.POOR: N_("hộ nghèo"),
    NeedClass.NEAR_POOR: N_("hộ cận nghèo"),
    NeedClass.HARDSHIP: N_("hoàn cảnh khó khăn"),
    NeedClass.OTHER: N_("không thuộc diện khó khăn"),
}
PLAN_WORDS = {
    LoanPlan.BULLET: N_("trả một lần khi hết hạn"),
    LoanPlan.MONTHLY: N_("trả dần hằng tháng"),
    LoanPlan.QUARTERLY: N_("trả dần hằng quý"),
}
PURPOSE_WORDS = {
    LoanPurpose.LIVESTOCK: N_("chăn nuôi"),
    LoanPurpose.SEED: N_("cây giống, phân bón"),
    LoanPurpose.SCHOOL: N_("con đi học"),
    LoanPurpose.HEALTH: N_("chữa bệnh"),
    LoanPurpose.HOUSE: N_("sửa nhà"),
    LoanPurpose.OTHER: N_("việc khác"),
}
STATE_WORDS = {
    LoanState.APPLIED: N_("đang chờ duyệt"),
    LoanState.APPROVED: N_("đã duyệt, chưa trao tiền"),
    LoanState.REFUSED: N_("không được duyệt"),
    LoanState.RUNNING: N_("đang vay"),
    LoanState.CLOSED: N_("đã trả xong"),
    LoanState.WRITTEN_OFF: N_("đã xóa nợ"),
}
AGEING_WORDS = {
    Ageing.ON_TIME: N_("đúng hạn"),
    Ageing.UP_TO_30: N_("chậm đến 30 ngày"),
    Ageing.UP_TO_90: N_("chậm 31–90 ngày"),
    Ageing.OVER_90: N_("chậm hơn 90 ngày"),
}


def told(reason: Reason) -> Told:
    """One reason of a place in the queue: `hộ nghèo`, `chờ 41 ngày`, `chưa vay lần nào`."""
    because, value = reason
    if isinstance(value, NeedClass):
        return NEED_WORDS[value], {}
    if because is Because.WAITS:
        return (NN_("chờ {lines} ngày"), {"lines": value}) if value else (N_("mới xin vay"), {})
    if because is Because.PAST_LOANS:
        return (NN_("đã vay {lines} lần"), {"lines": value}) if value else (
            N_("chưa vay lần nào"), {})  # fmt: skip
    return N_("vay {amount}"), {"amount": money.show(value)}


def reminder(name: str, chapter: str, late: Sequence[Due], soon: Sequence[Due]) -> list[Told]:
    """What is sent to one who is late or whose day comes: of her loan alone, and of nobody else."""
    said: list[Told] = [(N_("Chào chị {name}."), {"name": names.given(name)})]
    if late:
        said.append((
            N_("{chapter} nhắn chị: {amount} tiền vay đến kỳ từ ngày {day}, chi hội chưa nhận được."
               " Chị gửi thủ quỹ khi thu xếp được nhé."),
            {"chapter": chapter, "amount": money.show(sum(due.amount for due in late)),
             "day": _day(min(due.due_on for due in late))},
        ))  # fmt: skip
        said += [
            (N_("Kỳ tới là ngày {day}: {amount}."),
             {"day": _day(due.due_on), "amount": money.show(due.amount)})
            for due in soon
        ]  # fmt: skip
        said.append((N_("Nếu đang khó, chị cứ nói, các chị cùng tính cách trả vừa sức."), {}))
    else:
        said += [
            (N_("{chapter} nhắc chị: ngày {day} đến kỳ trả {amount} tiền vay."),
             {"chapter": chapter, "day": _day(due.due_on), "amount": money.show(due.amount)})
            for due in soon
        ]  # fmt: skip
        said.append((N_("Chị mang đến cho thủ quỹ nhé. Nếu kẹt, chị cứ nói sớm để cùng tính."), {}))
    return [*said, (N_("Cảm ơn chị!"), {})]


def payable(found: Next, amount: int) -> Told:
    """When the first in the queue can be paid."""
    match found:
        case Next(When.NOW):
            return N_("Trao được {amount} ngay hôm nay."), {"amount": money.show(amount)}
        case Next(When.ON, date() as on):
            return (N_("Khoảng ngày {day} sẽ đủ {amount}, nếu các chị trả đúng hạn."),
                    {"day": _day(on), "amount": money.show(amount)})  # fmt: skip
        case Next(When.AFTER_BREAKING, date() as on):
            return (N_("Phải đợi mổ lợn ngày {day} mới có {amount}."),
                    {"day": _day(on), "amount": money.show(amount)})  # fmt: skip
    return (N_("Trong 12 tháng tới chưa thấy đủ {amount}. Buổi họp tính cách khác."),
            {"amount": money.show(amount)})  # fmt: skip


def _day(on: date) -> str:
    return on.strftime("%d/%m/%Y")
