"""Second signatures: an act waits until another person signs exactly what was shown to her."""
