"""The second signature on paper's terms: what waits is seen by its signer, and read before signed."""

from __future__ import annotations

import re

import pytest

from app import money
from app.terms import Role
from tests.actions.two_hands import asked_before_waiting_was_asked_after
from tests.journeys.doors import Caller, Village, beside, hidden, plain, seen
from tests.journeys.signing import PHONE, RULES, next_morning, reversal_waits
from tests.story import StoryClock, counted, sign_in

ONE_WAITS = "1 việc chờ chị ký"
# What a page says of something done; while it only waits, no page says any of it.
DONE = ("Đã vào sổ phiếu hủy", "Đã có quy ước mới", "Đã thay người", "Đã đặt lại", "Đã mở khóa",
        "Hai người đã ký", "đã ký")  # fmt: skip
PRICED = money.show(-5000)


@pytest.fixture
def officers(village: Village, clock: StoryClock) -> dict[str, Caller]:
    """Everybody's browser on the next morning; Lan's and Hoa's sheet is of yesterday."""
    village.recorded("Lan 5.000/5, Hoa 1.000/1")
    next_morning(village, clock)
    of, above = village.chapter, village.chapter.union
    people = {
        "head": of.head, "deputy": of.deputy, "treasurer": of.treasurer, "inspector": of.inspector,
        "leader": above.leader, "administrator": above.administrator,
        "neighbour": village.neighbour.head,
    }  # fmt: skip
    return {name: village.browser(actor) for name, actor in people.items()}


