"""What two have signed cannot be turned into something else before, at or after the signature."""

from __future__ import annotations

from typing import Any

import pytest

from app.approvals import queries
from app.approvals.actions import Waiting
from app.charter import actions as charter
from app.db.engine import Database
from app.db.tx import Tx
from app.offices.actions import Appointed
from app.terms import Role
from tests.actions.seats import (
    NEW_PHONE,
    another_commune,
    appoints,
    asks_in,
    ends,
    sat,
    sets_pin,
)
from tests.actions.two_hands import (
    asked_before_waiting_was_asked_after,
    rules_from,
    signs,
)
from tests.story import DAY, TODAY, Chapter, StoryClock, a_chapter, a_charter, refused, sign_in


@pytest.fixture
def doai(db: Database) -> Chapter:
    return a_chapter(db, "Lan Hoa")


# Nobody comes into an office higher than her own


@pytest.mark.parametrize("kind", ["pin_reset", "unlock"])
def test_she_rose_after_it_was_asked(doai: Chapter, kind: str) -> None:
    """Or two officers of a chapter would hold the code of a commune's leader."""
    commune, _ = another_commune(doai)
    person = doai.inspector.person_id
    sets_pin(doai.db, person)
    waits = asks_in(doai, doai.treasurer, person, kind)
    appoints(doai, doai.union.provincial, Role.LEADER, unit=commune, person_id=person)
    refused("not_found", asks_in, doai, doai.treasurer, person, kind, "again")
    refused("officer_changed", signs, doai.db, doai.head, waits)


def test_she_rises_tomorrow(doai: Chapter) -> None:
    """The code would still be good then."""
    commune, _ = another_commune(doai)
    person = doai.inspector.person_id
    sets_pin(doai.db, person)
    tomorrow = TODAY + DAY
    by = doai.union.provincial
    appoints(doai, by, Role.LEADER, unit=commune, person_id=person, on=tomorrow)
    refused("not_found", asks_in, doai, doai.treasurer, person)


def test_the_signer_reaches_all_her_offices_too(doai: Chapter) -> None:
    """The inspector of two chapters is signed for at the top: neither head may hold her code."""
    trung = a_chapter(doai.db, "", under=doai.union, name="Chi hội thôn Trung")
    person = doai.inspector.person_id
    appoints(trung, doai.union.leader, Role.INSPECTOR, person_id=person)
    waits = asks_in(doai, doai.union.leader, person)
    for head in (doai.head, trung.head):
        refused("not_found", signs, doai.db, head, waits)
    assert signs(doai.db, doai.union.administrator, waits)["enrol_code"]


def test_a_leader_of_the_unit_who_stands_above_it_too(doai: Chapter) -> None:
    above = doai.union
    person = above.leader.person_id
    sets_pin(doai.db, person)
    by = above.administrator
    appoints(doai, by, Role.LEADER, unit=above.province, person_id=person)
    both = doai.db.write_now(sign_in, person)
    assert isinstance(appoints(doai, both, Role.LEADER, unit=above.commune), Appointed)


# What was shown is what is done


def test_a_charter_rests_on_the_one_it_changes(doai: Chapter) -> None:
    """Shown was `7 → 10 days`; had the minimum risen meanwhile, it would fall back unseen."""
    minimum = rules_from(doai, 2_000, days=1)
    days = doai.db.write_now(
        charter.propose_charter, actor=doai.treasurer, chapter_id=doai.id,
        charter=a_charter(backdate_days=10), on=TODAY + 2 * DAY,
    )  # fmt: skip
    shown = shown_to_the_head(doai, days)
    assert [label for label, _ in shown] == ["from", "charter.backdate_days"]
    signs(doai.db, doai.head, minimum)
    refused("charter_changed", signs, doai.db, doai.head, days)


def shown_to_the_head(doai: Chapter, waits: Waiting) -> list[tuple[str, str]]:
    approval = doai.db.read_now(queries.reached, actor=doai.head, approval_id=waits.approval_id)
    return doai.db.read_now(queries.shown, approval)


def test_a_whole_sheet_is_its_lines_of_that_moment(
    doai: Chapter, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_before_waiting_was_asked_after(monkeypatch)
    posted = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    clock.tell(TODAY + DAY)
    whole = doai.asks_to_reverse(posted)
    assert ("2 · Nguyễn Thị Hoa", "−1.000 ₫") in plainly(shown_to_the_head(doai, whole))
    signs(doai.db, doai.head, doai.asks_to_reverse(posted, "Lan"))
    assert "no_longer" in dict(shown_to_the_head(doai, whole))
    refused("reversed_already", signs, doai.db, doai.head, whole)


def plainly(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value.replace("\N{NO-BREAK SPACE}", " ")) for label, value in pairs]


# Whoever asked, whoever sits


def test_who_asked_is_still_in_office(doai: Chapter) -> None:
    """A treasurer who was put out, for her phone was stolen, leaves nothing behind that acts."""
    waits = rules_from(doai, 2_000)
    ends(doai, doai.head, Role.TREASURER)
    refused("proposer_left", signs, doai.db, doai.head, waits)


def test_one_treasurer_at_a_time(doai: Chapter) -> None:
    """Replaced from 30/10, and before that day came replaced again from 9/11."""
    for days, name in ((10, "Một"), (20, "Hai")):
        who: dict[str, Any] = {"name": f"Nguyễn Thị {name}", "phone": NEW_PHONE}
        on = TODAY + days * DAY
        waits = appoints(doai, doai.union.leader, Role.TREASURER, on=on, **who)
        signs(doai.db, doai.head, waits)
    assert sat(doai, Role.TREASURER) == (
        "treasurer 08/03/2020–30/10/2026, Một 30/10/2026–09/11/2026, Hai 09/11/2026–"
    )


def test_an_earlier_day_cuts_short_who_has_not_begun(doai: Chapter) -> None:
    for days, name in ((20, "Một"), (10, "Hai")):
        who: dict[str, Any] = {"name": f"Nguyễn Thị {name}", "phone": NEW_PHONE}
        on = TODAY + days * DAY
        waits = appoints(doai, doai.union.leader, Role.TREASURER, on=on, **who)
        signs(doai.db, doai.head, waits)
    assert sat(doai, Role.TREASURER) == (
        "treasurer 08/03/2020–30/10/2026, Một 09/11/2026–09/11/2026, Hai 30/10/2026–"
    )


def test_back_dating_does_not_hide_who_emptied_it(doai: Chapter) -> None:
    """The leader ends the second as of a day before the first had ended."""
    ends(doai, doai.head, Role.TREASURER, TODAY - 10 * DAY)
    appoints(doai, doai.union.leader, Role.TREASURER, on=TODAY - 19 * DAY)
    ends(doai, doai.union.leader, Role.TREASURER, TODAY - 19 * DAY)
    assert isinstance(appoints(doai, doai.union.leader, Role.TREASURER), Waiting)


def test_done_needs_somebody(doai: Chapter) -> None:
    """The database itself says so."""
    waits = rules_from(doai, 2_000)
    sql = "UPDATE approval SET state = 'done' WHERE id = ?"
    with pytest.raises(Exception, match="approval_decided_by_somebody"):
        doai.db.write_now(Tx.run, sql, (waits.approval_id,))


def test_whom_it_waits_for(doai: Chapter) -> None:
    assert rules_from(doai, 2_000).waits_for == "Chờ chi hội trưởng ký"
    by_the_head = rules_from(doai, 3_000, by=doai.head)
    assert by_the_head.waits_for == "Chờ người thứ hai ký"
