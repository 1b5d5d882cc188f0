"""The pages of the desk: one file for each that stands in the navigation, loaded when it is first asked for."""

from __future__ import annotations

PAGES = {"": "glance", "returns": "returns", "settle": "settle", "work": "work"}
"""The module that makes a page, by the first part of its address."""
