"""The demo story, told only through actions, on a clock of its own that its records are sealed with."""
