"""The rules alone: no database, no clock but the one they are given."""
