"""Takes texts out of a register for good."""
