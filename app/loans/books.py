"""The ledger of a loan: always the difference between two replays. Pure; amounts in đồng."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.ledger.entry import Account, Transfer, common
from app.loans.loan import Loan
from app.terms import AccountKind, EntryKind

K = AccountKind
# A loan's own entries: each is one fact, and goes back with it (loans/undoing.py).
MONEY = frozenset(
    {EntryKind.DISBURSEMENT, EntryKind.REPAYMENT, EntryKind.WRITE_OFF, EntryKind.RECOVERY}
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where a loan stands in its pot.

    `money` is what is paid out of and into: cash in hand (`ledger.entry.cash`), or the borrower's
    savings where a debt is set off. `number` is hers in the book.
    """

    pot_id: str
    loan_id: str
    number: int
    money: Account

    @property
    def loan(self) -> Account:
        """What she has of the pot's money: the principal that is out."""
        return Account(self.pot_id, K.LOAN, self.loan_id)


def transfers(
    accounts: Accounts, before: Loan | None, after: Loan, less: Iterable[Transfer] = ()
) -> tuple[Transfer, ...]:
    """What the ledger must be told so that it holds `after` where it held `before`.

    One rule for paying out, repaying, setting off, writing off and recovering. A reversal gives
    as `less` the opposite lines it posts anyway; what remains says how later repayments are
    divided now. Nothing to tell is no transfer (a waiver, a plan, a death).
    """
    net: defaultdict[Account, int] = defaultdict(int)  # debit − credit
    for loan, sign in ((before, -1), (after, 1)):
        for account, amount in _held(accounts, loan).items():
            net[account] += sign * amount
    for transfer in less:
        net[transfer.debit] -= transfer.amount
        net[transfer.credit] += transfer.amount
    return tuple(_paired(net, accounts.number))


def _held(accounts: Accounts, loan: Loan | None) -> dict[Account, int]:
    """Debit − credit of each account over a loan's life; they sum to zero."""
    if loan is None:
        return {}
    pot = accounts.pot_id
    return {
        accounts.money: loan.repaid + loan.interest + loan.recovered - loan.lent,
        accounts.loan: loan.lent - loan.repaid - loan.written_off,
        common(pot, K.LOAN_LOSS): loan.written_off,
        common(pot, K.INTEREST_INCOME): -loan.interest,
        common(pot, K.LOAN_RECOVERED): -loan.recovered,
    }


def _paired(net: Mapping[Account, int], number: int) -> Iterator[Transfer]:
    """Positive amounts from what is credited to what is debited."""
    debits = [(account, amount) for account, amount in net.items() if amount > 0]
    credits = [(account, -amount) for account, amount in net.items() if amount < 0]
    while debits:
        (debit, wants), (credit, has) = debits[0], credits[0]
        part = min(wants, has)
        yield Transfer(debit, credit, part, number)
        debits[:1] = [(debit, wants - part)] if wants > part else []
        credits[:1] = [(credit, has - part)] if has > part else []
