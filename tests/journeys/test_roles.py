"""The same pages for everybody, and for each only what her office is for."""

from __future__ import annotations

from datetime import date

import pytest

from app.db.tx import Tx
from app.terms import Actor
from tests.journeys.doors import API, Caller, Village, problem, seen
from tests.story import DAY, TODAY, StoryClock, a_key

KEEPERS = ("treasurer", "head", "deputy")
OFFICERS = (*KEEPERS, "inspector")
ABOVE = ("leader", "provincial", "administrator")


def actor(village: Village, who: str) -> Actor:
    """Who holds the office."""
    if who == "neighbour":
        return village.neighbour.treasurer
    found: Actor = getattr(village.chapter if who in OFFICERS else village.chapter.union, who)
    return found


def page(village: Village, who: str) -> Caller:
    """Her browser."""
    return village.browser(actor(village, who))


def places(village: Village) -> dict[str, str]:
    """Every page of the chapter."""
    sql = "SELECT id FROM entry WHERE chapter_id = ? ORDER BY seq LIMIT 1"
    ((entry,),) = village.db.read_now(Tx.rows, sql, (village.chapter.id,))
    return {
        "members": f"{village.pages}/hoi-vien",
        "member": f"{village.pages}/hoi-vien/{village.chapter.members['Lan']}",
        "receipt": f"/phieu/{entry}",
        "trail": f"{village.pages}/nhat-ky",
        "sheet": f"{village.pages}/thu",
        "new member": f"{village.pages}/hoi-vien/moi",
    }


READS = ("members", "member", "receipt", "trail")


@pytest.mark.parametrize("who", OFFICERS)
def test_a_chapters_officer_sees_her_day(lasting: Village, who: str) -> None:
    words = seen(page(lasting, who).get("/hom-nay").text)
    assert "Chi hội thôn Đoài" in words and "thôn Đông" not in words
    assert "2.000 ₫" in words and "2 /3 chị" in words
    for name in READS:
        assert page(lasting, who).get(places(lasting)[name]).status_code == 200, name


@pytest.mark.parametrize("who", KEEPERS)
def test_whoever_keeps_the_book_is_shown_how(lasting: Village, who: str) -> None:
    html = page(lasting, who).get("/hom-nay").text
    assert "THU TIỀN" in html and f'href="{lasting.pages}/thu"' in html
    assert (
        f'href="{lasting.pages}/hoi-vien/moi"'
        in page(lasting, who).get(f"{lasting.pages}/hoi-vien").text
    )
    for name in ("sheet", "new member"):
        assert page(lasting, who).get(places(lasting)[name]).status_code == 200


def test_the_inspector_reads_and_is_shown_nothing_to_press(lasting: Village) -> None:
    inspector = page(lasting, "inspector")
    for path in ("/hom-nay", *(places(lasting)[name] for name in READS)):
        html = inspector.get(path).text
        assert "THU TIỀN" not in html, path
        assert "/thu" not in html and "/huy" not in html and "/moi" not in html, path
    assert inspector.get(places(lasting)["sheet"]).status_code == 403


def forms(village: Village) -> dict[str, tuple[str, dict[str, str]]]:
    """What the treasurer could send; each would be taken from her."""
    receipt = places(village)["receipt"]
    return {
        "a sheet": (
            f"{village.pages}/thu",
            {"do": "record", "confirmed": "1", "pot_id": village.chapter.pot, "key": a_key(),
             "date": "2026-10-20", "amount-3": "1k"},
        ),
        "a member": (f"{village.pages}/hoi-vien/moi", {"name": "Hoàng Thị Một"}),
        "a reversal": (f"{receipt}/huy", {"reason": "nhầm", "key": a_key()}),
    }  # fmt: skip


@pytest.mark.parametrize("form", ["a sheet", "a member", "a reversal"])
@pytest.mark.parametrize("who", ["inspector", *ABOVE, "neighbour"])
def test_whoever_may_not_write_is_refused(lasting: Village, who: str, form: str) -> None:
    before = lasting.everything()
    path, told = forms(lasting)[form]
    answer = page(lasting, who).send(path, told)
    assert answer.status_code in (403, 404), seen(answer.text)
    assert answer.status_code == 404 or who != "neighbour"
    assert lasting.everything() == before


@pytest.mark.parametrize("who", ["head", "deputy"])
def test_only_the_treasurer_takes_a_sheet_back(lasting: Village, who: str) -> None:
    before = lasting.everything()
    path, told = forms(lasting)["a reversal"]
    assert page(lasting, who).send(path, told).status_code == 403
    assert "/huy" not in page(lasting, who).get(places(lasting)["receipt"]).text
    assert "/huy" in page(lasting, "treasurer").get(places(lasting)["receipt"]).text
    assert lasting.everything() == before


