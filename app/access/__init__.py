"""Who may do what: offices, devices, PINs, sessions, and the reach of an office in the tree."""
