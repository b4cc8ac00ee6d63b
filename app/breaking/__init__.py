"""Breaking the pig: count, reconcile, share, set off, decide, hand out the notes (domain: Breaking the pig)."""
