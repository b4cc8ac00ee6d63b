"""Which notes each gets: her own pig's first, else out of all; at worst a small exchange. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from app import money
from app.breaking import exact
from app.breaking.facts import Notes, worth
from app.breaking.shares import LEFT_OVER


class Wish(NamedTuple):
    """A sum to be paid in notes; `own` are those of her pig at home."""

    number: int
    amount: int
    own: Notes


class Exchange(NamedTuple):
    """Notes to give out of those counted for others of the same worth."""

    give: dict[int, int]
    get: dict[int, int]


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Number → notes, largest first; and the exchange that makes it possible, if one is needed."""

    notes: dict[int, dict[int, int]]
    exchange: Exchange | None


def hand_out(wishes: Sequence[Wish], common: Notes) -> HandedOut:
    """Notes for every wish, exactly.

    `common` are the notes counted without those at home. Larger sums choose first, so that hands
    get few notes; equal ones by number. Raises nothing: wishes of whole steps, of no more than
    `shares.payable` together, can always be met, at worst after an exchange.
    """
    order = sorted(wishes, key=lambda w: (-w.amount, w.number))
    own = [_own_first(wish) for wish in order]
    rests = [w.amount - worth(first) for w, first in zip(order, own, strict=True)]
    pool = _together([common, *(w.own for w in order)])
    rest_of_pool = pool - _together(own)
    found, exchange = exact.assign(rests, rest_of_pool), None
    if found is None:
        pooled = exact.assign([w.amount for w in order], pool)
        if pooled is not None:
            found, own = pooled, [Counter() for _ in order]
        else:
            found, exchange = _smallest(rests, rest_of_pool)
            exchange = exchange if exchange.give else None
    bundles = {
        wish.number: _tidy(first + second)
        for wish, first, second in zip(order, own, found, strict=True)
    }
    return HandedOut(bundles, exchange)


def _own_first(wish: Wish) -> Counter[int]:
    """All of it where her own notes make it; else as many of them as it takes, the largest first."""
    if (alone := exact.assign([wish.amount], wish.own)) is not None:
        return alone[0]
    found, left = Counter[int](), wish.amount
    for value, number in sorted(wish.own.items(), reverse=True):
        if value > exact.HALF:  # loose 500 and 200 would leave what no notes make
            found[value] = min(number, left // value)
            left -= value * found[value]
    return found


def _together(piles: Sequence[Notes]) -> Counter[int]:
    together = Counter[int]()
    for pile in piles:
        together.update(pile)
    return together


def _tidy(notes: Mapping[int, int]) -> dict[int, int]:
    return {value: notes[value] for value in sorted(notes, reverse=True) if notes[value]}


# Exchange


def _smallest(sums: Sequence[int], notes: Mapping[int, int]) -> tuple[list[Counter[int]], Exchange]:
    """Of some ways to come close, the one with the fewest notes to give and get.

    Nothing to give is one that does after all (the search may give up before).
    """
    return min(_ways(sums, notes), key=lambda way: _pieces(way[1].give) + _pieces(way[1].get))


def _pieces(notes: Notes) -> int:
    return sum(notes.values())


def _ways(
    sums: Sequence[int], notes: Mapping[int, int]
) -> Iterator[tuple[list[Counter[int]], Exchange]]:
    """Hand out what can be, with odd fives to those whom they suit; exchange for what is missing."""
    halves = [i for i, sum_ in enumerate(sums) if exact.needs_half(sum_)]
    reach = notes.get(exact.HALF, 0)
    for widely in product((False, True), repeat=len(exact.DECADES)):
        left, there = exact.chosen(sums, notes, exact.HALF, halves)
        there[exact.HALF] = max(reach - len(halves), 0)
        fives = [(exact.HALF, halves)]
        for unit, wide in zip(exact.DECADES, widely, strict=True):
            a, b, *_ = exact.classes(left, unit)
            who = (a + b if wide else a)[: there.get(5 * unit, 0)]
            left, there = exact.chosen(left, there, 5 * unit, who)
            fives.append((5 * unit, who))
        found, missing = exact.fill(left, there)
        for five, who in fives:
            exact.with_fives(found, five, who)
        for way in (_added, _simplest):
            done = [way(*one) for one in zip(found, missing, strict=True)]
            yield done, _exchange(_together(done), notes)


def _added(bundle: Counter[int], missing: int) -> Counter[int]:
    """What is missing is added to what she has."""
    return bundle + composed(missing)


def _simplest(bundle: Counter[int], missing: int) -> Counter[int]:
    """The same, without small notes of hers where one larger note does instead."""
    if not missing:
        return bundle
    kept = [Counter({v: n for v, n in bundle.items() if v > least}) for least in (0, *bundle)]
    rests = [composed(worth(bundle) + missing - worth(part)) for part in kept]
    part, rest = min(zip(kept, rests, strict=True), key=lambda both: _pieces(both[1]))
    return part + rest


def _exchange(wanted: Counter[int], notes: Mapping[int, int]) -> Exchange:
    """Notes that nobody needs for those that are missing, and for what is over then."""
    there = Counter(notes)
    lacking, spare = wanted - there, there - wanted
    give = _enough(spare, worth(lacking))
    get = lacking + composed(worth(give) - worth(lacking))
    return Exchange(_tidy(give - get), _tidy(get - give))


def _enough(spare: Notes, missing: int) -> Counter[int]:
    """The fewest notes that suffice: the largest, and last the smallest that completes them."""
    give, left = Counter[int](), Counter(spare)
    while (short := missing - worth(give)) > 0:
        enough = [value for value in +left if value >= short]
        value = min(enough) if enough else max(+left)
        number = 1 if enough else min(left[value], short // value)
        give[value] += number
        left[value] -= number
    # Rare (loose 500 and 200): then all that is spare, whose rest is known to be notes.
    return give if _made_of_notes(-short) else Counter(spare)


def _made_of_notes(amount: int) -> bool:
    return amount % 100 == 0 and amount not in LEFT_OVER


def composed(amount: int) -> Counter[int]:
    """An amount in the fewest notes (almost: 500 and 200 beside each other leave no 100)."""
    found = Counter[int]({exact.HALF: 1} if exact.needs_half(amount) else {})
    left = amount - worth(found)
    for value in money.NOTES:
        if value != exact.HALF and (use := left // value):
            found[value] += use
            left -= use * value
    return found
