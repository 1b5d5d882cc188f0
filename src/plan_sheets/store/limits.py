"""How much a file may ask of whoever reads it: every limit of the guard and the readers, in one place."""

from __future__ import annotations

# The file, and what it is a container of
MAX_HELD = 64_000_000
"""Bytes of a file on the disk that is looked into at all: a zip of a thousand workbooks has 25 million."""
MAX_FILE = 20_000_000
"""Bytes of a workbook as it came; a subgroup's has 25,000."""
MAX_DEPTH = 3
"""How far one container may lie within another: a zip in an e-mail that was forwarded in an e-mail."""
MAX_FILES = 500
"""Files taken out of one container."""
MAX_HEADER = 4_000
"""Characters of an e-mail's header that are looked at: the standard library takes a minute over a long one."""
MAX_MAIL_HERE = 500_000
"""Bytes of an e-mail that is looked into in this process."""

# A package and its parts
MAX_ENTRIES = 2_000
"""Parts in the package."""
MAX_PART = 32_000_000
"""Bytes of one part, inflated: half a million cells."""
MAX_INFLATED = 64_000_000
"""Bytes of all parts, inflated: they and what is made of them lie in memory together."""
MAX_HERE = 8_000_000
"""Bytes of all parts, inflated, that are looked at in this process: more are left to one with a limit on memory."""
MAX_SHARED = 1_000_000
"""The same where several processes look at files side by side; an ordinary return has a third of it."""
MAX_RATIO = 500
"""How many times larger a part (of more than MAX_SMALL_PART) may become when inflated; long empty tables reach 100."""
MAX_SMALL_PART = 2_000_000
"""Bytes of a part that is parsed as a tree: the list of sheets, relationships, properties."""
MAX_TREE = 5 * MAX_SMALL_PART
"""Bytes of a part of a workbook that was asked to be inspected: the styles, where many hands have formatted it."""

# Sheets and cells
MAX_SHEETS = 200
MAX_CELLS = 1_000_000
"""Cells that are written down in the file, empty ones as well."""
MAX_AREA = 2_000_000
"""Cells of the rectangles that hold all cells with content: the parser keeps every one of them."""
MAX_FILLED = 300_000
"""Cells with content that are kept: each takes some 300 bytes."""
MAX_SPREAD = 2_000_000
"""Cells with content, times formulas that fill several cells: each of one is looked for in each of the other."""
MAX_MATRICES = 100
"""Formulas of an ods that fill cells of one and the same row and several more."""
MAX_TEXT = 24_000_000
"""Bytes of all shared texts, each as often as a cell shows it: the parser makes each of them anew."""
MAX_MERGES = 10_000
MAX_REPEATS = 1_000
"""How many times a cell that says something is told where an ods says that it is repeated."""
MAX_PAINTED = 10_000
"""Painted cells of a sheet that are told; a RAG column has a few dozen."""
MAX_BESIDE = 200
"""Comments, text boxes and pictures that are told one by one."""
LONGEST_NAME = 100
"""Characters of a program's name that are kept."""

# The child process that reads what is large or odd
CHILD_MEMORY = 300_000_000
"""Bytes of address space for the child: with this process (about 170 MB) it stays below 512 MB."""
CHILD_SECONDS = 12
"""Seconds before it is given up; an ordinary file takes a tenth of one."""
MAX_TOLD = 24_000_000
"""Bytes that the child may tell: they are taken apart in this process, where they become several times as many."""
