"""Many units, chapters and officers at once, from a table: rehearsed first, then all or nothing."""
