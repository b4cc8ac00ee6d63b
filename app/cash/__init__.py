"""Cash in sight: counts, moves between places, expenses, opening balances, handovers."""
