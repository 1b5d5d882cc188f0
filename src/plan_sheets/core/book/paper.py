"""What a paper for an agenda pack is before it is a file: headings, paragraphs and tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plan_sheets.core.model.text import cut

RAG = "RAG"
"""The heading of a column that holds status words."""
LONGEST = 600
"""The longest text of a cell, and of what somebody typed in a paragraph (characters)."""
CUT = " (shortened)"


def fitting(text: str, longest: int = LONGEST) -> str:
    """The whole text as it was typed if it fits; else its beginning, and that it is shortened."""
    return text if len(text) <= longest else cut(text, longest - len(CUT) - 1, CUT)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; `lead` is how it begins, in bold."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One heading row, and rows of as many texts. `about` says in words what the table holds, for who cannot see it."""

    about: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    """Of the columns, in parts of their sum."""
    rows: tuple[tuple[str, ...], ...]


Part = Heading | Paragraph | PaperTable


@dataclass(frozen=True, slots=True)
class BoardPaper:
    """A whole paper. The same plan and round make the same paper."""

    title: str
    marking: str
    """Protective marking; "" is none."""
    created: datetime
    parts: tuple[Part, ...]
    author: str = ""
    """Who answers for it; "" is not said."""
