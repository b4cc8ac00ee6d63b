"""The papers of half a year from the exercise book on: each opens, and says what happened."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.db.engine import Database
from app.terms import Actor
from tests.actions.paper_year import KIN, PaperYear
from tests.actions.seats import begins
from tests.journeys.doors import Caller, seen
from tests.story import StoryClock

PAPERS = {"receipt": "chung-tu", "payment": "chung-tu", "payout": "chung-tu",
          "handover": "ban-giao", "count": "kiem"}  # fmt: skip


@pytest.fixture
def year(db: Database, clock: StoryClock, client: TestClient) -> PaperYear:
    return PaperYear(db, clock).whole()


def opens(year: PaperYear, client: TestClient, who: Actor) -> Caller:
    """Her browser, on the last day of the story."""
    return Caller(client, {"Cookie": f"solon={begins(year.db, who.person_id)}"})


def says(page: str, *words: str) -> None:
    """All of it, in this order."""
    at = 0
    for said in words:
        found = page.find(said, at)
        assert found >= 0, f"no «{said}» from {at} on in: {page}"
        at = found + len(said)


def test_the_papers_of_the_story(year: PaperYear, client: TestClient) -> None:
    """Opened by the treasurer who came in October, also for what was before her."""
    keeper = opens(year, client, year.doai.treasurer)

    def paper(name: str) -> str:
        answer = keeper.get(f"/{PAPERS[name]}/{year.made[name]}")
        assert answer.status_code == 200
        return seen(answer.text)

    says(paper("count"), "31/08/2026", "516.500 ₫", "520.500 ₫", "thiếu 4.000 ₫")
    says(paper("receipt"), "Số PT 4/2026", "Phiếu thu", "20/09/2026",
         "Người nộp tiền Nguyễn Thị treasurer", "1.500 ₫", "Một nghìn năm trăm đồng")  # fmt: skip
    says(paper("payment"), "Số PC 1/2026", "Phiếu chi", "11/10/2026", "Lý do thăm ốm", "12.000 ₫",
         "Mười hai nghìn đồng")  # fmt: skip
    says(
        paper("handover"), "BIÊN BẢN BÀN GIAO QUỸ", "ngày 18/10/2026",
        "Người giao Nguyễn Thị treasurer", "Người nhận Nguyễn Thị Mai",
        "Nguyễn Thị chapter_head ký thay", "644.500 ₫", "72.000 ₫", "Trong đó đã đếm 716.500 ₫",
        "Cộng giao 716.500 ₫", "Bảy trăm mười sáu nghìn năm trăm đồng",
        "lợn: Nguyễn Thị treasurer còn phải bù 2.500 ₫",
    )  # fmt: skip
    says(paper("payout"), "Số PC 2/2026", "Phiếu chi", "15/11/2026", f"Người nhận tiền {KIN}",
         "72.000 ₫", "Bảy mươi hai nghìn đồng", "Người ghi: Nguyễn Thị Mai",
         "Người ký: Nguyễn Thị chapter_head")  # fmt: skip


def test_what_hoa_left(year: PaperYear, client: TestClient) -> None:
    """Her settlement, for the inspector who reads everything: paid twice, and 500 that stay hers."""
    doai = year.doai
    answer = opens(year, client, doai.inspector).get(f"/hoi-vien/{doai.members['Hoa']}/roi")
    assert answer.status_code == 200
    says(
        seen(answer.text), "Giấy thanh toán", "Nguyễn Thị Hoa · Số 2", "Qua đời",
        "rời ngày 15/11/2026", "Tiền của chị 279.500 ₫", "Trả tiền mặt 15/11/2026", "72.000 ₫",
        "Trả tiền mặt 22/11/2026", "207.000 ₫", "Còn chờ lĩnh 500 ₫",
        "Hai trăm bảy mươi chín nghìn năm trăm đồng", f"Người nhận: {KIN}",
    )  # fmt: skip


def test_november_in_the_cash_book(year: PaperYear, client: TestClient) -> None:
    """From what October left to what was counted on the last day."""
    page = f"/chi-hoi/{year.doai.id}/so-quy?from=2026-11-01&to=2026-11-30"
    says(
        seen(opens(year, client, year.doai.head).get(page).text), "737.500 ₫", "PT 8/2026",
        "PC 2/2026", "PT 9/2026", "PC 3/2026", "PT 10/2026", "574.500 ₫",
    )  # fmt: skip
