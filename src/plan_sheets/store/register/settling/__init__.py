"""What the officer settled beside the values of cells."""
