"""Mending: what was written by mistake is taken back by its opposite, and counted cash stays as counted."""
