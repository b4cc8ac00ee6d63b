"""The two faces of a refusal: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from app import errors
from app.errors import Invalid, Malformed, NotAllowed, Refusal
from app.terms import N_
from app.web import language, render

log = logging.getLogger("solon")

STATUS: dict[type[Refusal], int] = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Busy: 503,
}
TITLES = {
    400: N_("Yêu cầu không đọc được"),
    401: N_("Chưa mở sổ"),
    403: N_("Không đúng chức vụ"),
    404: N_("Không tìm thấy"),
    405: N_("Không làm được ở đây"),
    409: N_("Sổ đang khác"),
    413: N_("Gửi lên quá lớn"),
    422: N_("Cần sửa lại"),
    429: N_("Thử quá nhiều lần"),
    500: N_("Máy gặp lỗi"),
    503: N_("Chưa chắc đã xong"),
}
# What a wrong field is told, by the validator's own word for the fault.
FIELD_SENTENCES = {
    "missing": N_("Thiếu mục này."),
    "extra_forbidden": N_("Không có mục nào tên như vậy."),
    "int_type": N_("Cần một số nguyên, không có dấu và không đặt trong ngoặc kép."),
    "int_from_float": N_("Cần một số nguyên, không có phần lẻ."),
    "string_type": N_("Cần một dòng chữ."),
    "bool_type": N_("Cần true hoặc false."),
    "enum": N_("Không có lựa chọn này. Chọn một trong: {expected}."),
    "greater_than_equal": N_("Phải từ {ge} trở lên."),
    "less_than_equal": N_("Nhiều nhất là {le}."),
    "string_pattern_mismatch": N_("Không đúng dạng."),
    "day_form": N_("Ngày viết dạng năm-tháng-ngày, ví dụ 2026-11-24."),
    "too_long": N_("Dài quá, nhiều nhất {max_length}."),
    "too_short": N_("Cần ít nhất {min_length}."),
    "json_invalid": N_("Nội dung gửi lên không phải JSON."),
}
OTHERWISE = N_("Không hợp lệ.")


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 `application/problem+json`. Some add a figure of their own (`overpaid`: `owed`)."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []


PROBLEM = "application/problem+json"
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 401, 403, 404, 409, 413, 422, 503)
}


def install(app: FastAPI) -> None:
    """Answer every refusal, wrong request and unknown path in the right face."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    _describe(app)


def _describe(app: FastAPI) -> None:
    """Refusals stand in the description as they are sent: problem+json and nothing else."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        for path in (found := plain())["paths"].values():
            for call in path.values():
                for status, answer in call["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {PROBLEM: answer["content"].pop("application/json")}
        return found

    app.openapi = described  # type: ignore[method-assign]


def answer(request: Request, refusal: Refusal, status: int = 0) -> Response:
    """The refusal as this door shows it."""
    status = status or STATUS[next(t for t in type(refusal).__mro__ if t in STATUS)]
    lang = language.of_request(request)
    say = language.translations(lang).gettext
    title, detail = say(TITLES[status]), language.sentence(refusal, lang)
    if not request.url.path.startswith("/api/"):
        if status == 401:
            return RedirectResponse("/vao", 303)
        return render.page(request, "error.html", status, title=title, detail=detail, status=status)
    problem = Problem(
        title=title,
        status=status,
        detail=detail,
        code=refusal.code,
        errors=[
            FieldProblem(field=part.field, message=language.sentence(part, lang))
            for part in refusal.parts
        ],
        **refusal.beside,
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=PROBLEM)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return answer(request, error)


async def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["loc"][0] == "path" for fault in faults):
        return answer(request, errors.not_found())  # an id of no known form is nowhere
    parts = []
    for fault in faults[:50]:
        context = {k: v for k, v in (fault.get("ctx") or {}).items() if isinstance(v, (str, int))}
        text = FIELD_SENTENCES.get(fault["type"], OTHERWISE)
        field = ".".join(str(step) for step in fault["loc"][1:]) or str(fault["loc"][0])
        parts.append(Invalid("invalid", text, field=field[:200], **context))
    return answer(request, _together(parts))


def _together(parts: list[Invalid]) -> Refusal:
    whole = Invalid("invalid", "Có mục chưa đúng, chưa ghi gì. Mời chị xem từng mục.")
    whole.parts = tuple(parts)
    return whole


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer(request, errors.not_found())
    if error.status_code == 405:
        refusal = NotAllowed("method_not_allowed", "Đường dẫn này không nhận cách gửi đó.")
        response = answer(request, refusal, 405)
        response.headers.update(error.headers or {})
        return response
    return answer(request, Malformed("malformed", "Yêu cầu không đọc được, chưa ghi gì."), 400)


def unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours, answered by the guard that stands around everything."""
    # Only the type and place: messages of drivers can hold names and amounts.
    log.error("unexpected %s at %s", type(error).__name__, _place(error))
    return answer(request, Refusal("unexpected", "Máy gặp lỗi, chưa ghi gì. Mời chị thử lại."), 500)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
