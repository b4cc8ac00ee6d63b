"""Why a line of the plan is what it is: codes with figures, which a page says in a sentence. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Because(StrEnum):
    """What a figure rests on; the words in brackets are the figures that come along, in đồng."""

    OPENED = "opened"  # her pig at home held {amount}
    SHARED_BY_SAVINGS = "shared_by_savings"  # {surplus} {hers} of {all}, {share}
    SHARED_BY_SAVINGS_DAYS = "shared_by_savings_days"  # the same, đồng × days
    LOSS_BORNE = "loss_borne"  # {loss} {hers} of {all}, {share} (above zero)
    AWAITS = "awaits"  # she left: all of it is hers before anybody's, no share, no loss
    SET_OFF = "set_off"  # {due} was due, {amount} of it taken, {left} is left
    BY_DEFAULT = "by_default"  # nothing named: the charter's {choice} takes {amount}
    REST_ON = "rest_on"  # the rest {amount} (below zero: less) falls on {choice}
    NO_BOX = "no_box"  # the charter says give, but no box is open: she keeps it
    CUT = "cut"  # {short} too much was named: {keep} {give} {take} were cut
    ODD = "odd"  # {amount} is less than a {step} and stays hers
    CASH_SHORT = "cash_short"  # {wanted} by all, {there} in notes: {stays} of hers stays
    GIFTS_SHORT = "gifts_short"  # the same of gifts, out of what is left


class Reason(NamedTuple):
    """One reason with its figures (đồng) or words."""

    because: Because
    values: dict[str, int | str]


def reason(because: Because, **values: int | str) -> Reason:
    """One reason."""
    return Reason(because, values)
