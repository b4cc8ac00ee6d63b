"""The forms of offices as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from app import clock, names
from app.errors import Invalid, Refusal
from app.offices.actions import Appointee
from app.terms import Role
from app.web import keys

T = TypeVar("T")
APPOINT = ("role", "from", "member_id", "name", "phone")


def read(form: dict[str, str]) -> tuple[Role, date, Appointee]:
    """Which office, from when, and who. Raises Invalid with every problem."""
    problems: list[Refusal] = []

    def read_one(what: Callable[[], T]) -> T | None:
        try:
            return what()
        except Invalid as problem:
            problems.extend(problem.parts)
            return None

    of = read_one(lambda: role(form["role"]))
    on = read_one(lambda: day(form["from"], "from"))
    appointee = read_one(lambda: who(form))
    if of is None or on is None or appointee is None:
        raise Invalid.every(problems)
    return of, on, appointee


def role(text: str) -> Role:
    """The office that was chosen."""
    try:
        return Role(text)
    except ValueError:
        raise Invalid("role_missing", "Mời chị chọn chức vụ.", field="role") from None


def day(text: str, name: str) -> date:
    """A date field; empty is today."""
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Invalid("day_unclear", "Ngày chưa rõ. Mời chị chọn lại.", field=name) from None


def who(form: dict[str, str]) -> Appointee:
    """A member, or a new person by name and phone. Raises Invalid with every problem."""
    if form["member_id"]:
        if form["name"].strip() or form["phone"].strip():
            raise Invalid(
                "one_person_page", "Chọn hội viên, hoặc ghi tên người mới; một trong hai thôi.",
                field="member_id",
            )  # fmt: skip
        if not keys.UUID.fullmatch(form["member_id"]):
            raise _unknown()
        return Appointee(member_id=form["member_id"])
    problems: list[Refusal] = []
    name = phone = ""
    try:
        name = names.clean(form["name"], longest=100, field="name")
    except Invalid as problem:
        problems.append(problem)
    try:
        phone = names.phone(form["phone"])
    except Invalid as problem:
        problems.append(problem)
    if problems:
        raise Invalid.every(problems)
    return Appointee(name=name, phone=phone)


def _unknown() -> Invalid:
    return Invalid("person_unknown", "Không tìm thấy người này trong chi hội.", field="member_id")
