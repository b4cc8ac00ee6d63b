"""What a loan's page sends, read and done: one form at a time, `viec` says which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request

from app import clock, ids, money
from app.approvals.actions import Waiting
from app.db.engine import Database
from app.errors import Invalid, not_found
from app.ledger.once import Ticket
from app.loan_terms import LoanPlan
from app.loans import actions, changing, mistakes, paying
from app.loans.api_shapes import needed, text
from app.loans.rules import Asked
from app.loans.schedule import QUARTER
from app.mending import actions as mending
from app.terms import Actor
from app.web import forms, keys

FIELDS = ("viec", "entry", "amount", "date", "months", "plan", "yes", "no", "out_of_order_reason", "reason",
          "note", "left_poor_list", "key")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Who does what with which loan, as it was typed."""

    request: Request
    db: Database
    actor: Actor
    loan_id: str
    form: dict[str, str]
    typed: dict[str, list[str]]

    @property
    def day(self) -> date:
        """Empty is today."""
        return forms.day(self.form["date"], clock.today())

    @property
    def ticket(self) -> Ticket:
        """Money moves once, however often it is sent."""
        return keys.ticket(self.request, keys.of_form(self.form["key"]), self.typed)


def blank(act: str, entry: str = "") -> dict[str, str]:
    """An empty form for an act; `entry` is what it is about."""
    form = dict.fromkeys(FIELDS, "") | {"viec": act, "entry": entry, "plan": LoanPlan.MONTHLY.value}
    return form | {"date": clock.today().isoformat(), "key": ids.new()}


def amount(form: dict[str, str], name: str = "amount") -> int:
    """đồng above zero; a bare `10` comes back as its suggestion. Raises Invalid."""
    try:
        return money.parse(form[name]) or money.parse("")
    except Invalid as refusal:
        suggested = refusal.values.get("suggested")
        if isinstance(suggested, int):
            form[name] = money.show(suggested).partition("\N{NO-BREAK SPACE}")[0]
        refusal.field = name
        raise


def months(form: dict[str, str], name: str = "months") -> int:
    """Whole months. Raises Invalid."""
    return _count(form, name, Invalid("months_unclear", "Mấy tháng? Mời chị ghi số.", field=name))


def plan(form: dict[str, str]) -> LoanPlan:
    """How it is paid back. Raises Invalid."""
    if form["plan"] not in set(LoanPlan):
        raise Invalid("plan_needed", "Trả thế nào? Mời chị chọn.", field="plan")
    return LoanPlan(form["plan"])


@dataclass(frozen=True, slots=True)
class HalfAsked:
    """An application half typed; what is not told yet stands at its least. `whole`: all is told."""

    asked: Asked
    whole: bool


def half_asked(form: dict[str, str]) -> HalfAsked | None:
    """What can be weighed already; nothing before it is known who asks which pot.

    Raises Invalid where something was typed and cannot be read.
    """
    if not all(keys.UUID.fullmatch(form[name]) for name in ("member_id", "pot_id")):
        return None
    how = plan(form)
    least = QUARTER if how is LoanPlan.QUARTERLY else 1
    told = [bool(form[name].strip()) for name in ("amount", "months")]
    asked = Asked(
        form["member_id"], amount(form) if told[0] else 1, months(form) if told[1] else least, how
    )
    return HalfAsked(asked, all(told))


def _count(form: dict[str, str], name: str, unclear: Invalid) -> int:
    typed = form[name].strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise unclear
    return int(typed)


def _vote(form: dict[str, str]) -> actions.Vote | None:
    if not form["yes"].strip() and not form["no"].strip():
        return None
    form["yes"], form["no"] = form["yes"].strip() or "0", form["no"].strip() or "0"
    unclear = Invalid("vote_unclear", "Mấy người giơ tay? Mời chị ghi số.", field="vote")
    return _count(form, "yes", unclear), _count(form, "no", unclear)


async def _approve(said: Said) -> str:
    form = said.form
    await said.db.write(
        actions.approve, actor=said.actor, loan_id=said.loan_id, on=said.day, vote=_vote(form),
        out_of_order_reason=text(form["out_of_order_reason"], "out_of_order_reason"),
    )  # fmt: skip
    return "duyet"


