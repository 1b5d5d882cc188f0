"""The RAG that the officer gives an action in a round instead of the one worked out, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator

from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.rules.rag import Override

OVERRIDE = ("override_rag", "override_by", "override_reason", "override_date")
"""The fields of an override."""
_NEEDED = {"override_by": "name", "override_reason": "reason"}
"""Without which it does not hold, for it is printed with both."""


def find_override(history: History, ref: str, code: str) -> Override | None:
    """The override of an action in a round (its code); None where there is none, or where it does not hold."""
    rag, by, reason, on = (history.of_round("action", ref, name, code) for name in OVERRIDE)
    if not (rag and by and reason):
        return None
    return Override(Status(rag), by, reason, on or "a date not given")


def explain_no_effect(history: History, ref: str, code: str) -> str:
    """Why an override that was begun in a round (its code) does not hold, in a sentence; "" of any other."""
    rag = history.of_round("action", ref, "override_rag", code)
    missing = [word for name, word in _NEEDED.items() if not history.of_round("action", ref, name, code)]
    if not rag or not missing:
        return ""
    return f"The override of {ref} by {rag} does not hold: it has no {' and no '.join(missing)}."


def list_without_effect(history: History, code: str) -> Iterator[str]:
    """A sentence for each override of a round (its code) that does not hold, by ref."""
    refs = {key.ref for key in history.by_key if (key.record, key.field) == ("action", "override_rag")}
    yield from filter(None, (explain_no_effect(history, ref, code) for ref in sorted(refs, key=ref_order)))
