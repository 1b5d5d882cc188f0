"""ods: read whole."""
