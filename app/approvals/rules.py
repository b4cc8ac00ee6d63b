"""Who may give the second signature, and what exactly is signed. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Conflict, NotAllowed
from app.terms import N_, Role


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose signature an act needs.

    `roles` sign in their own right; `stand_ins` only where nobody of `roles` can: the office is
    vacant, or its holder proposed the act or gains by it. `named` is the key of the payload under
    which one person may stand who signs in her own right: what she takes over she signs for.
    """

    roles: frozenset[Role]
    stand_ins: frozenset[Role] = frozenset()
    named: str | None = None

    def named_in(self, payload: Mapping[str, Any]) -> str | None:
        """The person whom a proposal lets sign beside those whose office it is."""
        return payload.get(self.named) if self.named else None


BY_THE_HEAD = Signers(frozenset({Role.CHAPTER_HEAD, Role.DEPUTY}), frozenset({Role.LEADER}))
# Nobody signs for cash in her place: it is in the hands of whoever does.
BY_WHO_RECEIVES = Signers(frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER}))
# Whoever signs receives the code that lets the new officer in: only those who appoint.
BY_AN_APPOINTER = Signers(
    frozenset({Role.CHAPTER_HEAD, Role.LEADER, Role.ADMINISTRATOR}), frozenset({Role.DEPUTY})
)
# The head approves; for a leader's own PIN, and where no head or deputy can, somebody above.
FOR_A_PIN = Signers(
    frozenset({Role.CHAPTER_HEAD, Role.DEPUTY}), frozenset({Role.LEADER, Role.ADMINISTRATOR})
)
# The new treasurer herself where she signs in already, else whoever signs for the chapter.
BY_WHOEVER_TAKES_OVER = Signers(
    frozenset({Role.CHAPTER_HEAD, Role.DEPUTY}), frozenset({Role.LEADER}), named="incoming_signs"
)
WAITS_FOR = {
    True: N_("Chờ chi hội trưởng ký"),
    False: N_("Chờ người thứ hai ký"),
}


def fingerprint(*, approval_id: str, chapter_id: str, kind: str, payload: Mapping[str, Any]) -> str:
    """What both persons sign: SHA-256 over the act and everything in it."""
    said = {"approval": approval_id, "chapter": chapter_id, "kind": kind, "payload": payload}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def check_signer(
    *,
    person_id: str,
    roles: frozenset[Role],
    signers: Signers,
    others: Mapping[str, frozenset[Role]],
    proposed_by: str,
    beneficiary_id: str | None,
    named: str | None = None,
) -> None:
    """Whether this person may sign. Raises NotAllowed `same_person`, `beneficiary`, `not_signer`.

    `roles` are hers towards the chapter, `others` those of everybody else in its offices; `named`
    is whom the proposal lets sign in her own right.
    """
    if person_id == proposed_by:
        raise NotAllowed("same_person", "Chị đã ký lần đầu rồi, cần một người khác ký.")
    if person_id == named:
        return
    if person_id == beneficiary_id:
        raise NotAllowed("beneficiary", "Việc này cho chính chị, cần một người khác ký.")
    if roles & signers.roles:
        return
    concerned = {proposed_by, beneficiary_id}
    able = any(held & signers.roles for who, held in others.items() if who not in concerned)
    if not (roles & signers.stand_ins) or able:
        raise NotAllowed("not_signer", "Việc này cần chi hội trưởng hoặc chi hội phó ký.")


def check_same(shown: str, stands: str) -> None:
    """She signs what she was shown. Raises Conflict `fingerprint_changed`."""
    if shown != stands:
        raise Conflict("fingerprint_changed", "Nội dung vừa đổi. Mời chị xem lại rồi hãy ký.")


def check_proposer(still_in_office: bool) -> None:
    """Whoever was put out of office leaves nothing behind that acts. Raises `proposer_left`."""
    if not still_in_office:
        raise Conflict(
            "proposer_left", "Người xin không còn giữ chức vụ. Mời chị bấm “Không ký” rồi xin lại."
        )


def check_not_anothers(proposed_by: str, person_id: str) -> None:
    """The same act waits once. Raises Conflict `waits_already`."""
    if proposed_by != person_id:
        raise waits_already()


def check_free(takes: Iterable[str], taken: Container[str]) -> None:
    """What waits for a signature is not asked for again. Raises Conflict `waits_already`."""
    if any(one in taken for one in takes):
        raise waits_already()


def waits_already() -> Conflict:
    """Whoever asks again is told that it waits."""
    return Conflict("waits_already", "Việc này đã có người xin rồi, đang chờ ký.")
