"""The acts that take two: each feature tells here, through main, how its act is done and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.approvals.rules import Signers
from app.db.tx import Tx
from app.errors import Refusal
from app.terms import Actor


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed, as the act reads it when the second person signs."""

    id: str
    chapter_id: str
    about: str
    payload: dict[str, Any]
    proposed_by: str


def by_two(proposal: Proposal | None) -> dict[str, str]:
    """What a sealed record says of a first signature."""
    if proposal is None:
        return {}
    return {"approval": proposal.id, "proposed_by": proposal.proposed_by}


class Perform(Protocol):
    """Does an act: the answer for the signing actor, and what may be kept of it."""

    def __call__(
        self, db: Tx, /, *, actor: Actor, proposal: Proposal
    ) -> tuple[dict[str, Any], dict[str, Any]]: ...


# What is signed, in label and value; a refusal is why it cannot be done any more, which the door
# says in the reader's language.
Shown = Sequence[tuple[str, str | Refusal]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of act is done.

    `beside` names the other chapters that an act is of, from its payload: their books are opened
    together with the one it waits in, and whoever proposed it holds her office in one of them.

    `perform` does it as the signing actor, checking every rule again; it returns the answer for
    her and what may be kept of it (codes are shown once and never kept). `shown` says in label
    and value what she signs. `title` is a message id. `takes` names, from its payload, what it
    takes up: while it waits, nobody asks for the same again.
    """

    title: str
    signers: Signers
    perform: Perform
    shown: Callable[[Tx, Proposal], Shown]
    beside: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _: ()
    takes: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _: ()


KINDS: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Called once for each by main."""
    KINDS[name] = kind
