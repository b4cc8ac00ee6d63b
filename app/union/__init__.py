"""The tree of units, with dated parents; chapters begin here, with their first charter."""
