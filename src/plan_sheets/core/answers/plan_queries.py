"""Queries about plan.xlsx, which is read again: what is settled is not asked anew, and what is mended is closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.merge import Merged
from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery

VANISHED = "row_vanished"
ASKED_BY_MERGE = ("conflict", "emptied")
"""The codes of the queries that the merge asks: the next reading finds the same text there, and says nothing of it."""


def compare_with_asked(
    cells: Iterable[Cell], waiting: Iterable[OpenQuery], compared: Mapping[tuple[int, Key], str]
) -> Iterator[Cell]:
    """The cells; one that says something else than a query about it that waits is compared as that one was.

    `compared`: what each cell asked about was compared with, by the return of the query. So a change that was asked
    about can be undone or done otherwise.
    """
    asked = {
        cell.key: (cell.returned, compared.get((query.return_id, cell.key), ""))
        for query in waiting
        for cell in query.cells
        if query.code in ASKED_BY_MERGE
    }
    for cell in cells:
        returned, base = asked.get(cell.key, (cell.value, cell.base))
        yield cell if cell.value == returned else cell._replace(base=base)


def find_settled(
    findings: Iterable[Finding],
    cells: Mapping[Key, Cell],
    answered: Mapping[tuple[str, str], str],
    before: Mapping[Key, str],
    said: Collection[str],
) -> dict[Finding, str]:
    """The findings that ask what the officer has settled already, and what was chosen.

    `answered`: the word of the officer by code and sentence of the query. `before`: the texts that stood in the plan
    last read, and `said` the sentences about it: what was something else meanwhile is asked about anew.
    """
    settled = {}
    for finding in findings:
        choice = answered.get((finding.code, finding.message))
        cell = cells.get(finding.key) if finding.key else None
        same = before.get(cell.key) == cell.entered if cell else any(one.startswith(finding.message) for one in said)
        if choice and same and finding.severity is Severity.QUERY:
            settled[finding] = choice
    return settled


def find_mended(
    waiting: Iterable[OpenQuery], merged: Merged, findings: Iterable[Finding], gone: Collection[Key]
) -> Sequence[OpenQuery]:
    """The queries that plan.xlsx, as it was merged, asks no more. `gone`: the refs of the rows that are not in it."""
    asked = {(finding.code, finding.message) for finding in findings}
    return [query for query in waiting if not _is_asked(query, merged, asked, gone)]


def _is_asked(query: OpenQuery, merged: Merged, asked: Collection[tuple[str, str]], gone: Collection[Key]) -> bool:
    if query.code == VANISHED:
        return any(cell.key in gone for cell in query.cells)
    if query.code not in ASKED_BY_MERGE:
        return (query.code, query.message) in asked
    met = {met.cell.key: met for met in merged.cells}
    return any(
        cell.key not in met  # nothing is said of it: its row or column is gone, and that is asked by itself
        or (met[cell.key].cell.value == cell.returned != met[cell.key].head.value and not met[cell.key].cell.blocked)
        for cell in query.cells
    )
