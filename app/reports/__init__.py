"""Pages that join features: today, a member's book, the trail in plain words, units below."""
