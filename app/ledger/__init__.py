"""Where features meet: entries (pure), the only pen that writes them, reads, and their check."""
