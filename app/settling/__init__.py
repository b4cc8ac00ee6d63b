"""A member leaves, moves or dies: what is hers is settled."""
