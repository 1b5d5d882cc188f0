"""Every limit of the guard and the readers: the most that a file may need.

They are passed as a parameter, so that a test can lower one and needs no large file. They are for strangers: what went
out larger than that comes home by limits that grow with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read of each; the text of a field says what is counted, and what an ordinary file has."""

    # The file, and the files in it
    held: int = 64_000_000
    """Bytes of a file on the disk that is read at all; a zip of a thousand workbooks has 25 million."""
    file: int = 20_000_000
    """Bytes of a workbook as it came; a subgroup's has 25,000."""
    depth: int = 3
    """How many containers may lie in one another: a zip in an e-mail that was forwarded in an e-mail has 3."""
    files: int = 500
    """Files taken out of a container."""
    header: int = 4_000
    """Characters of a header of an e-mail; an ordinary one has a tenth of that."""
    mail_here: int = 500_000
    """Bytes of an e-mail that is read in this process; a larger one is read by a child process."""
    mail_text: int = 20_000_000
    """Bytes of a text in an e-mail: ten megabytes of HTML are read in four seconds."""

    # A package and its parts
    entries: int = 2_000
    """Parts in the package."""
    part: int = 32_000_000
    """Bytes of one part, inflated: half a million cells."""
    inflated: int = 64_000_000
    """Bytes of all parts, inflated: they are in memory together with the workbook that is read from them."""
    here: int = 8_000_000
    """Bytes of all parts, inflated, that are read in this process; more are read by a child process."""
    shared: int = 1_000_000
    """The same while several processes read files side by side; an ordinary return has a third of that."""
    ratio: int = 500
    """How many times larger a part may become when it is inflated; long empty tables reach 100."""
    small_part: int = 2_000_000
    """Bytes of a part that is parsed as a tree: the list of sheets, relationships, properties."""
    tree: int = 5 * small_part
    """Bytes of a part of a workbook that is inspected: many people may have formatted it."""

    # Sheets and cells
    sheets: int = 200
    cells: int = 1_000_000
    """Cells in the file, with the empty ones."""
    area: int = 2_000_000
    """Cells of the smallest rectangles around all cells with content."""
    filled: int = 300_000
    """Cells with content that are kept: each takes some 300 bytes."""
    spread: int = 2_000_000
    """Cells with content times formulas that fill several cells: every cell is compared with every formula."""
    matrices: int = 100
    """Formulas of an ods that fill several rows and reach into the same row."""
    text: int = 24_000_000
    """Bytes of all shared texts, each counted once for every cell that shows it."""
    merges: int = 10_000
    repeats: int = 1_000
    """How often a blank painted cell that an ods repeats is kept, in each direction."""
    painted: int = 10_000
    """Painted cells of a sheet that are kept; a RAG column has a few dozen."""
    beside: int = 200
    """Comments, text boxes, pictures and links that are reported one by one."""
    longest_name: int = 100
    """Characters of a program's name that are kept."""

    # The child process that reads large or unusual files
    child_memory: int = 300_000_000
    """Bytes of address space for the child: with this process (about 170 MB) it stays below 512 MB."""
    child_seconds: float = 12
    """Seconds of CPU time after which the child is stopped; an ordinary file takes a tenth of a second."""
    child_output: int = 24_000_000
    """Bytes that the child may return: they take several times as much memory when this process has parsed them."""

    def grow(self, times: float) -> Limits:
        """The limits of a file that may be so many times as large; these themselves where that is none, or less."""
        return replace(self, **{name: ceil(getattr(self, name) * times) for name in _OF_SIZE}) if times > 1 else self


_OF_SIZE = (
    *("file", "part", "inflated", "cells", "area", "filled", "text", "spread", "merges"),
    *("child_memory", "child_seconds", "child_output"),
)
"""The limits that are about how large a file is; the others are about how it is made."""
OF_SIZE = frozenset(
    {
        *("file_too_large", "file_inflates", "file_too_many_cells", "file_cells_far_apart", "file_too_full"),
        *("file_false_counts", "file_too_many_merges", "file_ends_reader"),
    }
)
"""The codes of the refusals by these limits."""
LIMITS = Limits()
"""The limits of every command."""
OURS = replace(LIMITS.grow(1_000), ratio=1_000_000)
"""What was made here just now, or is looked at by its directory alone: no size of it does any harm."""
OF_OFFICER = LIMITS.grow(4)
"""What the officer keeps or chooses: a plan.xlsx of a hundred thousand actions."""
