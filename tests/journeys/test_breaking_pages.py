"""A breaking on pages: opened, counted, asked, signed by two phones, and what is printed after."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx2
import pytest

from app.access import actions as access
from app.access import cards
from app.terms import Actor, BelongsTo, Kept, PotKind
from tests.broken import Breaks
from tests.journeys.doors import API, Caller, Village, beside, hidden, plain, problem, seen
from tests.story import a_key
from tests.till import Till

WITNESSED = {"witnesses.0": "Bà Chứng", "witnesses.1": "Bà Kiến"}


@dataclass
class Table:
    """A breaking that somebody goes on with in her browser."""

    village: Village
    who: Caller
    pot: str = ""
    path: str = ""
    page: str = ""
    form: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pot = self.pot or self.village.chapter.pot

    def opens(self) -> str:
        answer = self.who.send(f"{self.village.pages}/mo-lon",
                               {"pot_id": self.pot, "date": "2026-10-20"})  # fmt: skip
        assert answer.status_code == 303, plain(answer.text)
        self.path = str(answer.headers["location"])
        return self.path

    def counts(self, **typed: str) -> httpx2.Response:
        """`n10000="6"` notes; witnesses are there."""
        form = {name.replace("n", "notes.", 1) if re.fullmatch(r"n\d+", name) else name: value
                for name, value in typed.items()}  # fmt: skip
        return self.who.send(f"{self.path}/dem", {"do": "record"} | WITNESSED | form)

    def asks(self, do: str = "record", **typed: str) -> httpx2.Response:
        """`c1="take", keep1="5k"`: her choice by number, and what she names of it."""
        form = {re.sub(r"(\d+)$", r"-\1", name): value for name, value in typed.items()}
        return self.who.send(f"{self.path}/y-cac-chi", {"do": do} | form)

    def signs(self, actor: Actor, **more: str) -> httpx2.Response:
        """She signs what her own phone shows."""
        who = self.village.browser(actor)
        page = who.get(f"{self.path}/ky").text
        names = ("fingerprint", "key", "seen")
        return who.send(f"{self.path}/ky", {name: hidden(page, name) for name in names} | more)

    def reads(self, where: str = "") -> str:
        answer = self.who.get(f"{self.path}{where}")
        assert answer.status_code == 200, (where, plain(answer.text))
        return str(answer.text)


@pytest.fixture
def table(village: Village) -> Table:
    """Lan has 50.000, Hoa 10.000, Mai nothing."""
    village.recorded("Lan 50.000/50, Hoa 10.000/10")
    return Table(village, village.browser(village.chapter.treasurer))


def test_the_whole_way_on_three_phones(table: Table) -> None:
    """Opened and counted on one phone, asked on another, signed on two; printed by anybody."""
    village, chapter = table.village, table.village.chapter
    assert "Mổ lợn" in seen(table.who.get("/them").text)
    table.opens()
    assert "60.000" not in seen(table.reads("/dem"))  # blind, until the first note
    answer = table.counts(n50000="1", n10000="1", n2000="1", decision="accepted", reason="ai đó")
    assert answer.headers["location"] == table.path
    assert "62.000 ₫ , thừa 2.000 ₫" in seen(table.reads())

    table.who = village.browser(chapter.head)  # resumed on another phone
    page = table.reads("/y-cac-chi")
    assert "Chi hội dư 2.000 ₫, chia theo tiền góp" in seen(page)
    assert "Nguyễn Thị Lan 52.000 ₫ góp 50.000 ₫ + chia 2.000 ₫" in seen(page)
    assert "Nguyễn Thị Mai" not in seen(page)  # she has nothing to say anything about
    assert page.count('value="keep" checked') == 2  # the charter's default
    answer = table.asks(c1="take", keep1="20k", c2="keep")
    assert answer.headers["location"] == f"{table.path}/ky"
    page = seen(table.reads("/ky"))
    assert "Nguyễn Thị Lan 32.000 ₫" in page and "giữ 20.000 ₫" in page
    assert "Chia 2.000 ₫ theo tiền góp: chị có 50.000 ₫ trong 60.000 ₫, được 2.000 ₫." in page
    code = re.search(r"Mã kiểm nội dung ([0-9A-F]{4}-[0-9A-F]{4})", page)
    assert code

    assert table.signs(chapter.head).headers["location"] == table.path
    page = seen(village.browser(chapter.head).get(f"{table.path}/ky").text)
    assert "Nguyễn Thị chapter_head ký lúc" in page and "Nguyễn Thị treasurer , thủ quỹ" in page
    assert code[1] in page and "KÝ, GHI VÀO SỔ" not in page
    assert table.signs(chapter.treasurer).headers["location"] == table.path
    Till(chapter).stands("""
        cash_hand 30.000
        savings Lan 20.000
        savings Hoa 10.000
    """)

    page = seen(table.reads())
    assert "Đã mổ lợn" in page and "các chị nhận về 32.000 ₫" in page
    assert "còn cho vay được 30.000 ₫" in page
    paper = seen(table.reads("/bien-ban"))
    for said in ("BIÊN BẢN MỔ LỢN", "50.000 ₫ 1 50.000 ₫", "thừa 2.000 ₫", "nhận vào tiền dư",
                 "ai đó", "Bà Chứng, Bà Kiến", "Sáu mươi hai nghìn đồng", code[1],
                 "Hai người ký: Nguyễn Thị chapter_head, Nguyễn Thị treasurer"):  # fmt: skip
        assert said in paper, said
    slips = table.reads("/phieu")
    assert slips.count('class="slip own-slip"') == 2 and "Ba mươi hai nghìn đồng" in plain(slips)
    alone = table.reads("/phieu?in=58&so=2")
    assert alone.count('class="slip own-slip"') == 1 and "Nguyễn Thị Lan" not in alone
    assert table.who.get(f"{table.path}/phieu?so=99").status_code == 404


def test_she_sees_her_slip_and_no_other(table: Table) -> None:
    """The member's own page leads to it; a stranger to this breaking has none."""
    village, chapter = table.village, table.village.chapter
    breaks = Breaks(chapter)
    breaks.opens()
    breaks.counts(60_000)
    breaks.decides("Lan -/0/0")
    breaks.breaks()
    for who in ("Lan", "Mai"):
        village.tokens[chapter.member(who).person_id] = _her_session(village, who)
    lan, mai = (village.browser(chapter.member(name)) for name in ("Lan", "Mai"))
    page = lan.get("/so-cua-toi").text
    path = f"/so-cua-toi/mo-lon/{breaks.id}"
    assert path in page and "nhận 50.000 ₫ · giữ 0 ₫" in seen(page)
    slip = seen(lan.get(path).text)
    assert "Chị nhận 50.000 ₫" in slip and "Chị lấy hết, 50.000 ₫." in slip and "Hoa" not in slip
    assert lan.get(f"/mo-lon/{breaks.id}/bien-ban").status_code == 404
    assert "mo-lon" not in mai.get("/so-cua-toi").text
    page = table.who.get(f"{village.pages}/hoi-vien/{chapter.members['Hoa']}").text
    assert f'/mo-lon/{breaks.id}/phieu?so=2"' in page


