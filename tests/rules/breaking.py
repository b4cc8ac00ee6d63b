"""A small vocabulary for stories about one pig: a year told in the ledger's words, then broken.

    pig = Pig("Lan Hoa")
    pig.saves("Lan 365.000, Hoa 182.500")
    broken = pig.breaks(take="all")
    pig.holds('''
        cash_hand 0
    ''')

Only the breaking goes through the rules under test; what came before is told as plain movements,
so that an expected book can be added up by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.breaking.facts import Customs, Debt, Decided, Facts, Saver, Verdict, worth
from app.breaking.notes import composed
from app.breaking.plan import Line, Plan
from app.breaking.rules import plan
from app.ledger.entry import Account, Transfer, change
from app.terms import AccountKind as K
from app.terms import BelongsTo, Decision, Outcome, PotKind, SurplusRule
from tests.story import dong, tidy

PIG, BOX = "pig", "box"
DAY = date(2026, 10, 20)
# What stands on the left of the identity (domain: Always true, per pot), and on the right.
LEFT = (K.CASH_POT, K.CASH_HAND, K.CASH_BANK, K.LOAN, K.RECEIVABLE, K.SHORTAGE_PENDING)
RIGHT = (K.SAVINGS, K.FUND, K.OVERAGE_PENDING, K.SURPLUS, K.INTEREST_INCOME, K.CASH_OVER,
         K.LOAN_RECOVERED)  # fmt: skip
COSTS = (K.CASH_SHORT, K.LOAN_LOSS, K.EXPENSE)


def balanced(held: Mapping[K, int]) -> bool:
    """cash + loans + receivables + shortage = savings + fund + overage + surplus + results."""
    left = sum(held.get(kind, 0) for kind in (*LEFT, *COSTS))
    return left == sum(held.get(kind, 0) for kind in RIGHT)


def customs(**more: Any) -> Customs:
    """The charter's rules in plain words: `default="take"`, `rule="keep"`, `set_off=True`."""
    return Customs(
        payout_step=more.pop("step", 1000),
        default_decision=Decision(more.pop("default", "take")),
        surplus_rule=SurplusRule(more.pop("rule", "by_savings")),
        set_off_debt=more.pop("set_off", False),
    )


def amounts(text: str) -> dict[str, int]:
    """`Lan 365.000, Hoa 20.000`."""
    pairs = [part.split() for part in text.split(",") if part.strip()]
    return {name: int(amount.replace(".", "")) for name, amount in pairs}


def notes(text: str) -> dict[int, int]:
    """`500k×2 1k×3 200×1`."""
    found: dict[int, int] = {}
    for part in text.split():
        value, _, number = part.partition("×")
        found[int(value.replace("k", "000"))] = int(number or 1)
    return found


def shown(bundle: Mapping[int, int]) -> str:
    """The same the other way round."""
    names = [(f"{v // 1000}k" if v % 1000 == 0 else str(v), n) for v, n in bundle.items()]
    return " ".join(f"{name}×{n}" for name, n in names) or "–"


