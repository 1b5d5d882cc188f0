"""What the officer reads on the screen, and what another program reads as JSON."""
