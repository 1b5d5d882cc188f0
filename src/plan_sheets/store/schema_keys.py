"""The keys that the files of `schemas/` may have, and the words that may stand behind them."""

from __future__ import annotations

from plan_sheets.core.model.findings import Severity

ANY_WORD = "*"
EACH_LENS = "each lens"
"""Choices of a field that are the names of all considerations."""
FIELD_KEYS = (
    *("name", "title", "type", "format", "scope", "fill", "width", "constraints", "required_when", "refers"),
    "required_unless",
    *("placeholders", "phrases", "findings", "prompt", "lens"),
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
    "workbook": ("kind", "title", "protected", "sheets"),
    "sheet": (
        "name",
        "title",
        "lines",
        "record",
        "form",
        "items",
        "links",
        "missing",
        "identity",
        "key",
        "spare",
        "chart",
        "columns",
    ),
    "chart": ("title", "label", "parts"),
    "column": ("field", "each", "heading", "width", "input"),
    "message": ("severity", "wrong", "do", "example", "holds", "told", "many"),
    "names": ("titles", "posts", "words"),
    "kind of identifiers": ("title", "words", "unless", "systems", "areas"),
    "kind of phrases": ("means", "prefilled", "phrases"),
    "rag rule": ("title", "default", "unit", "means"),
}
WORDS = {
    "type": ("string", "date", "integer"),
    "format": ("", "email", "ref", "refs"),
    "scope": ("standing", "round", "form", "derived"),
    "fill": ("officer", "chair", "executive", "tool"),
    "keyed_by": ("", "subgroup"),
    "each": ("lens",),
    "means": ("ask", "blank", "answer"),
    "severity": tuple(Severity),
    "told": ("", "screen", "officer"),
}
