"""Lines of the screen and of JSON, and findings in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

import click

from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.printable import in_json, on_screen
from plan_sheets.core.model.text import shorten
from plan_sheets.store.schemas import load_messages


def say(line: str, *, err: bool = False) -> None:
    r"""Print one line, on standard output or (`err`) standard error: every line is printed by this function.

    Control characters are taken out: file names and typed texts may hold some, and a terminal would obey them. A letter
    that the encoding does not have (a Welsh name where Windows writes into a file) is written as its code: `\u0175`.
    """
    code = _find_encoding(err=err)
    click.echo(on_screen(line).encode(code, "backslashreplace").decode(code), err=err)


def _find_encoding(*, err: bool = False) -> str:
    return getattr(sys.stderr if err else sys.stdout, "encoding", None) or "utf-8"


def print_json(data: object) -> None:
    """Print one document of JSON; where the encoding has not all letters, in ASCII alone."""
    only_ascii = not _find_encoding().lower().startswith("utf")
    click.echo(in_json(json.dumps(data, ensure_ascii=only_ascii, indent=2, default=str)))


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


def count_of(count: int, singular: str, several: str = "") -> str:
    """`1 query`, `2 queries`. `several`: the plural; "" if it is the singular with an s."""
    return f"{count} {singular if count == 1 else several or f'{singular}s'}"


CELLS_TOLD = 3
"""How many cells are named where many findings have one code; `--notes` prints all of them."""
REFS_TOLD = 20
"""How many refs are named where such findings are about rows, not about what was typed."""


def print_findings(findings: Iterable[Finding], *, notes: bool) -> None:
    """Print the findings, the gravest first: one line for all findings of a code that has a text for many.

    Without `notes` a note is left out unless its message says whom to tell. With `notes` each finding has its own line.
    """
    order, known = list(Severity), load_messages().by_code
    kinds: dict[object, list[Finding]] = {}
    for number, finding in enumerate(sorted(findings, key=lambda finding: order.index(finding.severity))):
        if notes or finding.severity is not Severity.NOTE or known[finding.code].told:
            kinds.setdefault(finding.code if known[finding.code].many and not notes else number, []).append(finding)
    for several in kinds.values():
        finding, text = several[0], several[0].message
        if len(several) > 1:
            text = f"{known[finding.code].many.format(count=len(several))}: {_describe_places(several)}."
        elif finding.address:
            text = f"{finding.address}: {text}"
        say(f"    {finding.severity:<8} {text}")


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


def print_notes_left_out(findings: Iterable[Finding], *, notes: bool) -> None:
    """Print how many notes were left out, and how to read them."""
    known = load_messages().by_code
    many = sum(finding.severity is Severity.NOTE and not known[finding.code].told for finding in findings)
    if many and not notes:
        say(f"{count_of(many, 'more note')} of what was tidied: --notes tells each.")
