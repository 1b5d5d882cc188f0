"""How much a file may ask of whoever reads it: every limit of the guard and the readers, in one place.

They are handed down as a parameter: who wants to see one at work lowers it, and needs no large file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of each; a field says what is counted, and how much an honest file has."""

    # The file, and what it is a container of
    held: int = 64_000_000
    """Bytes of a file on the disk that is looked into at all: a zip of a thousand workbooks has 25 million."""
    file: int = 20_000_000
    """Bytes of a workbook as it came; a subgroup's has 25,000."""
    depth: int = 3
    """How far one container may lie within another: a zip in an e-mail that was forwarded in an e-mail."""
    files: int = 500
    """Files taken out of one container."""
    header: int = 4_000
    """Characters of an e-mail's header that are looked at; an honest one has a tenth of it."""
    mail_here: int = 500_000
    """Bytes of an e-mail that is looked into in this process."""

    # A package and its parts
    entries: int = 2_000
    """Parts in the package."""
    part: int = 32_000_000
    """Bytes of one part, inflated: half a million cells."""
    inflated: int = 64_000_000
    """Bytes of all parts, inflated: they and what is made of them lie in memory together."""
    here: int = 8_000_000
    """Bytes of all parts, inflated, that are looked at in this process: more are left to one with a limit on memory."""
    shared: int = 1_000_000
    """The same where several processes look at files side by side; an ordinary return has a third of it."""
    ratio: int = 500
    """How many times larger a part may become inflated; long empty tables reach 100."""
    small_part: int = 2_000_000
    """Bytes of a part that is parsed as a tree: the list of sheets, relationships, properties."""
    tree: int = 5 * small_part
    """Bytes of a part of a workbook that was asked to be inspected: the styles, where many hands have formatted it."""

    # Sheets and cells
    sheets: int = 200
    cells: int = 1_000_000
    """Cells that are written down in the file, empty ones as well."""
    area: int = 2_000_000
    """Cells of the rectangles that hold all cells with content, the blank ones among them as well."""
    filled: int = 300_000
    """Cells with content that are kept: each takes some 300 bytes."""
    spread: int = 2_000_000
    """Cells with content, times formulas that fill several cells: each of one is looked for in each of the other."""
    matrices: int = 100
    """Formulas of an ods that fill cells of one and the same row and several more."""
    text: int = 24_000_000
    """Bytes of all shared texts, each as often as a cell shows it."""
    merges: int = 10_000
    repeats: int = 1_000
    """How many times a cell that says something is told where an ods says that it is repeated."""
    painted: int = 10_000
    """Painted cells of a sheet that are told; a RAG column has a few dozen."""
    beside: int = 200
    """Comments, text boxes and pictures that are told one by one."""
    longest_name: int = 100
    """Characters of a program's name that are kept."""

    # The child process that reads what is large or odd
    child_memory: int = 300_000_000
    """Bytes of address space for the child: with this process (about 170 MB) it stays below 512 MB."""
    child_seconds: float = 12
    """Seconds before it is given up; an ordinary file takes a tenth of one."""
    child_output: int = 24_000_000
    """Bytes that the child may tell: they are taken apart in this process, where they become several times as many."""


LIMITS = Limits()
"""The limits of every command."""
