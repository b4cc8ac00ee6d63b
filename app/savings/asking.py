"""What a page asks of a sheet that is allowed, and yet may be a slip of the finger."""

from __future__ import annotations

from datetime import date

from fastapi import Request

from app import clock, money
from app.savings import queries, rules
from app.savings.sheet_form import Filled
from app.web import language, render


def question(request: Request, blank: queries.SheetBlank, filled: Filled, day: date) -> str | None:
    """What is allowed but worth asking: a second sheet, days beyond the breaking, a count since."""
    say = language.translations(language.of_request(request)).gettext
    asked = []
    if blank.paid:
        again = (
            say("Hôm nay đã thu của {n} chị rồi. Chị thu thêm lần nữa ạ?")
            if day == clock.today()
            else say("Ngày {day} đã thu của {n} chị rồi. Chị thu thêm lần nữa ạ?")
        )
        asked.append(again.format(n=len(blank.paid), day=render.show_day(day)))
    much = [
        f"{member.name} {money.show(line.amount)}"
        for member, line in _beside(blank, filled)
        if rules.is_unusual(line.amount, blank.minimum, member.behind)
    ]
    if much:
        asked.append(say("{who}, đúng không chị?").format(who=", ".join(much[:5])))
    left = _left(blank)
    beyond = [
        member.name
        for member, line in _beside(blank, filled)
        if member.covered + line.periods > member.elapsed + left
    ]
    if beyond:
        asked.append(
            say("Góp trước quá ngày mổ lợn: {who}. Vẫn ghi?").format(who=", ".join(beyond[:5]))
        )
    if blank.counted_on and _starts(blank) <= day < blank.counted_on:
        asked.append(
            say(
                "Lợn đã kiểm ngày {day}: phiếu này không động đến tiền mặt, chi hội trưởng ký thì vào sổ."
            ).format(day=f"{blank.counted_on:%d/%m/%Y}")
        )
    return " ".join(asked) or None


def _beside(
    blank: queries.SheetBlank, filled: Filled
) -> list[tuple[queries.MemberDue, rules.Line]]:
    due = {member.member_id: member for member in blank.members}
    return [(due[line.member_id], line) for line in filled.lines]


def _starts(blank: queries.SheetBlank) -> date:
    """The first day of the cycle that a sheet can enter."""
    return (
        date.fromisoformat(blank.pot.cycle_starts_on or blank.pot.opened_on)
        if blank.pot
        else date.max
    )


def _left(blank: queries.SheetBlank) -> int:
    """Periods from tomorrow to the planned breaking; no plan, no end."""
    if blank.pot is None or blank.pot.next_breaking_on is None:
        return 100_000
    ends, starts = date.fromisoformat(blank.pot.next_breaking_on), _starts(blank)
    today = clock.today()
    all_of_it = rules.periods_elapsed(blank.period, starts, starts, ends)
    return max(all_of_it - rules.periods_elapsed(blank.period, starts, starts, today), 0)
