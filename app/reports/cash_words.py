"""What happened, in the words of a cash book: a sentence to translate, with its values."""

from __future__ import annotations

from dataclasses import dataclass

from app.terms import N_, NN_, AccountKind, EntryKind

K, E = AccountKind, EntryKind
Told = tuple[str, dict[str, str | int]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence is made of; `debit` and `credit` are the accounts of the first line."""

    kind: EntryKind
    debit: AccountKind
    credit: AccountKind
    members: int
    who: str
    purpose: str
    reverses: int | None
    came_in: bool


_MOVES = {
    (K.CASH_HAND, K.CASH_POT): N_("Mở ra, lấy tiền lên tay"),
    (K.CASH_POT, K.CASH_HAND): N_("Cất tiền lại vào trong"),
    (K.CASH_HAND, K.CASH_BANK): N_("Rút ở ngân hàng về tay"),
    (K.CASH_POT, K.CASH_BANK): N_("Rút ở ngân hàng, cất vào trong"),
}
_PLAIN = {
    E.SHEET: NN_("Thu tiền góp của {lines} chị"),
    E.REVERSAL: N_("Hủy số {n}"),
    E.SETTLEMENT: N_("Người giữ bù tiền thiếu"),
    E.OPENING: N_("Số dư từ sổ cũ"),
    E.CORRECTION: N_("Ghi thêm sau khi kiểm"),
    E.BREAKING: N_("Mổ lợn"),
}


def told(of: Facts) -> Told:
    """The sentence of an entry."""
    values: dict[str, str | int] = {
        "lines": of.members,
        "n": of.reverses or 0,
        "who": of.who,
        "purpose": of.purpose,
    }
    return _text(of), values


def _text(of: Facts) -> str:
    sentences = _PLAIN | {
        E.COUNT: N_("Kiểm quỹ thấy thừa") if of.came_in else N_("Kiểm quỹ thấy thiếu"),
        E.CASH_MOVE: _MOVES.get((of.debit, of.credit), N_("Gửi vào ngân hàng")),
        E.DEBT_PAID: N_("{who} trả tiền thiếu") if of.who else N_("Trả tiền thiếu"),
        E.EXPENSE: N_("Chi: {purpose}") if of.purpose else N_("Chi tiền"),
        E.PAYOUT: N_("Trả tiền cho {who}") if of.who else NN_("Trả tiền cho {lines} chị"),
        E.DISBURSEMENT: N_("Cho {who} vay"),
        E.REPAYMENT: N_("{who} trả nợ"),
        E.SET_OFF: N_("Trừ tiền góp của {who} vào nợ"),
        E.WRITE_OFF: N_("Xóa nợ của {who}"),
        E.RECOVERY: N_("{who} trả lại nợ đã xóa"),
        E.TRANSFER: N_("Sổ khác chuyển đến") if of.came_in else N_("Chuyển sang sổ khác"),
    }
    return sentences[of.kind]
