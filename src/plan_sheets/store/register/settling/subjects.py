"""What a settlement is about, in words: a query, a held file, or the name of whoever settled; and whose word it is."""

from __future__ import annotations

from collections.abc import Mapping

QUERY_SUBJECT = "query "
"""How the subject of a settlement begins that is about a query: its id follows."""
FILE_SUBJECT = "file "
"""How it begins where it is about a held or refused file: its SHA-256 follows."""
NAME_SUBJECT = "name of return "
"""How it begins where it names, afterwards, who settled in a return without a name: the id of that follows."""
OFFICE = "The board officer"
"""Who settled what nobody put a name to."""


def choose_name(by: str, return_id: int, late: Mapping[int, str]) -> str:
    """Who settled something in a return: `by`; where that is nobody's name, the one that was given late for it."""
    return late.get(return_id, by) if by == OFFICE else by


def query_subject(query: int) -> str:
    """The subject of the settlements of a query (its id)."""
    return f"{QUERY_SUBJECT}{query}"


def name_subject(return_id: int) -> str:
    """The subject of the settlement that names who settled in a return (its id)."""
    return f"{NAME_SUBJECT}{return_id}"