def _her_session(village: Village, name: str) -> str:
    """She has come in with her card."""
    made = village.db.write_now(
        cards.make_card, actor=village.chapter.treasurer, member_id=village.chapter.members[name]
    )
    village.db.write_now(cards.take_card, card_id=made.card_id,
                         first_pin_code=made.first_pin_code, pin_hash="not a PIN")  # fmt: skip
    return village.db.write_now(
        access.begin_session, person_id=village.chapter.member(name).person_id,
        card_id=made.card_id, hours=12,
    )  # fmt: skip


def test_the_minutes_are_one_file_for_a_printer(table: Table) -> None:
    """For programs: nothing is fetched beside it; before it is posted there are none."""
    village = table.village
    table.opens()
    id_ = table.path.rpartition("/")[2]
    problem(village.treasurer.get(f"{API}/breakings/{id_}/minutes"), 404, "not_found")
    table.counts(n10000="6")
    for who in (village.chapter.treasurer, village.chapter.head):
        table.signs(who)
    answer = village.treasurer.get(f"{API}/breakings/{id_}/minutes")
    assert answer.headers["content-type"].startswith("text/html")
    assert "BIÊN BẢN MỔ LỢN" in answer.text and ".minutes" in answer.text
    assert not re.findall(r'(?:src|href)="', answer.text)


def test_what_is_typed_wrong_comes_back_beside_its_field(table: Table) -> None:
    """Nothing is written; everything that was typed stands there again."""
    village, who = table.village, table.who
    start = f"{village.pages}/mo-lon"
    before = village.everything()
    for wrong, named in (({"pot_id": ""}, "pot_id"), ({"date": "mai"}, "date"),
                         ({"date": "2026-10-21"}, "date")):  # fmt: skip
        form = {"pot_id": table.pot, "date": "2026-10-20"} | wrong
        answer = who.send(start, form)
        assert answer.status_code in (409, 422), wrong
        assert named == "pot_id" or beside(answer.text, named)
    assert village.everything() == before
    table.opens()
    before = village.everything()
    answer = table.counts(n10000="4", **{"witnesses.1": ""})
    assert answer.status_code == 422 and beside(answer.text, "witnesses.1")
    assert beside(answer.text, "decision") and beside(answer.text, "reason")
    assert "data-differs aria" in answer.text  # in sight, where it is decided
    assert hidden(answer.text, "notes.10000") == "4" and "thiếu 20.000 ₫" in seen(answer.text)
    assert table.counts(n10000="sáu").status_code == 422
    answer = table.counts()
    assert answer.status_code == 200 and "Chỗ này không có tiền?" in seen(answer.text)
    assert who.get(f"{table.path}/ky").status_code == 409
    assert who.get(f"{table.path}/y-cac-chi").status_code == 409
    assert village.everything() == before
    table.counts(n10000="6")
    before = village.everything()
    for typed, said in (({"c1": "take", "keep1": "51k"}, "chỉ có 50.000 ₫"),
                        ({"c1": "take", "keep1": "nhiều"}, ""),
                        ({"c1": "take", "keep1": "20"}, "20.000 ₫ phải không"),
                        ({"c1": "give"}, "thùng quyên góp")):  # fmt: skip
        answer = table.asks(**typed)
        assert answer.status_code in (409, 422), typed
        assert said in beside(answer.text, "r-1")
    assert village.everything() == before


