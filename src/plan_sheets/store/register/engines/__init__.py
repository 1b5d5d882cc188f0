"""Where a register is kept: a file of SQLite, or a schema of a PostgreSQL server. Nothing else knows which."""
