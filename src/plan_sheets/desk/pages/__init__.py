"""The pages of the desk: one file for each that stands in the navigation, loaded when it is first asked for."""

from __future__ import annotations

_NAMES = ("returns", "settle", "send", "masters", "plan", "trace", "history", "keep", "files", "progress")
PAGES = {"": "glance"} | {name: name for name in _NAMES}
"""The module that makes a page, by the first part of its address."""
