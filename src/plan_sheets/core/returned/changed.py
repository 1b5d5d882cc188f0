"""Where a workbook that nobody was asked to send back has been changed since it was made."""

from __future__ import annotations

from plan_sheets.core.book.document import Document
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.keys import Address
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.returned.compare import is_same_text
from plan_sheets.core.returned.locate import Locator


def find_changed_places(document: Document, workbook: FoundWorkbook, messages: Messages) -> list[Address]:
    """The places at which a workbook does not say what its document went out with, in the order of its sheets.

    A program that only saved it again changes none: dates may be written otherwise, and columns may be elsewhere.
    """
    located = Locator(document, workbook, messages, lambda _key: "").locate()
    places = {cell.address for cell in located.typed if not is_same_text(cell.base, cell.cell.entered)}
    places |= {finding.address for finding in located.findings if finding.address and finding.code != "sheet_renamed"}
    order = [sheet.name for sheet in workbook.sheets]
    return sorted(places, key=lambda place: (order.index(place.sheet) if place.sheet in order else -1, place.place))
