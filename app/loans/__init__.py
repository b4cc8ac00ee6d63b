"""Loans to members in hardship: need first, two hands, paid back in any amounts (ADR 13)."""
