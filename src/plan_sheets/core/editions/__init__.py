"""Whom a master is for, and what the public may know."""