async def _refuse(said: Said) -> str:
    await said.db.write(
        actions.refuse, actor=said.actor, loan_id=said.loan_id, on=said.day,
        reason=text(said.form["reason"], "reason"),
    )  # fmt: skip
    return "khong-duyet"


async def _disburse(said: Said) -> str:
    await said.db.write(
        paying.disburse, actor=said.actor, loan_id=said.loan_id, day=said.day,
        ticket=said.ticket, reason=text(said.form["reason"], "reason"),
    )  # fmt: skip
    return "trao"


async def _repay(said: Said) -> str:
    await said.db.write(
        paying.repay, actor=said.actor, loan_id=said.loan_id, day=said.day,
        amount=amount(said.form), ticket=said.ticket, reason=text(said.form["reason"], "reason"),
    )  # fmt: skip
    return "tra"


async def _recover(said: Said) -> str:
    await said.db.write(
        paying.recover, actor=said.actor, loan_id=said.loan_id, day=said.day,
        amount=amount(said.form), ticket=said.ticket, reason=text(said.form["reason"], "reason"),
    )  # fmt: skip
    return "thu-lai"


async def _take_back(said: Said) -> str:
    entry_id = said.form["entry"]
    if not keys.UUID.fullmatch(entry_id):
        raise not_found()
    await said.db.read(mistakes.check_of, said.loan_id, entry_id)
    answer = await said.db.write(
        mending.reverse, actor=said.actor, entry_id=entry_id, line_ids=(),
        reason=needed(said.form["reason"]), ticket=said.ticket,
    )  # fmt: skip
    waits = answer.value
    return f"/ky/{waits.approval_id}" if isinstance(waits, Waiting) else "huy"


async def _visit(said: Said) -> str:
    await said.db.write(
        actions.visit, actor=said.actor, loan_id=said.loan_id, day=said.day,
        note=needed(said.form["note"], "note"), left_poor_list=bool(said.form["left_poor_list"]),
    )  # fmt: skip
    return "tham"


async def _reschedule(said: Said) -> str:
    waits = await said.db.write(
        changing.reschedule, actor=said.actor, loan_id=said.loan_id, months=months(said.form),
        plan=plan(said.form), reason=needed(said.form["reason"]),
    )  # fmt: skip
    return f"/ky/{waits.approval_id}"


async def _waive(said: Said) -> str:
    waits = await said.db.write(
        changing.waive, actor=said.actor, loan_id=said.loan_id, day=said.day,
        amount=amount(said.form), reason=needed(said.form["reason"]),
    )  # fmt: skip
    return f"/ky/{waits.approval_id}"


async def _write_off(said: Said) -> str:
    answer = await said.db.write(
        changing.write_off, actor=said.actor, loan_id=said.loan_id, day=said.day,
        reason=needed(said.form["reason"]), ticket=said.ticket,
    )  # fmt: skip
    return f"/ky/{answer.value.approval_id}"


DOING: dict[str, Callable[[Said], Awaitable[str]]] = {
    "duyet": _approve,
    "khong-duyet": _refuse,
    "trao": _disburse,
    "tra": _repay,
    "thu-lai": _recover,
    "huy": _take_back,
    "tham": _visit,
    "cach-tra": _reschedule,
    "mien-lai": _waive,
    "xoa-no": _write_off,
}


async def done(
    request: Request, db: Database, actor: Actor, loan_id: str, form: dict[str, str],
    typed: dict[str, list[str]],
) -> str:  # fmt: skip
    """Do what the form says; where to go then: the loan's page, or what waits for a signature.

    Raises Invalid `act_unknown`, and whatever the act itself refuses.
    """
    if form["viec"] not in DOING:
        raise Invalid("act_unknown", "Việc này chưa rõ. Mời chị chọn lại.")
    where = await DOING[form["viec"]](Said(request, db, actor, loan_id, form, typed))
    return where if where.startswith("/") else f"/vay/{loan_id}?xong={where}"
