"""The cells of an xlsb that its parser does not read: whether a sheet has any, for then it is refused."""

from __future__ import annotations

from collections.abc import Iterator

_PASSED_OVER = frozenset((*range(12, 19), 62))
"""Cells that stand right of the one before and do not say so (BrtShortBlank to BrtShortIsst), as SheetJS writes them;
and a text in several formats in the cell itself (BrtCellRString). MS-XLSB 2.3.1."""
_SIZE_BYTES = 4
"""The most bytes that tell how long a record is; each holds seven bits, and the last has no eighth."""


def passes_over(sheet: bytes) -> bool:
    """Whether the sheet of this part holds cells that the parser passes over. What is cut short is left to that."""
    return any(kind in _PASSED_OVER for kind in _kinds(sheet))


def _kinds(part: bytes) -> Iterator[int]:
    """The number of each record: two bytes where the first has its eighth bit set."""
    at, end = 0, len(part) - 1
    while at < end:
        kind, at = part[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | part[at] << 7, at + 1
        yield kind
        size = 0
        for place, byte in enumerate(part[at : at + _SIZE_BYTES]):
            size, at = size | (byte & 0x7F) << 7 * place, at + 1
            if not byte & 0x80:
                break
        at += size
