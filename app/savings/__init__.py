"""Pots, cycles, sheets: what members put into the pig."""
