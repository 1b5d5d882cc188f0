"""Who reported in the round, and who stated that what stands there is accurate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Blank
from plan_sheets.core.rating.escalate import SubgroupFacts
from plan_sheets.core.rating.snapshot import Snapshot

SIGNED = {"Yes": "Signed", "No": "Not agreed", "": "Not signed"}
"""What the answer to the statement of accuracy means."""
NO_RETURN, NOT_ASKED = "No return", "Nothing to report"
"""Where there is no return: one is wanted; or all actions are finished."""
NO_SECOND_NAME = Blank("Not asked for")


def return_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """A row for each subgroup that was issued a workbook in the round."""
    asks = snapshot.history.text("plan", "", "second_name", snapshot.code) == "Yes"
    for group in snapshot.subgroups:
        form = snapshot.forms.get(group.code, {})
        contents = {
            "what": group.name,
            "completed_by": ", ".join(filter(None, [form.get("completed_by", ""), form.get("role", "")])),
            "statement": _describe(group, form),
            "signed_on": form.get("date_completed", ""),
            "waived": "\n".join(snapshot.waived.get(group.code, ())),
            "second_name": form.get("second_name", "") or ("" if asks else NO_SECOND_NAME),
        }
        yield RowFacts(group.code, contents)


def return_lines(snapshot: Snapshot) -> Iterator[str]:
    """How many signed, and how many did not."""
    counts = Counter(_describe(group, snapshot.forms.get(group.code, {})) for group in snapshot.subgroups)
    words = (*SIGNED.values(), NO_RETURN, NOT_ASKED)
    told = ", ".join(f"{word.lower()} {counts[word]}" for word in words if counts[word])
    yield f"Of {len(snapshot.subgroups)}: {told}." if told else "No workbook has been issued yet."


def _describe(group: SubgroupFacts, form: Mapping[str, str]) -> str:
    """Whether the chair of a subgroup signed; why not, where no return came."""
    if group.missed:
        return NOT_ASKED if group.finished else NO_RETURN
    return SIGNED[form.get("agreed", "")]