def test_everybody_the_same_then_one_otherwise(table: Table) -> None:
    """One tap for all is a suggestion on the page; only recording writes it."""
    table.opens()
    table.counts(n10000="6")
    before = table.village.everything()
    page = table.asks("all-take", c1="keep", keep1="", c2="keep").text
    assert page.count('value="take" checked') == 2 and "Lấy 60.000 ₫" in seen(page)
    assert table.village.everything() == before
    table.asks(c1="take", c2="keep")
    breaking = table.path.rpartition("/")[2]
    plan = table.village.treasurer.get(f"{API}/breakings/{breaking}/plan").json()
    assert [(line["take"], line["keep"]) for line in plan["lines"][:2]] == [
        (50_000, 0),
        (0, 10_000),
    ]
    assert "1 chị nói khác" in seen(table.reads())  # who goes by the charter is not named
    # As it stands is written nowhere, so that a signature stays.
    before = table.village.everything()
    table.asks(c1="take", c2="keep")
    assert table.village.everything() == before
    # She is found without marks, and those who are not shown stay as they said.
    page = table.reads("/y-cac-chi?q=hoa")
    assert "Nguyễn Thị Hoa" in page and "Nguyễn Thị Lan" not in page
    answer = table.who.send(f"{table.path}/y-cac-chi", {"do": "record", "q": "hoa", "c-2": "take"})
    assert answer.headers["location"] == f"{table.path}/y-cac-chi?xong=1"
    plan = table.village.treasurer.get(f"{API}/breakings/{breaking}/plan").json()
    assert [line["take"] for line in plan["lines"][:2]] == [50_000, 10_000]


def test_who_signed_other_figures_signs_anew(table: Table) -> None:
    """The second signer's page is old: she is told what was done since, and signs nothing."""
    village, chapter = table.village, table.village.chapter
    table.opens()
    table.counts(n10000="6")
    table.signs(chapter.treasurer)
    head = village.browser(chapter.head)
    old = head.get(f"{table.path}/ky").text
    table.asks(c1="take")
    form = {name: hidden(old, name) for name in ("fingerprint", "key", "seen")}
    answer = head.send(f"{table.path}/ky", form)
    page = seen(answer.text)
    assert answer.status_code == 409 and "Số liệu" in page
    assert "1 · Nguyễn Thị Lan: ý của chị đã đổi." in page
    assert "Ghi ý các chị: Nguyễn Thị treasurer" in page
    assert hidden(answer.text, "fingerprint") != form["fingerprint"]
    assert "Có người đã ký trên số liệu cũ" in seen(head.get(table.path).text)
    for who in (chapter.head, chapter.treasurer):
        assert table.signs(who).status_code == 303
    assert "Đã mổ lợn" in seen(table.reads())


def test_one_hand_never_signs_twice(table: Table) -> None:
    table.opens()
    table.counts(n10000="6")
    treasurer = table.village.chapter.treasurer
    first = table.who.get(f"{table.path}/ky").text
    form = {name: hidden(first, name) for name in ("fingerprint", "key", "seen")}
    for _ in range(2):  # a second tap is the same signature
        assert table.who.send(f"{table.path}/ky", form).status_code == 303
    assert "KÝ, GHI VÀO SỔ" not in table.reads("/ky")
    answer = table.who.send(f"{table.path}/ky", form | {"key": a_key()})
    assert answer.status_code == 403 and "Đã mổ lợn" not in seen(table.reads())
    assert table.village.browser(treasurer).get(f"{table.path}/bien-ban").status_code == 404


