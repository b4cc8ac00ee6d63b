"""The trail: what is sealed byte for byte (chain), and the only pen that seals (trail)."""
