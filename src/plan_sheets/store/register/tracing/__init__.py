"""Finds what was said outside the cells that were sent out."""
