"""Exact sums out of the notes there are: a chain of values, and the odd fives in it. Pure.

Were every note a multiple of each smaller one, handing out the largest first would be exact,
whoever gets them: at each value only the number of notes used matters to the smaller ones, and
using fewer never helps. The values 1-2-5 miss this only between 5 and 2. But two fives are a ten:
with fives in pairs the values are a chain again (10, 2, 1 in each decade). So all there is to
choose is who gets one odd five of a decade: `chosen` fixes them and takes them off her sum, `fill`
hands out the rest from the largest down.

Whoever an odd five suits is told by the digit of her sum in that decade. With s₂ and s₁₀ for what
is left over of the notes below 2 and below 10 once every sum's remainder there is met:

    digit 5 7 9  s₂ +1  s₁₀ +5   (A: spares a one)     digit 1 3    s₂ +1  s₁₀ −5  (C: 11 = 5+2+2+2)
    digit 6 8    s₂ −1  s₁₀ +5   (B: 6 = 5+1)          digit 0 2 4  s₂ −1  s₁₀ −5  (D: 10 = 5+2+2+1)

C and D borrow a ten of the decade above, which never helps there. Two who can be exchanged for a
pair of fives or for one of a better class without loss are never both needed, which leaves A before
all, then B or C, or a single D; and of equal parity the fewest borrowed. Decades are decided from
the smallest up, so each is decided when what lies below it is known (tests compare it with trying
everything).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

DECADES = (1_000, 10_000, 100_000)
HALF = 500  # beside 200 alone: who needs an odd one is told by her sum
LOOKS = 60_000  # sums looked at before the search gives up: under a second, the same everywhere


class Link(NamedTuple):
    """Notes that count as one value of the chain."""

    value: int
    note: int
    each: int


_UPPER = tuple(
    link
    for unit in reversed(DECADES)
    for link in (Link(10 * unit, 5 * unit, 2), Link(2 * unit, 2 * unit, 1), Link(unit, unit, 1))
)
THOUSANDS = (*_UPPER, Link(1000, HALF, 2), Link(1000, 200, 5))
HUNDREDS = (*_UPPER, Link(1000, HALF, 2), Link(200, 200, 1))


def chain(sums: Sequence[int]) -> tuple[Link, ...]:
    """The values that hand out these sums: where all are thousands, 200 make them only in fives."""
    return HUNDREDS if any(sum_ % 1000 for sum_ in sums) else THOUSANDS


class _Looks:
    """How many sums may still be looked at."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, sums: int) -> bool:
        """Whether there was enough for so many."""
        self.left -= sums
        return self.left >= 0


def assign(sums: Sequence[int], notes: Mapping[int, int]) -> list[Counter[int]] | None:
    """Notes for each sum, exactly, out of those there are; None where it cannot be done.

    Sums are such that notes can make them (`shares.note_step`).
    """
    halves = [i for i, sum_ in enumerate(sums) if needs_half(sum_)]
    if len(halves) > notes.get(HALF, 0):
        return None
    left, there = chosen(sums, notes, HALF, halves)
    found = _search(left, there, DECADES, _Looks(LOOKS))
    return None if found is None else with_fives(found, HALF, halves)


def needs_half(sum_: int) -> bool:
    """Whether only an odd number of 500 makes it: 200 and the thousands give even hundreds."""
    return sum_ // 100 % 2 == 1


def chosen(
    sums: Sequence[int], notes: Mapping[int, int], five: int, who: Sequence[int]
) -> tuple[list[int], dict[int, int]]:
    """What is left of sums and notes once each of `who` has one odd five."""
    left = list(sums)
    for i in who:
        left[i] -= five
    return left, {**notes, five: notes.get(five, 0) - len(who)}


def with_fives(found: list[Counter[int]], five: int, who: Sequence[int]) -> list[Counter[int]]:
    """The same with the odd five that each of `who` has."""
    for i in who:
        found[i][five] += 1
    return found


