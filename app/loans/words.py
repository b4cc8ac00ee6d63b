"""Lending in plain words: sentences to translate, with their values. Pure."""

from __future__ import annotations

from app import money
from app.loan_terms import Ageing, LoanPlan, LoanPurpose, LoanState
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
