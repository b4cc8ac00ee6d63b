"""The book that the browser tests open: chapters to record in, one with a story, two large ones."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

from app import clock, ids
from app.access import actions as access
from app.access import cards
from app.access.rules import digest
from app.charter import actions as charters
from app.db.engine import Database
from app.db.tx import Tx
from app.loans import actions as loans
from app.members import actions as members
from app.members.rules import NewMember
from app.models.access import Device
from app.savings import holding
from app.terms import Actor, BelongsTo, Kept, Leaving, Outcome, PotKind, Purpose
from tests.actions.settled import in_hand, leave
from tests.broken import Breaks
from tests.faults.serving import Server
from tests.lent import Lends
from tests.outgoing import an_outgoing, left_behind
from tests.story import DAY, FAMILY, LAST_YEAR, Chapter, a_chapter, a_charter, a_ticket
from tests.till import Till, handed_over_before

NAMES = "Sen Đào Huệ Cúc Mai Lan Hồng Ngọc Bích Thảo Yến Oanh"
LONGEST = "Nghiêng" + "nghiêng" * 6
MIDDLE = "Thanh Bích Thu Kim Hồng Ngọc Minh Mỹ Xuân Diệu Phương Tuyết Hoàng Ánh Cẩm"
GIVEN = (
    "Hương Lan Thủy Hạnh Nga Dung Hoa Loan Vân Yến Nhung Tâm Liên Trang Quỳnh Thảo Hà Châu Oanh Mai"
)


@dataclass
class Phone:
    """Somebody's phone: the secret it keeps, and a token to ask the API with."""

    device_token: str
    token: str


@dataclass
class Village:
    """A chapter with the phones of its officers."""

    chapter: Chapter
    treasurer: Phone
    inspector: Phone
    head: Phone


@dataclass
class Told:
    """What stands in the book when its server starts."""

    fresh: list[Village]
    shown: Village  # with sheets in it, and the longest names and largest sums there are
    sixty: Village
    three_hundred: Village
    leader: Phone
    administrator: Phone
    member: str  # the session of one who came in with her card
    things: dict[str, str]  # ids of `shown`, by the name that paths have for them


@dataclass
class Book(Told):
    """The same, served."""

    server: Server
    taken: int = field(default=0)

    def another(self) -> Village:
        """A chapter nobody has recorded anything in."""
        self.taken += 1
        return self.fresh[self.taken - 1]


def tell(db: Database, pin_hash: str, fresh: int) -> Told:
    """All of it, before anybody serves it; so many chapters for tests that record."""

    def phone(actor: Actor) -> Phone:
        return db.write_now(_phone, actor, pin_hash)

    def village(name: str, names: str = NAMES, **more: Any) -> Village:
        chapter = a_chapter(db, names, name=name, **more)
        return Village(chapter, *map(phone, (chapter.treasurer, chapter.inspector, chapter.head)))

    shown = village("Chi hội thôn Đoài", f"{NAMES} {LONGEST}")
    union = shown.chapter.union
    member, things = _story(shown.chapter, pin_hash)
    beside = a_chapter(db, "", under=union, name="Chi hội thôn Bến Đò Sông Cái")
    things["leaver"] = _leaving(shown.chapter, beside)
    crowds = [village(f"Chi hội {n} chị", "", under=union) for n in (60, 300)]
    for crowd, count in zip(crowds, (60, 300), strict=True):
        db.write_now(_join, crowd.chapter, count)
    return Told(
        [village(f"Chi hội thôn {n}", under=union) for n in range(1, fresh + 1)],
        shown, *crowds, phone(union.leader), phone(union.administrator), member, things,
    )  # fmt: skip


def _story(chapter: Chapter, pin_hash: str) -> tuple[str, dict[str, str]]:
    """Sheets, a reversal, a card in use and one that is not, a word of a member, rules that wait."""
    broken = _breaking(chapter)  # first: the newest sheets are those of its own pig
    db, today = chapter.db, clock.today()
    till = Till(chapter)
    till.sheet("Yến 2.000/2", on=today)
    till.counts("pot", 1_000, "keeper_owes")
    short, even = till.counts("pot", 500), till.counts("hand", 0)
    sheet = chapter.sheet(
        f"Sen 1.000/1, Đào 98.765.432.000/0, Huệ 5.000/5, {LONGEST} 1.000/1", on=today
    )
    wrong = chapter.sheet("Cúc 2.000/2, Mai 1.000/1", on=today)
    reversal = chapter.reverse(wrong, "Cúc")
    chapter.says("Sen", "right", sheet)
    chapter.says("Huệ", "wrong", sheet, "Em góp mười nghìn")
    for_sen, for_lan = (db.write_now(cards.make_card, actor=chapter.treasurer,
                        member_id=chapter.members[name]) for name in ("Sen", "Lan"))  # fmt: skip
    db.write_now(cards.take_card, card_id=for_sen.card_id, first_pin_code=for_sen.first_pin_code,
                 pin_hash=pin_hash)  # fmt: skip
    person = chapter.member("Sen").person_id
    session = db.write_now(
        access.begin_session, person_id=person, card_id=for_sen.card_id, hours=12
    )
    waits = db.write_now(
        charters.propose_charter, actor=chapter.treasurer, chapter_id=chapter.id,
        charter=a_charter(minimum_per_period=3000, words="Thu vào sáng chủ nhật."),
        on=today + DAY,
    )  # fmt: skip
    more = {"note": "Thu lúc trời mưa, còn thiếu hai chị", "periods-3": "9"}
    outgoing = an_outgoing(chapter, LONGEST)
    held = left_behind(
        chapter, f"Sen 5.000, Đào 98.765.432.000, Huệ 1.000, {LONGEST} 1.000", by=outgoing, **more
    )
    recorded, dropped = (left_behind(chapter, "Sen 1.000", by=outgoing) for _ in range(2))
    db.write_now(holding.drop, actor=chapter.head, held_id=dropped, reason="Đã ghi rồi")
    db.write_now(
        holding.record, actor=chapter.head, chapter_id=chapter.id, pot_id=chapter.pot, day=today,
        lines=chapter.lines("Sen 1.000/1"), ticket=a_ticket(None), held_id=recorded,
    )  # fmt: skip
    handover = db.write_now(handed_over_before, chapter, short.id, even.id)
    things = {
        "held": held, "recorded": recorded, "dropped": dropped,
        "count_id": short.id, "even_count": even.id, "pot": chapter.pot,
        "handover_id": handover,
        "keeper": chapter.treasurer.person_id,
        "chapter_id": chapter.id, "member_id": chapter.members["Đào"], "entry_id": sheet.id,
        "reversed": wrong.id, "reversal": reversal.id, "longest": chapter.members[LONGEST],
        "card_id": for_sen.card_id, "new_card": for_lan.card_id, "approval_id": waits.approval_id,
        "commune": chapter.union.commune, "root": chapter.union.root,
    }  # fmt: skip
    return session, things | broken | _lending(chapter)


