"""Whether a cell that came back says what was sent out."""

from __future__ import annotations

import re
import unicodedata

from plan_sheets.core.book.layout import Blank, Content, Formula, as_text
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.found import CellKind, FoundCell
from plan_sheets.core.model.text import plain


def is_same_text(issued: str, found: str) -> bool:
    """Whether two texts differ at most in white space, in Unicode normal form, or in how a date is written."""
    if issued == found:  # nearly always
        return True
    issued_words, found_words = (unicodedata.normalize("NFC", text).split() for text in (issued, found))
    if issued_words == found_words:
        return True
    days = [PartialDate.from_words(" ".join(words)) for words in (issued_words, found_words)]
    return days[0] is not None and days[1] is not None and days[0].last == days[1].last


def is_as_issued(content: Content, cell: FoundCell) -> bool:
    """Whether a locked cell still has the content that was issued.

    Of a formula only the words are compared, because its figures may be recalculated. A cell that only says why it is
    blank holds no fact: it may come back blank.
    """
    if isinstance(content, Blank) and not cell.entered.strip():
        return True
    if not isinstance(content, Formula):
        return is_same_text(as_text(content), cell.text)
    if cell.kind in (CellKind.FORMULA, CellKind.ERROR) or not cell.text.strip():
        return True
    words, issued = (re.sub(r"\d+", "0", plain(text)) for text in (cell.text, as_text(content)))
    return words == issued
