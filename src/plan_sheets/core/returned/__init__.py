"""Where things are in what came back, and what was misplaced."""
