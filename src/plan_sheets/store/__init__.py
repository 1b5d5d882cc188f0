"""What touches files and the database. Nothing here decides."""