@dataclass
class Pig:
    """A pot with its accounts, and who saves in it, numbered from 1."""

    names: str
    box: bool = False
    kind: PotKind = PotKind.PIG
    belongs_to: BelongsTo = BelongsTo.MEMBER
    day: date = DAY - timedelta(days=365)
    accounts: Counter[Account] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    left: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.numbers = {name: n for n, name in enumerate(self.names.split(), 1)}

    # A year

    def until(self, day: date) -> None:
        """Days go by; each ends with what everybody has then."""
        for name in self.numbers:
            self.days[name] += self.savings(name) * (day - self.day).days
        self.day = day

    def joins(self, name: str) -> None:
        """A late joiner takes the next number."""
        self.numbers[name] = len(self.numbers) + 1

    def saves(self, lines: str) -> None:
        """A sheet."""
        for name, amount in amounts(lines).items():
            self.move(K.CASH_POT, f"savings {name}", amount)

    def opens(self) -> None:
        """All in the pot is taken in hand."""
        self.move(K.CASH_HAND, K.CASH_POT, self.of(K.CASH_POT))

    def lends(self, name: str, amount: int) -> None:
        """Out of hand."""
        self.move(f"loan {name}", K.CASH_HAND, amount)

    def repays(self, name: str, principal: int, interest: int = 0) -> None:
        """Into hand."""
        self.move(K.CASH_HAND, f"loan {name}", principal)
        self.move(K.CASH_HAND, K.INTEREST_INCOME, interest)

    def leaves(self, name: str, paid: int) -> None:
        """She leaves; what is not paid waits."""
        self.move(f"savings {name}", K.CASH_HAND, paid)
        self.left.add(name)

    def move(self, debit: K | str, credit: K | str, amount: int) -> None:
        """A movement between two accounts: a kind, or `savings Lan`."""
        self.post([Transfer(self._account(debit), self._account(credit), amount)])

    def _account(self, text: K | str) -> Account:
        kind, _, owner = text.partition(" ")
        return Account(PIG, K(kind), owner or PIG)

    def post(self, transfers: Iterable[Transfer]) -> None:
        """Into the ledger."""
        for transfer in transfers:
            assert transfer.amount >= 0 and transfer.debit.pot_id == transfer.credit.pot_id
            self.accounts[transfer.debit] += change(transfer.debit.kind, transfer.amount, 0)
            self.accounts[transfer.credit] += change(transfer.credit.kind, 0, transfer.amount)

    # Breaking

    def facts(
        self, *, counted: str | int | None = None, home: Mapping[str, str] | None = None,
        due: Mapping[str, tuple[int, int]] | None = None, decided: Mapping[str, str] | None = None,
        outcome: str = "carried", keeper: str | None = None, paid_now: bool = False, **charter: Any,
    ) -> Facts:  # fmt: skip
        """What a breaking today rests on. `counted` in notes or đồng (default: as booked).

        `decided` says `take keep give`, an open one as `-`: `{"Lan": "5.000 - 0"}`.
        """
        there = self.of(K.CASH_POT) + self.of(K.CASH_HAND) if counted is None else counted
        pile = notes(there) if isinstance(there, str) else composed(there)
        said = {name: _decided(text) for name, text in (decided or {}).items()}
        at_home = {name: notes(text) for name, text in (home or {}).items()}
        owed = {name: (Debt(name, *sums),) for name, sums in (due or {}).items()}
        savers = tuple(
            Saver(
                name, number, self.savings(name), self.days[name], name in self.left,
                at_home.get(name, {}), owed.get(name, ()), said.get(name),
            )
            for name, number in self.numbers.items()
        )  # fmt: skip
        return Facts(
            PIG, self.day, pile, self.held(), savers, customs(**charter),
            Verdict(Outcome(outcome), keeper, paid_now), self.kind, self.belongs_to,
            BOX if self.box else None,
        )  # fmt: skip

    def breaks(self, **how: Any) -> Plan:
        """The pig is broken, and a new year begins with what was kept."""
        made = plan(self.facts(**how))
        self.post(told.transfer for told in made.movements)
        self.days.clear()
        return made

    # How the book stands

    def of(self, kind: K) -> int:
        """What all accounts of a kind hold in this pot."""
        return sum(n for account, n in self.accounts.items() if account[:2] == (PIG, kind))

    def savings(self, name: str) -> int:
        """What is hers."""
        return self.accounts[Account(PIG, K.SAVINGS, name)]

    def held(self) -> dict[K, int]:
        """Balances by kind."""
        return {kind: self.of(kind) for kind in K if self.of(kind)}

    def holds(self, expected: str) -> None:
        """Every account that is not empty, a line a kind; and the identity."""
        assert self.book() == tidy(expected)
        assert balanced(self.held())

    def book(self) -> str:
        """`savings 547.500: Lan 365.000, Hoa 182.500`."""
        lines = []
        for pot in (PIG, BOX):
            for kind in K:
                of = {a.owner_id: n for a, n in self.accounts.items() if a[:2] == (pot, kind) and n}
                whose = [f"{owner} {dong(n)}" for owner, n in of.items() if owner != pot]
                if of:
                    at = f"{BOX} " if pot == BOX else ""
                    total = f"{at}{kind} {dong(sum(of.values()))}"
                    lines.append(f"{total}: {', '.join(whose)}" if whose else total)
        return "\n".join(lines)


def _decided(text: str) -> Decided:
    return Decided(*(None if one == "-" else int(one.replace(".", "")) for one in text.split()))


# What was planned, as text


def lines(made: Plan) -> str:
    """`Lan 365.000 + 12.000 − 0 = 377.000 0 0 → 377.000`: savings, share, set-off, the three, paid."""
    return "\n".join([*map(_line, made.lines), f"carried {dong(made.carried)}"])


