"""What touches files and the database."""
