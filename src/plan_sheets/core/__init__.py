"""What decides: pure functions and facts; no file, database or clock."""
