"""A breaking in plain words: why a line is what it is, what changed since it was signed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app import money
from app.breaking.prints import Change
from app.breaking.reasons import Because, Reason
from app.breaking.written import LineShown
from app.terms import N_, Decision, Outcome, SurplusRule

Told = tuple[str, dict[str, str | int]]

OUTCOME_WORDS = {
    Outcome.KEEPER_OWES: N_("người giữ tiền bù"),
    Outcome.GROUP_BEARS: N_("chi hội cùng chịu"),
    Outcome.ACCEPTED: N_("nhận vào tiền dư"),
    Outcome.CARRIED: N_("để theo dõi, tìm tiếp"),
}
PAID_NOW = N_("người giữ tiền bù, đã nộp đủ ngay")
PAYS_LATER = N_("người giữ tiền bù, nộp sau")
RULE_WORDS = {
    SurplusRule.BY_SAVINGS: N_("chia theo tiền góp"),
    SurplusRule.BY_SAVINGS_DAYS: N_("chia theo tiền góp và số ngày góp"),
    SurplusRule.KEEP: N_("để lại, không chia"),
}
BY_DEFAULT = {
    Decision.KEEP: N_("Chị không nói khác nên theo quy ước: giữ {amount} trong lợn mới."),
    Decision.TAKE: N_("Chị không nói khác nên theo quy ước: lấy {amount}."),
    Decision.GIVE: N_("Chị không nói khác nên theo quy ước: ủng hộ {amount}."),
}
REST_ON = {
    Decision.KEEP: N_("Phần chị không nói riêng, {amount}, là tiền giữ lại."),
    Decision.TAKE: N_("Phần chị không nói riêng, {amount}, là tiền chị lấy."),
    Decision.GIVE: N_("Phần chị không nói riêng, {amount}, là tiền ủng hộ."),
}
LESS_ON = {
    Decision.KEEP: N_("Bị trừ {amount}, bớt vào phần chị giữ."),
    Decision.TAKE: N_("Bị trừ {amount}, bớt vào phần chị lấy."),
    Decision.GIVE: N_("Bị trừ {amount}, bớt vào phần chị ủng hộ."),
}
WHY = {
    Because.OPENED: N_("Lợn chị nuôi ở nhà mở ra có {amount}."),
    Because.SHARED_BY_SAVINGS: N_(
        "Chia {surplus} theo tiền góp: chị có {hers} trong {all}, được {share}."
    ),
    Because.SHARED_BY_SAVINGS_DAYS: N_(
        "Chia {surplus} theo tiền góp và số ngày góp: phần chị {percent}, được {share}."
    ),
    Because.LOSS_BORNE: N_(
        "Chi hội hụt {loss}, ai góp nhiều chịu nhiều: chị có {hers} trong {all}, chịu {share}."
    ),
    Because.AWAITS: N_("Chị đã rời chi hội nên được trả trước, không chia và không chịu hụt."),
    Because.NO_BOX: N_("Chưa có thùng quyên góp đang mở nên chị giữ lại, chưa ủng hộ."),
    Because.ODD: N_("{amount} lẻ dưới {step} vẫn là tiền góp của chị."),
    Because.CASH_SHORT: N_(
        "Các chị lấy {wanted} mà tiền mặt có {there}: {stays} của chị còn là tiền góp."
    ),
    Because.GIFTS_SHORT: N_(
        "Các chị ủng hộ {wanted} mà tiền mặt còn {there}: {stays} của chị còn là tiền góp."
    ),
}
CUTS = {
    "keep": N_("Trừ rồi không đủ như chị nói: bớt {keep} phần giữ."),
    "give": N_("Trừ rồi không đủ như chị nói: bớt {keep} phần giữ, {give} phần ủng hộ."),
    "take": N_(
        "Trừ rồi không đủ như chị nói: bớt {keep} phần giữ, {give} phần ủng hộ, {take} phần lấy."
    ),
}


WHOLE = {
    Decision.KEEP: N_("Chị giữ hết, {amount}, trong lợn mới."),
    Decision.TAKE: N_("Chị lấy hết, {amount}."),
    Decision.GIVE: N_("Chị ủng hộ hết, {amount}."),
}


def sentences(line: LineShown) -> list[Told]:
    """Why a line is what it is, a sentence a reason; who chose one thing for all hears just that."""
    claim = line.savings + line.share - line.set_off
    return [
        (WHOLE[Decision(str(values["choice"]))], {"amount": money.show(claim)})
        if because is Because.REST_ON and values["amount"] == claim
        else told(Reason(because, values))
        for because, values in line.why
    ]


def told(reason: Reason) -> Told:
    """One reason as one sentence that a member understands, with its figures."""
    because, values = reason
    shown: dict[str, str | int] = {
        name: money.show(abs(value)) for name, value in values.items() if isinstance(value, int)
    }
    if because is Because.SET_OFF:
        owes = N_("Nợ đến hạn {due}, trừ vào đây {amount}, còn nợ {left}.")
        return (owes if values["left"] else N_("Nợ đến hạn {due} đã trừ hết vào đây.")), shown
    if because is Because.BY_DEFAULT:
        return BY_DEFAULT[Decision(str(values["choice"]))], shown
    if because is Because.REST_ON:
        words = REST_ON if int(values["amount"]) > 0 else LESS_ON
        return words[Decision(str(values["choice"]))], shown
    if because is Because.CUT:
        last = next((name for name in ("take", "give", "keep") if values.get(name)), "keep")
        return CUTS[last], shown
    if because is Because.SHARED_BY_SAVINGS_DAYS:
        shown["percent"] = percent(int(values["hers"]), int(values["all"]))
    return WHY[because], shown


def percent(part: int, whole: int) -> str:
    """`3,25 %`, cut off, without a float."""
    hundredths = part * 10_000 // whole if whole else 0
    return f"{hundredths // 100},{hundredths % 100:02d}\N{NO-BREAK SPACE}%"


# What changed since it was signed

OF_THE_POT = {
    "notes": N_("Số tờ tiền đếm được đã khác."),
    "count": N_("Đã đếm lại."),
    "decisions": N_("Ý của các chị đã ghi lại."),
    "held": N_("Tiền trong sổ của lợn này đã khác."),
    "box": N_("Thùng quyên góp đã khác."),
    "charter": N_("Quy ước của chi hội đã đổi."),
    "difference": N_("Cách xử lý tiền lệch đã đổi."),
}
OF_A_MEMBER = {
    "savings": N_("{who}: tiền góp {before}, nay {after}."),
    "home": N_("{who}: lợn nuôi ở nhà đã đếm lại."),
    "debts": N_("{who}: nợ đến hạn đã khác."),
    "decided": N_("{who}: ý của chị đã đổi."),
    "awaiting": N_("{who}: đã rời chi hội."),
}
LISTED = 12


def changed(found: Iterable[Change], names: Mapping[int, str]) -> list[Told]:
    """What differs from what was signed, a sentence for each thing, the pot's own first."""
    said: dict[tuple[int | None, str], Told] = {}
    for change in found:
        topic = change.what.partition(".")[0]
        said.setdefault((change.number, topic), _changed(change, topic, names))
    return list(said.values())


def _changed(change: Change, topic: str, names: Mapping[int, str]) -> Told:
    if change.number is None:
        return OF_THE_POT.get(topic, N_("Số liệu chung đã khác.")), {}
    who = f"{change.number} · {names.get(change.number, '')}".rstrip(" ·")
    if topic == "member":
        came = change.before is None
        return (N_("{who}: mới vào danh sách.") if came else N_("{who}: không còn trong danh sách.")), {
            "who": who
        }  # fmt: skip
    shown: dict[str, str | int] = {"who": who}
    if topic == "savings":
        shown |= {"before": money.show(change.before or 0), "after": money.show(change.after or 0)}
    return OF_A_MEMBER.get(topic, N_("{who}: số liệu đã khác.")), shown


def pieces(notes: Mapping[int, int]) -> Sequence[tuple[int, int]]:
    """Notes as a page lists them: value and how many, the largest first."""
    return sorted(((value, number) for value, number in notes.items() if number), reverse=True)
