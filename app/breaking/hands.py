"""Whose two signatures break a pig: whoever keeps the cash, and the head's side. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.approvals.rules import BY_THE_HEAD, check_signer
from app.errors import NotAllowed
from app.terms import Role

FIRST = frozenset({Role.TREASURER, Role.CHAPTER_HEAD, Role.DEPUTY})
INSTEAD_OF_TREASURER = frozenset({Role.CHAPTER_HEAD, Role.DEPUTY, Role.LEADER})


def check_first(roles: frozenset[Role]) -> None:
    """Treasurer, head or deputy sign first. Raises NotAllowed `not_signer`."""
    if not roles & FIRST:
        raise NotAllowed("not_signer", "Việc này cần thủ quỹ hoặc chi hội trưởng ký trước.")


def check_second(
    *,
    person_id: str,
    roles: frozenset[Role],
    first_id: str,
    first_roles: frozenset[Role],
    others: Mapping[str, frozenset[Role]],
) -> None:
    """Another person: the head's side for the treasurer's signature, the treasurer for the head's.

    Where nobody else can, a leader above signs, and in the treasurer's place the other of head and
    deputy. `others` are the roles of everybody else in the chapter's offices. Raises NotAllowed
    `same_person`, `not_signer`.
    """
    if Role.TREASURER in first_roles or person_id == first_id:
        check_signer(person_id=person_id, roles=roles, signers=BY_THE_HEAD, others=others,
                     proposed_by=first_id, beneficiary_id=None)  # fmt: skip
        return
    if Role.TREASURER in roles:
        return
    able = any(Role.TREASURER in held for who, held in others.items() if who != first_id)
    if able or not roles & INSTEAD_OF_TREASURER:
        raise NotAllowed("not_signer", "Việc này cần thủ quỹ ký.")
