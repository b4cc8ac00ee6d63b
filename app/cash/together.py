"""Cash of pot and hand counted in one, and left where it lay. Pure; amounts in đồng."""

from __future__ import annotations

from datetime import date

from app.cash.rules import PotFacts, difference_entry
from app.ledger.entry import Entry, Transfer, cash, common
from app.terms import AccountKind, EntryKind, Kept, Place


def together_entry(facts: PotFacts, day: date, difference: int, in_pot: int) -> Entry:
    """What differs, as pending. `in_pot` is what the book has in the pot.

    What is missing is missing there first, what is too much lies there: for what was in her hand
    the treasurer gave account. Pigs kept at home have no common pot.
    """
    if difference > 0:
        place = Place.HAND if facts.kept is Kept.HOME else Place.POT
        return difference_entry(facts.pot_id, place, day, difference)
    from_pot = min(-difference, in_pot)
    short = common(facts.pot_id, AccountKind.SHORTAGE_PENDING)
    parts = ((Place.POT, from_pot), (Place.HAND, -difference - from_pot))
    transfers = tuple(
        Transfer(short, cash(facts.pot_id, place), part) for place, part in parts if part
    )
    return Entry(EntryKind.COUNT, facts.pot_id, day, transfers)
