"""What must never be kept: the identifiers of a case, as they stand in any text."""