def _lending(chapter: Chapter) -> dict[str, str]:
    """One loan runs and has a story, one was paid back, another waits for the head."""
    in_hand(chapter, 200_000)
    lends = Lends(chapter, chapter.pot)
    loan, hers = lends.lent("Đào", 100_000), lends.lent("Sen", 100_000)
    paid = lends.repays(loan, 10_000)
    lends.repays(hers, 100_000)  # so that she may ask again
    chapter.db.write_now(
        loans.visit, actor=chapter.head, loan_id=loan, day=clock.today(),
        note="Đàn lợn lớn nhanh, bán được hai con", left_poor_list=True,
    )  # fmt: skip
    return {"loan_id": loan, "loan_paid": paid.id, "her_loan": hers,
            "asked_loan": lends.asks("Huệ", 2_000_000)}  # fmt: skip


def _breaking(chapter: Chapter) -> dict[str, str]:
    """A pig just opened, one counted and asked about, one signed once, one over, one from home."""
    chapter.open_pot(kind=PotKind.DONATION_BOX, belongs_to=BelongsTo.FUND, name="thùng quyên góp")
    found = {}
    for name in ("opened", "asked", "signed", "broken", "stopped"):
        breaks = Breaks(chapter, chapter.open_pot(name=f"lợn {name}"))
        breaks.till.sheet(f"Sen 340.000/1, Huệ 87.654.000/0, {LONGEST} 1.000/1")
        breaks.opens()
        found[name] = breaks.id
        if name == "opened":
            continue
        breaks.counts(88_007_000, Outcome.ACCEPTED, witnesses=("bà Thử", "bà Mẫu"))
        breaks.decides(f"Sen -/100.000/0, {LONGEST} 0/0/-")
        if name == "signed":
            breaks.signs()
        elif name == "broken":
            breaks.breaks()
        elif name == "stopped":
            breaks.abandons()
    tubes = Breaks(chapter, chapter.open_pot(kept=Kept.HOME, name="ống tre ở nhà"))
    tubes.opens()
    tubes.counts(0)
    tubes.counts(0, home={"Sen": 350_000})
    return found | {"tubes": tubes.id}


def _leaving(chapter: Chapter, beside: Chapter) -> str:
    """One left and waits for a part, another moved away and her cash was not handed over yet."""
    for name in ("Phượng", "Liễu"):
        chapter.join(name)
    chapter.sheet("Phượng 1.234.567/1, Liễu 40.000/40")
    in_hand(chapter, 1_000_000)
    leave(chapter, "Phượng")
    leave(chapter, "Liễu", Leaving.MOVED, to_chapter_id=beside.id)
    in_hand(chapter, 50_000)
    return chapter.members["Phượng"]


def _phone(tx: Tx, actor: Actor, pin_hash: str) -> Phone:
    """Her phone is enrolled, with the PIN of these tests."""
    secret = secrets.token_urlsafe(32)
    tx.run("UPDATE person SET pin_hash = ? WHERE id = ?", (pin_hash, actor.person_id))
    device = Device(id=ids.new(), person_id=actor.person_id, token_hash=digest(secret),
                    label="điện thoại", enrolled_at=clock.now())  # fmt: skip
    tx.insert(device)
    token = access.begin_session(tx, person_id=actor.person_id, device_id=device.id, hours=12)
    return Phone(secret, token)


def _join(tx: Tx, chapter: Chapter, count: int) -> None:
    """So many, each with a name of her own."""
    for middle, given in itertools.islice(itertools.product(MIDDLE.split(), GIVEN.split()), count):
        new = NewMember(name=f"{FAMILY} {middle} {given}", joined_on=LAST_YEAR,
                        purposes=(Purpose.SAVINGS,))  # fmt: skip
        joined = members.join(tx, actor=chapter.treasurer, chapter_id=chapter.id, new=new)
        chapter.members[f"{middle} {given}"] = joined.id
