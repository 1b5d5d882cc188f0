"""What the officer settles and confirms: queries, and what chairs propose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.queries import NewValue, OpenQuery, QueryCell

TAKEN_OUT = {"row_vanished": "Yes", "row_back": "No"}
"""Queries about a row of plan.xlsx, and what Take makes of `removed`."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement does: values to write, or a finding that says why it is not applied."""

    values: tuple[NewValue, ...] = ()
    finding: Finding | None = None


def settle(
    query: OpenQuery,
    choice: str,
    typed: str,
    messages: Messages,
    read: Callable[[Key, str], str | None],
    address: Address | None,
    *,
    fresh: bool,
) -> Settled:
    """Settle one query by the officer's word: Keep, Take or Type.

    `read` tidies a text for its field, None if it does not fit.

    A settlement made on a head that has changed since is not applied but asked again; `fresh` says that none has.
    """
    if choice == "Keep":
        return Settled()
    texts = [typed] if choice == "Type" else [cell.returned for cell in query.cells]
    values = [read(cell.key, text) for cell, text in zip(query.cells, texts, strict=False)]
    code = _why_not(query, choice, typed, fresh=fresh) or ("take_unreadable" if None in values else "")
    if code:
        key = Key("query", str(query.id), "choice")
        entered = typed if choice == "Type" and typed else choice
        return Settled(finding=messages.finding(code, address=address, key=key, entered=entered, ref=query.id))
    if query.code in TAKEN_OUT:
        removed = TAKEN_OUT[query.code]
        rows = [(Key(cell.key.record, cell.key.ref, "removed"), cell.round) for cell in query.cells]
        return Settled(tuple(NewValue(key, removed, "standing", round_code) for key, round_code in rows))
    pairs = zip(query.cells, values, strict=True)
    return Settled(tuple(NewValue(cell.key, value or "", cell.scope, cell.round) for cell, value in pairs))


def _why_not(query: OpenQuery, choice: str, typed: str, *, fresh: bool) -> str:
    """The code of what keeps a settlement from being applied; "" if nothing does."""
    if choice == "Type" and not typed:
        return "choice_without_text"
    if choice == "Type" and len(query.cells) > 1:
        return "type_for_many"
    if not query.cells:
        return "nothing_to_take"
    return "" if fresh else "settled_meanwhile"


def is_fresh(query: OpenQuery, history: History, shown: str, title_of: Callable[[str, str], str]) -> bool:
    """Whether what stands is what the officer saw: as the query was asked, or as the workbook showed it (`shown`)."""
    heads = [history.head(cell.key, cell.scope, cell.round).value for cell in query.cells]
    return heads == [cell.head for cell in query.cells] or together(query.cells, heads, title_of) == shown


def together(cells: Sequence[QueryCell], texts: Sequence[str], title_of: Callable[[str, str], str]) -> str:
    """The texts of a query's cells as the officer reads them: each with its field, where there are several."""
    if len(cells) == 1:
        return texts[0] or "(blank)"
    return "\n".join(
        f"{cell.key.ref} {title_of(cell.key.record, cell.key.field)}: {text or '(blank)'}"
        for cell, text in zip(cells, texts, strict=True)
    )
