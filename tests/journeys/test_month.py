"""The month on the first page: bars, the same figures in a table, and never more than a month read."""

from __future__ import annotations

import re
from datetime import timedelta

from app.db.engine import Database
from app.db.tx import Tx
from app.reports.today import DAYS
from tests.journeys.doors import Village, plain
from tests.story import DAY, TODAY, StoryClock, a_chapter

LAST = TODAY + timedelta(days=40)


def month(village: Village) -> str:
    """The chart of the chapter's first page, `` where there is none."""
    village.tokens.clear()  # her session of the day is over by now
    page = village.browser(village.chapter.treasurer).get("/hom-nay").text
    return page[page.index('<figure class="bars days">') :] if "bars days" in page else ""


def table(html: str) -> dict[str, str]:
    """The day's figures as the table has them."""
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', html)
    return {day: plain(figure) for day, figure in rows}


def bars(html: str) -> list[tuple[int, float, float]]:
    """Which day's bar stands where, and how tall: (days since the first, top, height)."""
    drawn = re.findall(r'<rect x="(\d+)" y="([\d.]+)" width="8" height="([\d.]+)"', html)
    return [((int(x) - 2) // 11, float(y), float(tall)) for x, y, tall in drawn]


def on(clock: StoryClock, village: Village, days_before: int, lines: str) -> None:
    day = LAST - timedelta(days=days_before)
    clock.tell(day)
    village.chapter.sheet(lines, on=day)


def test_bars_and_table_say_the_same(village: Village, clock: StoryClock) -> None:
    """31 days with today; what lies before is not there, nor are the neighbours' sums."""
    on(clock, village, 31, "Lan 9.000/9")
    on(clock, village, 30, "Lan 4.000/4")
    on(clock, village, 7, "Lan 5.000/5, Hoa 3.000/3")
    village.neighbour.sheet("Tư 7.000/7")
    on(clock, village, 0, "Lan 2.000/2")
    html = month(village)
    told = table(html)
    assert len(told) == 31 and list(told)[-1] == f"{LAST:%d/%m/%Y}"
    money = {day: figure for day, figure in told.items() if not figure.startswith("—")}
    assert list(money.values()) == ["4.000 ₫", "8.000 ₫", "2.000 ₫"]
    assert list(told).index(f"{LAST - 7 * DAY:%d/%m/%Y}") == 23
    assert all(figure == "— 0 ₫" for day, figure in told.items() if day not in money)
    assert bars(html) == [(0, 62.0, 42.0), (23, 20.0, 84.0), (30, 83.0, 21.0)]
    assert html.count('class="now"') == 1 and "14.000\N{NO-BREAK SPACE}₫" in html
    assert '<text class="most" x="0" y="13">8.000\N{NO-BREAK SPACE}₫</text>' in html


def test_what_was_taken_back_counts_on_the_day_it_was_given(
    village: Village, clock: StoryClock
) -> None:
    on(clock, village, 3, "Hoa 6.000/6")
    clock.tell(LAST)
    wrong = village.chapter.sheet("Lan 5.000/5, Hoa 2.000/2")
    village.chapter.reverse(wrong, "Lan")
    told = table(month(village))
    assert told[f"{LAST:%d/%m/%Y}"] == "2.000 ₫" and told[f"{LAST - 3 * DAY:%d/%m/%Y}"] == "6.000 ₫"


def test_an_old_sheet_taken_back_leaves_today_as_it_was(
    village: Village, clock: StoryClock
) -> None:
    """How many gave today and how much came in are of one day's sheets: its own, none of before."""
    clock.tell(LAST - 3 * DAY)
    old = village.chapter.sheet("Lan 5.000/5, Hoa 2.000/2", on=LAST - 3 * DAY)
    on(clock, village, 0, "Lan 3.000/3, Hoa 2.000/2")
    village.chapter.signs(village.chapter.head, village.chapter.asks_to_reverse(old, "Lan"))
    told = table(month(village))
    assert told[f"{LAST:%d/%m/%Y}"] == "5.000 ₫" and told[f"{LAST - 3 * DAY:%d/%m/%Y}"] == "2.000 ₫"
    page = plain(village.browser(village.chapter.treasurer).get("/hom-nay").text)
    assert "2 /3 chị góp hôm nay 5.000 ₫ thu hôm nay" in page


def test_a_month_without_money_draws_nothing(village: Village, clock: StoryClock) -> None:
    assert month(village) == ""
    on(clock, village, 31, "Lan 9.000/9")
    clock.tell(LAST)
    assert month(village) == ""


def test_only_the_month_is_read(sqlite_db: Database) -> None:
    """The key leads to the days: what a chapter saved in ten years is not walked through."""
    chapter = a_chapter(sqlite_db, "Lan")
    asked = (chapter.id, TODAY - 30 * DAY, TODAY)
    plan = sqlite_db.read_now(Tx.rows, f"EXPLAIN QUERY PLAN {DAYS}", asked)
    (totals,) = [row[-1] for row in plan if " t " in row[-1]]
    assert "SEARCH t" in totals and "pot_id=?" in totals and "day>? AND day<?" in totals
