"""Founding a commune from a table: tried first and kept nowhere, then all of it or nothing."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from app.db.tx import Tx
from tests.journeys.doors import API, Caller, Village, problem, seen
from tests.journeys.signing import enters, signs_in
from tests.story import counted

TABLE = """cấp;tên;cấp trên;từ ngày;mức góp;kỳ;chức vụ;họ tên;điện thoại
Xã;Xã Bình Minh;Tỉnh Sông Hồng;01/07/2025;;;Cán bộ Hội;Nguyễn Thị Sáng;0987000222
Chi hội;Thôn Thượng;Xã Bình Minh;01/08/2025;2.000;tuần;Chi hội trưởng;Nguyễn Thị Xuân;0987000333
Chi hội;Thôn Thượng;Xã Bình Minh;01/08/2025;;;Thủ quỹ;Nguyễn Thị Hạ;0987000111
Chi hội;Thôn Hạ;Xã Bình Minh;01/08/2025;;;;;
"""
CODE = r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b"


@pytest.fixture
def provincial(village: Village) -> Caller:
    """The province's leader, at the API."""
    return village.program(village.chapter.union.provincial)


def founds(by: Caller, village: Village, table: str, *, dry_run: bool = False) -> httpx2.Response:
    path = f"{API}/units/{village.chapter.union.province}/founding"
    return by.post(path, {"table": table, "dry_run": dry_run})


def told(answer: httpx2.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_dry_run_tells_and_keeps_nothing(village: Village, provincial: Caller) -> None:
    before = village.everything()
    items = told(founds(provincial, village, TABLE, dry_run=True))
    assert [(one["line"], one["name"], one["level"], one["new"], one["role"]) for one in items] == [
        (2, "Xã Bình Minh", "commune", True, "leader"),
        (3, "Thôn Thượng", "chapter", True, "chapter_head"),
        (4, "Thôn Thượng", "chapter", False, "treasurer"),
        (5, "Thôn Hạ", "chapter", True, None),
    ]
    assert {(one["unit_id"], one["enrol_code"]) for one in items} == {(None, None)}
    assert village.everything() == before
    path = f"{API}/units/{village.chapter.union.province}/founding"
    assert provincial.post(path, {"table": TABLE}).json()["dry_run"] is True  # unless told so
    assert village.everything() == before


def test_then_all_of_it(village: Village, provincial: Caller) -> None:
    units = counted(village.db, "unit")
    items = told(founds(provincial, village, TABLE))
    assert counted(village.db, "unit") == units + 3
    assert [bool(one["enrol_code"]) for one in items] == [True, True, True, False]
    below = provincial.get(f"{API}/units/{items[0]['unit_id']}/children").json()["items"]
    assert {unit["name"] for unit in below} == {"Thôn Thượng", "Thôn Hạ"}
    sql = "SELECT in_force_from, minimum_per_period, period FROM charter WHERE chapter_id = ?"
    for n, rules in ((1, ("2025-08-01", 2_000, "week")), (3, ("2025-08-01", 1_000, "day"))):
        assert village.db.read_now(Tx.rows, sql, (items[n]["unit_id"],)) == [rules]
    session = signs_in(village.client, enters(village.client, items[2]["enrol_code"])).json()
    assert [(o["role"], o["unit_name"]) for o in session["offices"]] == [
        ("treasurer", "Thôn Thượng")
    ]


def test_the_same_table_again_appoints_nobody_twice(village: Village, provincial: Caller) -> None:
    told(founds(provincial, village, TABLE))
    before = village.everything()
    said = problem(founds(provincial, village, TABLE), 422, "office_taken")
    assert [one["field"] for one in said["errors"]] == ["line 3", "line 4"]
    assert village.everything() == before


def test_nothing_where_one_line_is_wrong(village: Village, provincial: Caller) -> None:
    """Every problem is told by its line at once, and the good lines are not kept."""
    before = village.everything()
    unread = TABLE + (
        "Bản;Bản Xa;Xã Bình Minh;01/08/2025;;;;;\n"
        "Chi hội;Thôn Ba;Xã Bình Minh;31/02/2025;;;;;\n"
        "Chi hội;Thôn Tư;Xã Bình Minh;01/08/2025;;;Thủ quỹ;;\n"
        "Chi hội;Thôn Năm;Xã Bình Minh;01/08/2025;;;Thủ quỹ;Nguyễn Thị Thu;12\n"
        "Chi hội;Thôn Bảy;Xã Bình Minh;01/08/2025;500;;;;\n"
    )
    wrong = TABLE + (
        "Chi hội;Thôn Sáu;Xã Không Có;01/08/2025;;;;;\n"
        "Chi hội;Thôn Tám;Xã Bình Minh;01/08/2027;;;;;\n"
        "Chi hội;Thôn Thượng;Xã Bình Minh;01/08/2025;;;Cán bộ Hội;Nguyễn Thị Thu;0987000444\n"
    )
    for dry_run in (True, False):
        said = problem(founds(provincial, village, unread, dry_run=dry_run), 422, "word_unknown")
        assert [one["field"] for one in said["errors"]] == [f"line {n}" for n in range(6, 11)]
        answer = founds(provincial, village, wrong, dry_run=dry_run)
        assert answer.status_code == 422, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == ["line 6", "line 7", "line 8"]
    assert village.everything() == before


def test_who_founds(village: Village) -> None:
    of, before = village.chapter, village.everything()
    for officer in (of.head, of.treasurer, of.union.leader):
        problem(founds(village.program(officer), village, TABLE), 404, "not_found")
    assert village.everything() == before
    assert told(founds(village.program(of.union.administrator), village, TABLE))


def test_founding_on_the_page(village: Village) -> None:
    by, path = village.browser(village.chapter.union.provincial), "/don-vi/{}/nhap"
    path = path.format(village.chapter.union.province)
    before = village.everything()
    tried = by.send(path, {"table": TABLE, "do": "rehearse"})
    assert "Chưa lập gì. Đây là những việc sẽ làm:" in seen(tried.text)
    assert "Thôn Thượng" in seen(tried.text) and not re.findall(CODE, seen(tried.text))
    wrong = TABLE.replace("01/07/2025", "31/06/2025").replace("Thủ quỹ", "Bảo vệ")
    refused = by.send(path, {"table": wrong, "do": "found"})
    assert refused.status_code == 422
    assert "Dòng 2:" in seen(refused.text) and "Dòng 4:" in seen(refused.text)
    assert village.everything() == before
    founded = by.send(path, {"table": TABLE, "do": "found"})
    assert "Đã lập xong." in seen(founded.text) and len(re.findall(CODE, seen(founded.text))) == 3
    assert founded.headers["cache-control"] == "no-store"