def taken_back(village: Village, officers: dict[str, Caller]) -> str:
    """The treasurer asks on the receipt's page to take Lan's line back; where that leads."""
    sheet = village.treasurer.get(village.sheets).json()["items"][0]
    page = officers["treasurer"].get(f"/phieu/{sheet['id']}").text
    line = re.findall(r'name="line" value="([^"]+)"', page)[0]
    form = {"key": hidden(page, "key"), "line": [line], "reason": "Ghi nhầm phong bì"}
    answer = officers["treasurer"].send(f"/phieu/{sheet['id']}/huy", form)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def content(html: str) -> list[tuple[str, str]]:
    """Labels and values of what is signed."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html, re.S)
    return [(plain(label), plain(value)) for label, value in pairs]


def signs(by: Caller, path: str) -> str:
    """She reads the page and signs it; what the page says then."""
    form = {"fingerprint": hidden(by.get(path).text, "fingerprint")}
    answer = by.send(f"{path}/ky", form)
    if answer.status_code == 303:
        assert answer.headers["location"] == path
        return by.get(path).text
    assert answer.status_code == 200, answer.text
    return answer.text


# Today


def test_todays_page_says_what_waits_for_her(village: Village, officers: dict[str, Caller]) -> None:
    def told(name: str) -> bool:
        return ONE_WAITS in seen(officers[name].get("/hom-nay").text)

    assert not any(told(name) for name in officers)
    path = taken_back(village, officers)
    assert [name for name in officers if told(name)] == ["head", "deputy"]
    listed = [name for name in officers if path in officers[name].get("/ky").text]
    assert listed == ["head", "deputy", "treasurer"]  # hers still waits
    signs(officers["head"], path)
    assert not any(told(name) for name in officers)


def test_a_leaders_page_says_it_where_she_stands_in(
    village: Village, officers: dict[str, Caller]
) -> None:
    path = taken_back(village, officers)
    for role in (Role.CHAPTER_HEAD, Role.DEPUTY):
        ends(village, officers["leader"], role)
    assert ONE_WAITS in seen(officers["leader"].get("/hom-nay").text)
    assert path in officers["leader"].get("/ky").text
    page = officers["treasurer"].get(path).text
    assert "Chờ cán bộ Hội cấp trên ký" in seen(page)
    assert "Đã vào sổ phiếu hủy" in seen(signs(officers["leader"], path))


def ends(village: Village, by: Caller, role: Role) -> None:
    """She ends an office on its page."""
    unit = f"/don-vi/{village.chapter.id}/chuc-vu"
    holder = {Role.CHAPTER_HEAD: village.chapter.head, Role.DEPUTY: village.chapter.deputy}[role]
    (office,) = village.db.write_now(sign_in, holder.person_id).offices
    answer = by.send(f"/chuc-vu/{office.id}/thoi", {"on": "2026-10-21", "reason": "thôi việc"})
    assert answer.headers["location"] == f"{unit}?xong=thoi"


def test_nothing_is_called_done_while_it_waits(
    village: Village, officers: dict[str, Caller]
) -> None:
    path = taken_back(village, officers)
    sheet = village.treasurer.get(village.sheets).json()["items"][0]
    for name in ("treasurer", "head", "deputy", "inspector", "leader"):
        paths = ["/ky", path, "/hom-nay"]
        paths += [f"/phieu/{sheet['id']}"] if name != "leader" else []
        for where in paths:
            page = seen(officers[name].get(where).text)
            assert not [word for word in DONE if word in page], (name, where)
    waits = seen(officers["treasurer"].get(path).text)
    assert "Chờ chi hội trưởng ký" in waits
    assert "Chưa làm gì cho đến khi có chữ ký thứ hai." in waits


# What is signed


def test_the_page_shows_what_is_signed(village: Village, officers: dict[str, Caller]) -> None:
    path = taken_back(village, officers)
    page = officers["head"].get(path).text
    labels = dict(content(page))
    assert labels["1 · Nguyễn Thị Lan"] == plain(PRICED)
    assert labels["Lý do"] == "Ghi nhầm phong bì"
    assert labels["Ghi vào sổ ngày"] == "20/10/2026"
    assert "Hoa" not in str(labels)
    print_ = hidden(page, "fingerprint")
    assert f"{print_[:4]}-{print_[4:8]}".upper() in seen(page)
    assert content(officers["deputy"].get(path).text) == content(page)


def test_who_sees_it_and_who_is_offered_to_sign(
    village: Village, officers: dict[str, Caller]
) -> None:
    path = taken_back(village, officers)
    signing = [n for n in officers if f'action="{path}/ky"' in officers[n].get(path).text]
    assert signing == ["head", "deputy"]
    reading = [n for n in officers if "Nguyễn Thị Lan" in officers[n].get(path).text]
    assert reading == ["head", "deputy", "treasurer", "inspector"]
    assert officers["neighbour"].get(path).status_code == 404
    assert "Nguyễn Thị Lan" not in officers["leader"].get(path).text


def test_signing_on_the_page(village: Village, officers: dict[str, Caller]) -> None:
    path = taken_back(village, officers)
    page = seen(signs(officers["head"], path))
    assert "Đã vào sổ phiếu hủy." in page and "Hai người đã ký." in page
    assert counted(village.db, "entry") == 2
    again = officers["deputy"].send(f"{path}/ky", {"fingerprint": "0" * 64})
    assert again.status_code == 409 and "đã có người quyết định" in seen(again.text)
    assert counted(village.db, "entry") == 2


def test_a_page_of_before_signs_nothing(village: Village, officers: dict[str, Caller]) -> None:
    path = taken_back(village, officers)
    before = village.everything()
    stale = officers["head"].send(f"{path}/ky", {"fingerprint": "0" * 64})
    assert stale.status_code == 409 and "Nội dung vừa đổi" in seen(stale.text)
    own = officers["treasurer"].send(f"{path}/ky", {"fingerprint": "0" * 64})
    assert own.status_code == 403 and "cần một người khác ký" in seen(own.text)
    foreign = officers["neighbour"].send(f"{path}/ky", {"fingerprint": "0" * 64})
    assert foreign.status_code == 404
    assert village.everything() == before


def test_refusing_on_the_page(village: Village, officers: dict[str, Caller]) -> None:
    path = taken_back(village, officers)
    empty = officers["head"].send(f"{path}/tu-choi", {"reason": " "})
    assert empty.status_code == 422 and beside(empty.text, "reason")
    answer = officers["head"].send(f"{path}/tu-choi", {"reason": "Lan nói đã góp"})
    assert answer.headers["location"] == path
    page = seen(officers["treasurer"].get(path).text)
    assert "Không ký. Việc này không làm." in page
    assert "KÝ" not in page.split() and counted(village.db, "entry") == 1


def test_the_book_moved_on(
    village: Village, officers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing to sign is offered where signing would be refused; why, in the reader's language."""
    asked_before_waiting_was_asked_after(monkeypatch)
    sheet = village.treasurer.get(village.sheets).json()["items"][0]
    whole = village.treasurer.get(f"/api/v1/sheets/{sheet['id']}").json()
    both = reversal_waits(village, whole, "Lan", "Hoa")
    signs(officers["head"], taken_back(village, officers))
    page = officers["head"].get(f"/ky/{both['approval_id']}").text
    assert "Việc này không làm được nữa." in seen(page) and "/ky/ky" not in page
    assert f'action="/ky/{both["approval_id"]}/ky"' not in page
    assert ("Vì sao", "Dòng này đã hủy rồi.") in content(page)
    english = {"Accept-Language": "en"}
    page = officers["head"].get(f"/ky/{both['approval_id']}", headers=english).text
    assert ("Why", "This line is cancelled already.") in content(page)


