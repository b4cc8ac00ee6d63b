"""A breaking as it stands: its plan, what was counted, who signed; and the minutes once it is posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.access.queries import person_name, reach_member, require, unit_name
from app.access.rules import May
from app.audit.chain import check_code
from app.breaking import gather, kept, rules
from app.breaking.kept import texts_of
from app.breaking.steps import Breaking, Counted
from app.breaking.written import PlanShown, plan_data, read
from app.db.tx import Tx
from app.errors import not_found
from app.mending.queries import names_of
from app.terms import Actor, Step, SurplusRule

LATELY = 4  # breakings looked through for a member's last: a chapter has few pigs


@dataclass(frozen=True, slots=True)
class Shown:
    """A breaking within reach, with the names a page needs.

    `first_signer` stands while her signature counts; `witnesses` and `reason` are of the count.
    """

    of: Breaking
    state: str
    chapter_name: str
    pot_name: str
    pot_kind: str
    kept: str
    belongs_to: str
    count: Counted | None
    witnesses: str
    reason: str | None
    first_signer: str | None


def one(db: Tx, *, actor: Actor, breaking_id: str) -> Shown:
    """How a breaking stands. Raises NotFound."""
    return _shown(db, _reached(db, actor, breaking_id))


def _reached(db: Tx, actor: Actor, breaking_id: str) -> Breaking:
    chapter_id = kept.reached(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.READ_BREAKING, unit_id=chapter_id)
    return kept.kept(db, chapter_id, breaking_id)


def _shown(db: Tx, of: Breaking) -> Shown:
    name, kind, kept_, belongs_to = db.rows(
        "SELECT name, kind, kept, belongs_to FROM pot WHERE chapter_id = ? AND id = ?",
        (of.chapter_id, of.pot_id),
    )[0]
    count, signed = of.count, of.signed
    words = texts_of(db, of.chapter_id, count.seq) if count else {}
    return Shown(
        of=of,
        state=of.state,
        chapter_name=unit_name(db, of.chapter_id),
        pot_name=name,
        pot_kind=kind,
        kept=kept_,
        belongs_to=belongs_to,
        count=count,
        witnesses=words.get("witnesses", ""),
        reason=words.get("reason") or None,
        first_signer=person_name(db, signed.by) if signed else None,
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan that is signed under this fingerprint; of a posted breaking what was posted.

    `first_signer` has signed these very figures.
    """

    of: Breaking
    fingerprint: str
    plan: PlanShown
    first_signer: str | None


def plan(db: Tx, *, actor: Actor, breaking_id: str) -> Planned:
    """What signing would post now. Raises Conflict `not_counted`, `breaking_abandoned`, and what
    the plan raises for decisions that the savings no longer bear out.
    """
    of = _reached(db, actor, breaking_id)
    posted = of.last(Step.POSTED)
    if posted is not None:
        said = posted.payload
        first = person_name(db, said["proposed_by"])
        return Planned(of, said["fingerprint"], read(said["plan"]), first)
    facts, stands = gather.as_it_stands(db, of)
    signed = of.signed
    counts = signed is not None and signed.payload["fingerprint"] == stands
    by = person_name(db, signed.by) if signed and counts else None
    return Planned(of, stands, read(plan_data(rules.plan(facts))), by)


def open_of(db: Tx, *, actor: Actor, chapter_id: str) -> list[Breaking]:
    """The breakings that go on in a chapter, for its first page and for another phone."""
    require(db, actor=actor, may=May.READ_BOOK, unit_id=chapter_id)
    held = "SELECT 1 FROM cycle c WHERE c.chapter_id = b.chapter_id AND c.breaking_id = b.id"
    return kept.all_kept(db, chapter_id, f" AND EXISTS ({held})")


@dataclass(frozen=True, slots=True)
class Minutes:
    """The record of a posted breaking: everything that is printed and signed on paper.

    `number` is the record's, `code` its check code; `names` are members' by number. The cycle began
    on `since`; `rule` is how the charter shares a surplus.
    """

    shown: Shown
    count: Counted
    plan: PlanShown
    names: Mapping[int, str]
    fingerprint: str
    first_signer: str
    second_signer: str
    posted_at: int
    number: int
    head: str
    code: str
    since: date
    keeper: str | None
    rule: SurplusRule


def minutes(db: Tx, *, actor: Actor, breaking_id: str) -> Minutes:
    """The minutes. Raises NotFound where it is not posted."""
    return _minutes(db, _reached(db, actor, breaking_id))


def own_minutes(db: Tx, *, actor: Actor, breaking_id: str) -> Minutes:
    """For a member with her card: her own line of it alone. Raises NotFound where she has none."""
    if actor.member is None:
        raise not_found()
    found = _minutes(db, kept.kept(db, actor.member.chapter_id, breaking_id))
    hers = tuple(one for one in found.plan.lines if one.member_id == actor.member.member_id)
    if not hers:
        raise not_found()
    return replace(found, plan=replace(found.plan, lines=hers))


def _minutes(db: Tx, of: Breaking) -> Minutes:
    posted, signed, count = of.last(Step.POSTED), of.last(Step.SIGNED), of.count
    if posted is None or signed is None or count is None:
        raise not_found()
    head = bytes(
        db.rows("SELECT head FROM trail WHERE chapter_id = ? AND seq = ?",
                (of.chapter_id, posted.seq))[0][0]
    )  # fmt: skip
    return Minutes(
        shown=_shown(db, of),
        count=count,
        plan=read(posted.payload["plan"]),
        names=names_of(db, of.chapter_id),
        fingerprint=posted.payload["fingerprint"],
        first_signer=person_name(db, posted.payload["proposed_by"]),
        second_signer=person_name(db, posted.by),
        posted_at=posted.at,
        number=posted.seq,
        head=head.hex(),
        code=check_code(head),
        since=_began(db, of),
        keeper=person_name(db, count.keeper_id) if count.keeper_id else None,
        rule=SurplusRule(signed.payload["facts"]["charter"]["surplus_rule"]),
    )


@dataclass(frozen=True, slots=True)
class OwnShare:
    """What became of a member's savings at a breaking, in đồng."""

    breaking_id: str
    day: date
    pot_name: str
    payout: int
    stays: int


def latest_share(db: Tx, *, actor: Actor, member_id: str) -> OwnShare | None:
    """Her part of the last breaking she had one in, for herself and her officers."""
    chapter_id = reach_member(db, actor=actor, member_id=member_id)
    lately = (
        " AND b.id IN (SELECT breaking_id FROM breaking_step WHERE chapter_id = :chapter"
        " AND kind = 'posted' ORDER BY seq DESC LIMIT :lately)"
    )
    for of in kept.all_kept(db, chapter_id, lately, {"lately": LATELY})[::-1]:
        posted = of.last(Step.POSTED)
        for line in read(posted.payload["plan"]).lines if posted else ():
            if line.member_id == member_id and (line.savings or line.share):
                name = _shown(db, of).pot_name
                return OwnShare(of.id, of.day, name, line.payout, line.stays)
    return None


def _began(db: Tx, of: Breaking) -> date:
    sql = "SELECT starts_on FROM cycle WHERE chapter_id = ? AND pot_id = ? AND no = ?"
    return date.fromisoformat(db.rows(sql, (of.chapter_id, of.pot_id, of.cycle_no))[0][0])
