"""What the book promises, checked: rules, actions, journeys, faults, and the house itself."""
