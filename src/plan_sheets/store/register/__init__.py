"""The database: tables, batch, record, snapshot."""
