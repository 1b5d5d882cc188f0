"""Inbox, unpacking, identify, open, and merge one batch of returns."""
