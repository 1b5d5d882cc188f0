"""The keys that the files of `schemas/` may have, and what may stand behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from plan_sheets.core.model.findings import Severity

EACH_LENS = "each lens"
"""Choices of a field that are the names of all considerations."""
FIELD_KEYS = (
    *("name", "title", "type", "format", "scope", "fill", "width", "constraints", "required_when", "refers"),
    *("required_unless", "asked_by"),
    *("placeholders", "phrases", "findings", "prompt", "blank", "lens", "emptied_with"),
)
CONSTRAINT_KEYS = {
    "required": "required",
    "enum": "choices",
    "maxLength": "max_length",
    "minimum": "minimum",
    "pattern": "pattern",
    "unique": "unique",
}
CODES = {
    "required": "required",
    "enum": "not_a_choice",
    "maxLength": "too_long",
    "minimum": "too_small",
    "pattern": "not_of_the_form",
    "unique": "ref_twice",
    "refers": "unknown_ref",
}
"""The code of the finding that each rule of a field gives, where the field names no other under `findings`.

That of `required` is that of `required_when` too.
"""
ALLOWED = {
    "record": ("record", "title", "keyed_by", "new_rows", "become", "one_statement", "fields"),
    "workbook": ("kind", "title", "protected", "sheets", "words", "unlocked"),
    "sheet": (
        "name",
        "title",
        "lines",
        "record",
        "form",
        "items",
        "step",
        "in_view",
        "identity",
        "key",
        "spare",
        "chart",
        "filter",
        "answers",
        "columns",
    ),
    "chart": ("title", "label", "parts"),
    "column": ("field", "each", "heading", "width", "input"),
    "words": (
        *("status", "ready", "nothing", "contradicts", "not_ready", "needed_of", "on", "here"),
        *("complete", "not_needed", "rows", "rows_added", "step", "open", "replies", "no_replies"),
        *("needed", "paste", "lock", "lock_more", "mending", "lock_is", "by_ref"),
        *("mend_one", "mend_many", "mend_blanks", "mend_in_list", "mend_beside", "mend_about"),
    ),
    "mail": ("title", "names", "subject", "text"),
    "message": ("severity", "wrong", "do", "example", "holds", "told", "many", "chair", "waivable"),
    "names": ("titles", "posts", "words"),
    "kind of identifiers": ("title", "words", "unless", "unless_whole", "figures", "systems", "areas"),
    "kind of phrases": ("means", "prefilled", "phrases"),
    "rag rule": ("title", "default", "unit", "means"),
}
WORDS = {
    "type": ("string", "date", "integer"),
    "format": ("", "email", "emails", "ref", "refs"),
    "scope": ("standing", "round", "form", "derived"),
    "fill": ("officer", "chair", "executive", "tool"),
    "keyed_by": ("", "subgroup"),
    "each": ("lens",),
    "each item": ("status", "step", "question", "other"),
    "means": ("ask", "blank", "answer"),
    "severity": tuple(Severity),
    "told": ("", "screen", "officer"),
}


class ValueKind(NamedTuple):
    """What the value of a key has to be, in words, and whether one is that."""

    words: str
    fits: Callable[[Any], bool]


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return False
    return True


_YES = ValueKind("true or false", lambda value: isinstance(value, bool))
_NUMBER = ValueKind("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
_LIST = ValueKind("a list, as [A, B]", lambda value: isinstance(value, list))
VALUE_KINDS = {
    **dict.fromkeys(
        ("required", "unique", "input", "lens", "new_rows", "one_statement", "key", "identity", "filter"), _YES
    ),
    **dict.fromkeys(("holds", "placeholders", "protected", "prefilled", "waivable"), _YES),
    **dict.fromkeys(("maxLength", "minimum", "spare", "default", "width", "in_view"), _NUMBER),
    **dict.fromkeys(("fields", "sheets", "columns", "lines", "items"), _LIST),
    "enum": ValueKind(
        f"a list, as [A, B], or {EACH_LENS}", lambda value: isinstance(value, list) or value == EACH_LENS
    ),
    "pattern": ValueKind("a regular expression", _is_pattern),
    **dict.fromkeys(
        ("required_when", "required_unless"),
        ValueKind(
            "a field with a list, as {rag: [Red]}",
            lambda value: all(isinstance(words, list) for name, words in value.items() if name != "__line__"),
        ),
    ),
}
"""What the value of a key has to be, where it is no text, by the name of the key."""