@pytest.mark.parametrize("who", KEEPERS)
def test_whoever_keeps_the_book_may_write(village: Village, who: str) -> None:
    """Or the refusals above would prove nothing."""
    village.chapter.sheet("Lan 1.000/1, Hoa 1.000/1")
    for form in ("a sheet", "a member"):
        path, told = forms(village)[form]
        assert page(village, who).send(path, told).status_code == 303
    path, told = forms(village)["a reversal"]
    assert page(village, "treasurer").send(path, told).status_code == 303


# Above the chapter


@pytest.mark.parametrize(
    ("who", "unit", "below"),
    [
        ("leader", "Xã Đồng Tâm", ["Chi hội thôn Đoài", "Chi hội thôn Đông"]),
        ("provincial", "Tỉnh Sông Hồng", ["Xã Đồng Tâm"]),
        ("administrator", "Hội Liên hiệp Phụ nữ Việt Nam", ["Tỉnh Sông Hồng"]),
    ],
)
def test_a_leader_sees_the_units_below_hers(
    lasting: Village, who: str, unit: str, below: list[str]
) -> None:
    """Sums of chapters, no member's name, nothing to press."""
    html = page(lasting, who).get("/hom-nay").text
    words = seen(html)
    assert unit in words and all(name in words for name in below)
    assert ("2.000 ₫" if who == "leader" else "3.000 ₫") in words
    assert "THU TIỀN" not in words and "/chi-hoi/" not in html
    assert not any(name in words.split() for name in ("Lan", "Hoa", "Mai", "Tư", "Năm"))


@pytest.mark.parametrize("who", ABOVE)
@pytest.mark.parametrize("name", ["members", "member", "receipt", "sheet", "new member"])
def test_a_leader_does_not_open_a_chapters_book(lasting: Village, who: str, name: str) -> None:
    """No member data by default, wherever she found the address."""
    answer = page(lasting, who).get(places(lasting)[name])
    assert answer.status_code in (403, 404)
    assert "Lan" not in seen(answer.text).split()


def test_the_administrator_does_not_read_a_chapters_trail(lasting: Village) -> None:
    assert page(lasting, "administrator").get(places(lasting)["trail"]).status_code == 403
    answer = lasting.program(actor(lasting, "administrator")).get(
        f"{API}/chapters/{lasting.chapter.id}/trail"
    )
    problem(answer, 403, "not_your_office")


@pytest.mark.parametrize("name", [*READS, "sheet", "new member"])
def test_the_neighbours_treasurer_finds_nothing(lasting: Village, name: str) -> None:
    assert page(lasting, "neighbour").get(places(lasting)[name]).status_code == 404


def test_a_member_under_another_chapters_address_is_not_there(lasting: Village) -> None:
    """The address must be right in both parts, or it would tell which members exist."""
    path = f"/chi-hoi/{lasting.neighbour.id}/hoi-vien/{lasting.chapter.members['Lan']}"
    assert page(lasting, "treasurer").get(path).status_code == 404


# When it ends


def test_an_office_that_ended_opens_nothing(village: Village, clock: StoryClock) -> None:
    path = f"{API}/chapters/{village.chapter.id}/members"
    sql = "UPDATE office SET to_on = ? WHERE person_id = ?"
    village.db.write_now(Tx.run, sql, (TODAY + DAY, village.chapter.treasurer.person_id))
    assert page(village, "treasurer").get("/hom-nay").status_code == 200, "her last day is hers"
    assert village.treasurer.get(path).status_code == 200
    clock.tell(TODAY + DAY, minutes=1)
    village.tokens.clear()
    answer = page(village, "treasurer").get("/hom-nay")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vao")
    problem(village.treasurer.get(path), 404, "not_found")


def test_an_office_that_has_not_begun_opens_nothing(village: Village) -> None:
    sql = "UPDATE office SET from_on = ? WHERE person_id = ?"
    person = village.chapter.treasurer.person_id
    village.db.write_now(Tx.run, sql, (date(2026, 10, 21), person))
    assert page(village, "treasurer").get("/hom-nay").status_code == 303


def test_a_session_ends_by_itself(village: Village, clock: StoryClock) -> None:
    treasurer, program = page(village, "treasurer"), village.treasurer
    clock.wait(minutes=11 * 60)
    assert treasurer.get("/hom-nay").status_code == 200
    clock.wait(minutes=61)
    assert treasurer.get("/hom-nay").headers["location"] == "/vao"
    problem(program.get(f"{API}/me"), 401, "not_signed_in")
