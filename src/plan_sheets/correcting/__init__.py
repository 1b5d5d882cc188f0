"""Deeds that correct what was taken in: a return withdrawn, a text taken out for good."""