def fill(sums: Sequence[int], notes: Mapping[int, int]) -> tuple[list[Counter[int]], list[int]]:
    """Hand out the chain from its largest value down; what is left of each sum.

    As exact as can be, and whoever comes first gets the larger notes.
    """
    found = [Counter[int]() for _ in sums]
    left = list(sums)
    for value, note, each in chain(sums):
        have = notes.get(note, 0) // each
        for i, wants in enumerate(left):
            if use := min(have, wants // value):
                found[i][note] += use * each
                left[i] -= use * value
                have -= use
            if not have:
                break
    return found, left


def _search(
    sums: Sequence[int], notes: Mapping[int, int], decades: Sequence[int], looks: _Looks
) -> list[Counter[int]] | None:
    if not decades:
        found, left = fill(sums, notes)
        return None if any(left) else found
    unit, *above = decades
    for who in _odd_fives(sums, notes, unit):
        if not looks.spend(len(sums)):
            return None
        left, there = chosen(sums, notes, 5 * unit, who)
        below = _search(left, there, above, looks)
        if below is not None:
            return with_fives(below, 5 * unit, who)
    return None


class Classes(NamedTuple):
    """Whom an odd five of a decade suits: places in the list of sums."""

    a: list[int]
    b: list[int]
    c: list[int]
    d: list[int]


def classes(sums: Sequence[int], unit: int) -> Classes:
    """By the digit of each sum in the decade; who has less than a five has no use for one."""
    found = Classes([], [], [], [])
    for i, sum_ in enumerate(sums):
        if sum_ >= 5 * unit:
            digit = sum_ // unit % 10
            found[(0 if digit % 2 else 1) + (0 if digit >= 5 else 2)].append(i)
    return found


def _odd_fives(sums: Sequence[int], notes: Mapping[int, int], unit: int) -> Iterator[Sequence[int]]:
    """Who may get one odd five of a decade, the likeliest first; none that cannot end well."""
    fives = notes.get(5 * unit, 0)
    a, b, c, d = classes(sums, unit)
    two, ten = _left_over(sums, notes, 2 * unit), _left_over(sums, notes, 10 * unit)

    def fits(odd: int, even: int, high: int, low: int) -> bool:
        return two + unit * (odd - even) >= 0 and ten + 5 * unit * (high - low) >= 0

    with_b = [n for n in range(min(fives, len(a) + len(b)) + 1)
              if fits(min(n, len(a)), max(n - len(a), 0), n, 0)]  # fmt: skip
    with_c = [n for n in range(len(a) + 1, min(fives, len(a) + len(c)) + 1)
              if fits(n, 0, len(a), n - len(a))]  # fmt: skip
    for odd in (fives % 2, 1 - fives % 2):  # all fives used first
        if best := [n for n in with_b if n % 2 == odd]:
            yield (a + b)[: min(best, key=lambda n: abs(n - len(a)))]
            continue
        if fewest := [n for n in with_c if n % 2 == odd]:
            for borrowing in _borrowers(sums, c, unit, fewest[0] - len(a)):
                yield [*a, *borrowing]
        if odd and fives and d and fits(0, 1, 0, 1):
            yield from _borrowers(sums, d, unit, 1)


def _left_over(sums: Sequence[int], notes: Mapping[int, int], value: int) -> int:
    """What notes below a value come to beyond what they alone can make of the sums."""
    below = sum(notes.get(note, 0) // each * v for v, note, each in chain(sums) if v < value)
    return below - sum(sum_ % value for sum_ in sums)


def _borrowers(
    sums: Sequence[int], who: Sequence[int], unit: int, number: int
) -> Iterator[list[int]]:
    """Ways to choose those who borrow a ten, the least loss to the decades above first.

    Who is alike there is not chosen among again.
    """
    alike: dict[tuple[int, ...], list[int]] = {}
    for i in who:
        alike.setdefault(_loss(sums[i] // (10 * unit)), []).append(i)
    return _picked([alike[key] for key in sorted(alike)], number)


def _loss(above: int) -> tuple[int, ...]:
    """What a borrowed ten costs, told by the digits above: 1 and 3 lose least, then 7, 9 and 5
    lose a place for a five, 6, 8, 2, 4 and 0 a pair of ones.
    """
    digit, higher = above % 10, above // 10
    return (
        "1379568240".index(str(digit)),
        *(_loss(min(higher, 10 + higher % 10)) if higher else ()),
    )


def _picked(groups: Sequence[list[int]], number: int) -> Iterator[list[int]]:
    """So many out of some groups, as many as can be from the first ones first."""
    if number == 0:
        yield []
    elif groups and number <= sum(map(len, groups)):
        first, *others = groups
        for n in range(min(len(first), number), -1, -1):
            for more in _picked(others, number - n):
                yield first[:n] + more
