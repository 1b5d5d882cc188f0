"""Sharing work out among processes of this machine, or the workers of a cluster."""