def _line(line: Line) -> str:
    off = line.interest + line.principal
    share = f" {'−' if line.share < 0 else '+'} {dong(abs(line.share))}" if line.share else ""
    taken = f" − {dong(line.interest)} − {dong(line.principal)}" if off else ""
    three = " ".join(map(dong, (line.take, line.keep, line.give)))
    gift = f", gift {dong(line.gift)}" if line.gift else ""
    return (
        f"{line.member_id} {dong(line.savings)}{share}{taken} = {three} → {dong(line.payout)}{gift}"
    )


def planned(made: Plan, expected: str) -> None:
    """The plan is exactly this text."""
    assert lines(made) == tidy(expected)


def moved(made: Plan) -> str:
    """`closed: interest_income > surplus 12.000`, debit first; whose where it is somebody's."""
    return "\n".join(
        f"{purpose}: {_owned(t.debit)} > {_owned(t.credit)} {dong(t.amount)}"
        for purpose, t in made.movements
    )


def _owned(account: Account) -> str:
    pot = f"{BOX} " if account.pot_id == BOX else ""
    return f"{pot}{account.kind}" + (
        f" {account.owner_id}" if account.owner_id != account.pot_id else ""
    )


def reasons(made: Plan, name: str) -> list[str]:
    """`shared_by_savings surplus=10 hers=…` of one member."""
    (line,) = (line for line in made.lines if line.member_id == name)
    return [
        " ".join([r.because, *(f"{key}={value}" for key, value in r.values.items())])
        for r in line.why
    ]


def handed(made: Plan) -> dict[str, str]:
    """Whose notes, as text."""
    return {line.member_id: shown(line.notes) for line in made.lines if line.payout}


def adds_up(facts: Facts, made: Plan) -> None:
    """What holds of every plan: to the đồng, in the ledger, in notes."""
    assert sum(line.share for line in made.lines) + made.carried == made.surplus
    there = facts.counted + facts.opened
    for line in made.lines:
        claim = line.savings + line.share - line.interest - line.principal
        assert claim == line.take + line.keep + line.give
        assert min(line.take, line.keep, line.give, line.payout, line.gift, line.stays) >= 0
        assert line.payout <= line.take and line.gift <= line.give
        assert worth(line.notes) == line.payout
    assert worth(made.gift_notes) == made.totals.gift
    assert made.totals.payout + made.totals.gift <= there
    _in_notes(facts, made)
    _in_the_ledger(facts, made)


def _in_notes(facts: Facts, made: Plan) -> None:
    """Nothing is handed out that was not counted or got in exchange."""
    pile = Counter(facts.notes)
    for saver in facts.savers:
        pile.update(saver.home)
    if made.exchange_needed:
        give, get = made.exchange_needed
        assert worth(give) == worth(get) > 0
        pile.subtract(give)
        assert min(pile.values()) >= 0
        pile.update(get)
    for bundle in (*(line.notes for line in made.lines), made.gift_notes):
        pile.subtract(bundle)
    assert min(pile.values(), default=0) >= 0


def _in_the_ledger(facts: Facts, made: Plan) -> None:
    """Result accounts hold only interest of set-offs; all else is what the plan says."""
    pig = Pig("")
    pig.accounts.update({Account(PIG, kind, "before"): n for kind, n in facts.held.items()})
    pig.post(told.transfer for told in made.movements)
    held, totals = pig.held(), made.totals
    assert all(told.transfer.amount > 0 for told in made.movements)
    assert balanced(held) == balanced(facts.held)
    for kind in (K.CASH_POT, K.CASH_OVER, K.LOAN_RECOVERED, *COSTS):
        assert held.get(kind, 0) == 0
    assert held.get(K.INTEREST_INCOME, 0) == totals.interest
    assert held.get(K.SAVINGS, 0) == totals.stays
    assert held.get(K.SURPLUS, 0) == (0 if facts.belongs_to is BelongsTo.FUND else made.carried)
    missing = facts.book - facts.counted
    owes = facts.verdict.outcome is Outcome.KEEPER_OWES and facts.verdict.paid_now
    later = max(missing, 0) if owes else 0
    there = facts.counted + facts.opened + later
    assert held.get(K.CASH_HAND, 0) == there - totals.payout - totals.gift
    for line in made.lines:
        hers = Account(PIG, K.SAVINGS, line.member_id)
        before = next(s.savings for s in facts.savers if s.member_id == line.member_id)
        assert before + pig.accounts[hers] == line.stays
