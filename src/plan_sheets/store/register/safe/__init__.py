"""Keeps a register safe: seals every row, verifies the seals, and copies the file."""
