"""Two persons sign the same figures; the second signature posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.access.queries import require
from app.access.rules import May
from app.breaking import gather, kept, pen, posting, rules, steps, turns
from app.breaking.posting import Broken
from app.breaking.prints import changes
from app.breaking.prints import fingerprint as hashed
from app.breaking.steps import Breaking
from app.breaking.telling import fingerprint_changed
from app.db.tx import Tx
from app.ledger import once
from app.ledger.once import Answer, Ticket
from app.terms import Actor, Step


@dataclass(frozen=True, slots=True)
class Signed:
    """The first signature; another person signs the same fingerprint."""

    state: Literal["signed"]
    fingerprint: str


def sign(
    db: Tx, *, actor: Actor, breaking_id: str, fingerprint: str, ticket: Ticket
) -> Answer[Signed | Broken]:
    """The first signature is kept, the second posts. A signature on other figures counts no more.

    Raises NotFound, NotAllowed `same_person`, `not_signer`, Conflict `not_counted`,
    `fingerprint_changed`, and whatever the plan, the loans and the pen raise.
    """
    chapter_id = kept.reached(db, actor=actor, breaking_id=breaking_id)
    require(db, actor=actor, may=May.SIGN_BREAKINGS, unit_id=chapter_id)

    def signing() -> Signed | Broken:
        return _sign(db, actor, kept.kept(db, chapter_id, breaking_id), fingerprint)

    return once.do_once(
        db,
        chapter_id=chapter_id,
        ticket=ticket,
        kind=Signed | Broken,  # type: ignore[arg-type]
        act=signing,
    )


def _sign(db: Tx, actor: Actor, of: Breaking, shown: str) -> Signed | Broken:
    steps.check_goes_on(of)
    facts = gather.facts_of(db, of)
    data = gather.signed_data(of, facts)
    stands = hashed(data)
    before = of.signed
    if shown != stands:
        seen = before.payload if before and before.payload["fingerprint"] == shown else None
        raise fingerprint_changed(changes(seen["facts"], data) if seen else None)
    plan = rules.plan(facts)
    first = turns.first_that_counts(db, of, stands)
    turns.check_hand(db, actor, of, first)
    if first is None:
        pen.tell(db, actor=actor, of=of, kind=Step.SIGNED,
                 payload={"fingerprint": stands, "facts": data},
                 facts={"fingerprint": stands})  # fmt: skip
        return Signed("signed", stands)
    return posting.post(db, actor=actor, of=of, first=first[0], plan=plan, fingerprint=stands)
