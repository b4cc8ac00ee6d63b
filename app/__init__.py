"""Sổ Lợn, the pig book."""
