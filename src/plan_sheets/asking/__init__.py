"""Deeds that ask and change nothing: how the round stands, where a value came from, what differs, what is barred."""