def test_it_is_stopped_and_the_count_stays(table: Table) -> None:
    table.opens()
    table.counts(n10000="5", decision="carried", reason="đếm hai lần")
    key = hidden(table.reads(), "key")
    answer = table.who.send(f"{table.path}/dung", {"key": key, "reason": ""})
    assert answer.status_code == 422 and beside(answer.text, "reason")
    for _ in range(2):
        answer = table.who.send(f"{table.path}/dung", {"key": key, "reason": "trời mưa"})
        assert answer.headers["location"] == table.path
    page = seen(table.reads())
    assert "Lần mổ này đã dừng." in page and "HỎI Ý CÁC CHỊ" not in page
    assert "Tiền mặt đang thiếu 10.000 ₫" in seen(table.who.get("/hom-nay").text)
    assert table.who.get(f"{table.path}/dem").status_code == 409


def test_what_waits_says_so(table: Table) -> None:
    """Beside the buttons of the sheet, cash and loans; gone once it is over."""
    pages = table.village.pages
    asking = ("/thu", "/tien", "/chuyen", "/chi", "/vay", "/cho-linh")
    said = f'href="{table.opens()}"'
    for page in asking:
        assert said in table.who.get(f"{pages}{page}").text, page
    assert "lợn đang mổ, mời chị xem" in seen(table.who.get("/hom-nay").text)
    assert table.path in table.who.get(f"{pages}/mo-lon").text
    table.counts(n10000="6")
    for who in (table.village.chapter.treasurer, table.village.chapter.head):
        table.signs(who)
    for page in asking:
        assert said not in table.who.get(f"{pages}{page}").text, page


def test_pigs_from_home_one_by_one(village: Village) -> None:
    """Each is recorded as it is opened, by whoever opens it; the common notes stay as counted."""
    chapter = village.chapter
    pot = chapter.open_pot(kind=PotKind.BAMBOO_TUBE, kept=Kept.HOME, name="ống tre")
    table = Table(village, village.browser(chapter.treasurer), pot)
    table.opens()
    answer = table.counts(confirmed="1")
    assert answer.headers["location"] == f"{table.path}/lon-nha"
    lan, hoa = (f"{table.path}/lon-nha/{chapter.members[name]}" for name in ("Lan", "Hoa"))
    assert "0 /3 con đã mở" in seen(table.reads("/lon-nha"))
    page = table.who.send(lan, {"do": "+50000", "notes.50000": "2"}).text
    assert hidden(page, "notes.50000") == "3"
    assert table.who.send(lan, {"do": "record", "notes.50000": "x"}).status_code == 422
    table.who.send(lan, {"do": "record", "number": "1", "notes.50000": "3"})
    head = village.browser(chapter.head)
    head.send(hoa, {"do": "record", "number": "2", "notes.20000": "1"})
    page = seen(head.get(f"{table.path}/lon-nha?xong=2").text)
    assert "Lợn của chị Nguyễn Thị Hoa: 20.000 ₫." in page and "2 /3 con đã mở" in page
    head.send(hoa, {"do": "remove"})
    table.counts(confirmed="1")  # counted again: her pig stays counted
    assert "1/3 con đã mở" in seen(table.reads())
    for who in (chapter.treasurer, chapter.head):
        table.signs(who)
    assert "1 con lợn nuôi ở nhà 150.000 ₫" in seen(table.reads("/bien-ban"))


def test_a_fund_shares_nothing(village: Village) -> None:
    """No question to the members: counted, then signed."""
    chapter = village.chapter
    pot = chapter.open_pot(belongs_to=BelongsTo.FUND, name="quỹ")
    chapter.sheet("Lan 5.000/5", pot=pot)
    table = Table(village, village.browser(chapter.treasurer), pot)
    table.opens()
    table.counts(n5000="1")
    page = table.reads()
    assert "Hỏi ý các chị" not in seen(page) and f'{table.path}/ky"' in page
    for who in (chapter.treasurer, chapter.head):
        table.signs(who)
    assert "Tiền của quỹ chung" in seen(table.reads("/bien-ban"))


def test_many_are_asked_in_pages(village: Village) -> None:
    """Fifty at a time; a page recorded leads to the next, the last to the preview."""
    chapter = village.chapter
    for n in range(70):
        chapter.join(f"M{n}")
    chapter.sheet(", ".join(f"{name} 1.000/1" for name in chapter.members))
    table = Table(village, village.browser(chapter.treasurer))
    table.opens()
    table.counts(n1000="73")
    first, second = (table.reads(f"/y-cac-chi?trang={n}") for n in (1, 2))
    assert (first.count("data-claim"), second.count("data-claim")) == (50, 23)
    answer = table.asks(c1="take")
    assert answer.headers["location"] == f"{table.path}/y-cac-chi?trang=2&xong=1"
    answer = table.who.send(f"{table.path}/y-cac-chi",
                            {"do": "record", "trang": "2", "c-73": "take"})  # fmt: skip
    assert answer.headers["location"] == f"{table.path}/ky"
    assert "2 chị nói khác" in seen(table.reads())