# Rules and officers


def test_new_rules_on_pages(village: Village, officers: dict[str, Caller]) -> None:
    where = f"{village.pages}/quy-uoc"
    page = officers["treasurer"].get(f"{where}/doi").text
    form = {"minimum_per_period": "2.000", "period": "week", "payout_step": "1.000",
            "default_decision": "keep", "surplus_rule": "by_savings", "one_loan_at_a_time": "1",
            "backdate_days": "7", "loan_monthly_rate_bp": "0,5",
            "in_force_from": "2026-10-21"}  # fmt: skip
    assert set(form) <= set(re.findall(r'name="([a-z_]+)"', page)) and set(form) <= set(RULES)
    path = officers["treasurer"].send(f"{where}/doi", form).headers["location"]
    assert "Có quy ước mới đang chờ ký" in seen(officers["inspector"].get(where).text)
    assert content(officers["head"].get(path).text) == [
        ("Bắt đầu từ", "21/10/2026"),
        ("Mỗi chị góp ít nhất", "1.000 ₫ đổi thành → 2.000 ₫"),
        ("Góp theo", "mỗi ngày đổi thành → mỗi tuần"),
        ("Lãi một tháng (%)", "0 % đổi thành → 0,5 %"),
    ]
    assert "2.000" not in seen(officers["inspector"].get(where).text)
    assert "Đã có quy ước mới." in seen(signs(officers["head"], path))
    now = seen(officers["inspector"].get(where).text)
    assert "2.000 ₫" in now and "đang chờ ký" not in now


def test_an_officer_is_replaced_on_pages(village: Village, officers: dict[str, Caller]) -> None:
    """The code is shown to the signer once: opened again, the page has none."""
    where = f"/don-vi/{village.chapter.id}/chuc-vu"
    form = {"role": "treasurer", "from": "2026-10-21", "member_id": "",
            "name": "Nguyễn Thị Mới", "phone": PHONE}  # fmt: skip
    path = officers["leader"].send(where, form).headers["location"]
    assert content(officers["head"].get(path).text)[:4] == [
        ("Chức vụ", "thủ quỹ"),
        ("Đang giữ chức vụ", "Nguyễn Thị treasurer"),
        ("Người mới", "Nguyễn Thị Mới"),
        ("Số điện thoại", PHONE),
    ]
    page = signs(officers["head"], path)
    code = r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b"
    assert len(re.findall(code, seen(page))) == 1 and "Đã thay người giữ chức vụ." in seen(page)
    for name in ("head", "leader"):
        again = officers[name].get(path)
        assert not re.findall(code, seen(again.text)) and again.status_code == 200
    assert officers["treasurer"].get("/hom-nay").headers["location"] == "/vao"


def test_a_new_pin_on_pages(village: Village, officers: dict[str, Caller]) -> None:
    (office,) = village.chapter.inspector.offices
    form = {"do": "reset", "why": "quên mã"}
    path = officers["treasurer"].send(f"/chuc-vu/{office.id}/vao-lai", form).headers["location"]
    assert content(officers["head"].get(path).text) == [
        ("Cho chị", "Nguyễn Thị inspector"), ("Lý do", "quên mã"),
    ]  # fmt: skip
    assert officers["inspector"].get("/hom-nay").status_code == 200
    page = signs(officers["head"], path)
    assert "Mã vào máy của chị Nguyễn Thị inspector" in seen(page)
    assert "no-store" in officers["head"].get(path).headers["cache-control"]
    assert officers["inspector"].get("/hom-nay").headers["location"] == "/vao"
