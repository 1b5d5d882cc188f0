"""The master's sheets of what is covered, open, owned, asked and consulted: each rule in a small played case."""

from __future__ import annotations
