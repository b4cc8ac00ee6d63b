"""Taste, checked over the syntax tree."""
