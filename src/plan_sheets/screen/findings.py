"""Findings in lines of the screen and in JSON: what is wrong with one row stands together, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.core.model.findings import Finding, Outcome, Severity
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.core.model.text import shorten
from plan_sheets.screen.lines import count_of, join_counts, say, say_remark
from plan_sheets.store.schemas import load_messages

CELLS_TOLD = 3
"""How many cells are named where many findings have one code; `--notes` prints all of them."""
REFS_TOLD = 20
"""How many refs are named where such findings are about rows, not about what was typed."""
_CONFLICTS = ("conflict", "two_returns", "statement_differs")
"""The codes of the queries that conflicts make."""


def describe_finding(finding: Finding) -> dict[str, str | None]:
    """A finding as it stands in JSON; a finding about the whole file has no sheet and cell."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "sheet": finding.address.sheet if finding.address else None,
        "cell": finding.address.cell if finding.address else None,
        "ref": finding.key.ref if finding.key else None,
        "field": finding.key.field if finding.key else None,
        "entered": finding.entered,
        "message": finding.message,
    }


def print_findings(findings: Iterable[Finding], *, notes: bool) -> None:
    """Print the findings row by row, the row with the gravest first: one line each.

    Findings of a code that has a text for many are one line. Without `notes` a note is left out unless its message says
    whom to tell. With `notes` each finding has its own line.
    """
    for lines in _group(findings, notes=notes):
        for several in lines:
            _print_line(several)


_Line = list[Finding]
"""The findings that one line tells of."""


def _group(findings: Iterable[Finding], *, notes: bool) -> list[list[_Line]]:
    """The lines of each row, and what is about no row or about many: the worst first, else by ref."""
    known, lines, groups = load_messages().by_code, dict[object, _Line](), dict[object, list[_Line]]()
    for number, finding in enumerate(findings):
        if notes or finding.severity is not Severity.NOTE or known[finding.code].told:
            lines.setdefault(finding.code if known[finding.code].many and not notes else number, []).append(finding)
    for number, several in enumerate(lines.values()):
        row = _name_row(several[0]) if len(several) == 1 else ""
        groups.setdefault(row or number, []).append(several)
    groups = {row: sorted(group, key=_rank) for row, group in groups.items()}
    return [groups[row] for row in sorted(groups, key=lambda row: _order(row, groups[row]))]


def _rank(several: _Line) -> tuple[int, bool, tuple[str, int, int]]:
    """The lower, the graver; a query before the conflicts that it is about, else as they stand in the workbook."""
    finding = several[0]
    place = (finding.address.sheet, *finding.address.place) if finding.address else ("", 0, 0)
    return [*Severity].index(finding.severity), finding.code == Outcome.CONFLICT, place


def _order(row: object, lines: Sequence[_Line]) -> tuple[int, bool, tuple[str | int, ...]]:
    """Where the lines of a row stand among those of others: by the gravest of them, else by its ref."""
    gravest, is_conflict, _ = _rank(lines[0])
    return gravest, is_conflict, ref_order(row) if isinstance(row, str) else ()


def _name_row(finding: Finding) -> str:
    """The ref of the row that a finding is about; "" if it is about none, or about an item of a form."""
    return finding.key.ref if finding.key and finding.key.record not in ("form", "query", "proposal") else ""


def _print_line(several: _Line) -> None:
    """Print one finding, or all of a code."""
    finding, text = several[0], several[0].message
    if len(several) > 1:
        many = load_messages().by_code[finding.code].many
        text = f"{many.format(count=len(several))}: {_describe_places(several)}."
    elif place := " ".join(filter(None, (_name_row(finding), str(finding.address or "")))):
        text = f"{place}: {text}"
    keep = [str(finding.address)] if finding.address else []
    label = Outcome.CONFLICT if finding.code == Outcome.CONFLICT else finding.severity
    say_remark(label, text, keep=keep)


def _describe_places(findings: Sequence[Finding]) -> str:
    """The first few cells, each with what was typed and how it was read; or the refs, where nothing was typed."""
    refs = [finding.key.ref for finding in findings if finding.key and not finding.entered]
    most = REFS_TOLD if refs else CELLS_TOLD
    places = refs or [
        f"{finding.address} '{shorten(finding.entered or '', 40)}'"
        + (f" as {finding.reading}" if finding.reading else "")
        for finding in findings[:most]
    ]
    more = f", and {len(findings) - most} more" if len(findings) > most else ""
    return ", ".join(places[:most]) + more


def count_findings(receipt: Receipt, *, notes: bool) -> Iterator[str]:
    """`2 errors`, `3 conflicts in 1 query`, `1 warning`: as many as there are lines, or as these say."""
    findings, conflicts = receipt.findings, receipt.conflicts
    labels = [several[0].severity for group in _group(findings, notes=notes) for several in group]
    others = sum(finding.severity is Severity.QUERY and finding.code not in _CONFLICTS for finding in findings)
    yield from join_counts([(labels.count(Severity.ERROR), "error", "")])
    if conflicts:
        yield f"{count_of(conflicts, 'conflict')} in {count_of(max(receipt.queries - others, 0), 'query', 'queries')}"
    yield from join_counts(
        [
            (others, "other query" if conflicts else "query", "other queries" if conflicts else "queries"),
            (labels.count(Severity.MASKED), "masked", "masked"),
            (labels.count(Severity.WARNING), "warning", ""),
        ]
    )


def print_notes_left_out(findings: Iterable[Finding], *, notes: bool) -> None:
    """Print how many notes were left out, and how to read them."""
    known = load_messages().by_code
    many = sum(finding.severity is Severity.NOTE and not known[finding.code].told for finding in findings)
    if many and not notes:
        say(f"{count_of(many, 'more note')} of what was tidied: --notes tells each.")
