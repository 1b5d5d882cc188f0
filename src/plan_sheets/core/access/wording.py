"""What each rule of accessibility asks, where it comes from, and what to do about a workbook that breaks it.

The guidance of the UK government's Analysis Function is for statistics that are published; the Web Content
Accessibility Guidelines (WCAG) are for the web, and named as we apply them to cells. Of cells that people fill in and
pages that they print these two say little: a rule that is this project's own, or made narrower by it, says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SPREADSHEETS = "Releasing statistics in spreadsheets (UK government Analysis Function)"
WCAG = "WCAG 2.2"
OURS = "plan-sheets' own rule"


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence each, but `source`, which names guidance, criterion or ourselves."""

    asks: str
    source: str
    do: str


WORDING: Mapping[str, Wording] = {
    "title of the file": Wording(
        "The file has a title among its properties.",
        f"{WCAG}, 2.4.2 Page Titled",
        "In Excel: File, Info, Title.",
    ),
    "language": Wording(
        "The file says that its language is British English.",
        f"{WCAG}, 3.1.1 Language of Page; that it is en-GB: {OURS}",
        "Set the language among the file's properties: Excel has no place for it, LibreOffice has.",
    ),
    "opens at the beginning": Wording(
        "The file opens on its first sheet, at cell A1.",
        SPREADSHEETS,
        "Go to A1 on each sheet and to the first sheet last, and save.",
    ),
    "sheet names": Wording(
        "Each sheet has a name of its own that tells what it holds.",
        f"{SPREADSHEETS}; {WCAG}, 2.4.6 Headings and Labels",
        "Give the sheet a telling name.",
    ),
    "words for pictures": Wording(
        "Each chart, image and shape has alternative text, or is marked as decoration.",
        f"{WCAG}, 1.1.1 Non-text Content",
        "Select it, and say under Alt Text what it shows.",
    ),
    "frozen panes": Wording(
        "How to undo frozen panes is said in A2 of the sheet, or once in that of the first or second sheet.",
        f"{SPREADSHEETS}; where and in which words: {OURS}",
        "Name View, Freeze Panes in A2; or unfreeze them.",
    ),
    "nothing hidden": Wording(
        "No sheet, row or column is hidden.",
        SPREADSHEETS,
        "Show it, or delete it.",
    ),
    "title in A1": Wording(
        "A1 holds the sheet's title, in the cell style Heading 1.",
        f"{SPREADSHEETS}; {WCAG}, 2.4.6 Headings and Labels",
        "Write the title in A1, and choose Heading 1 under Cell Styles.",
    ),
    "A2 says what": Wording(
        "A2 says what the sheet holds, and how to undo a filter.",
        f"{SPREADSHEETS}; where and in which words: {OURS}",
        "Say it in A2; name the filter, where there is one.",
    ),
    "one table": Wording(
        "A sheet holds one table, with a telling name, from column A in row 4 or lower.",
        f"{SPREADSHEETS}; row 4: {OURS}",
        "Give each table a sheet of its own, and a name under Table Design.",
    ),
    "all in the table": Wording(
        "What is not a line under the title stands in a named table; nothing stands below or beside it.",
        f"{SPREADSHEETS}; {WCAG}, 1.3.1 Info and Relationships",
        "Mark the data up with Insert, Table; move notes above it or to a sheet of their own.",
    ),
    "headings": Wording(
        "Each column of a table has a heading, and no two have the same.",
        f"{SPREADSHEETS}; {WCAG}, 1.3.1 Info and Relationships",
        "Write a heading for each column in the table's first row.",
    ),
    "no merged cells": Wording(
        "No cells are merged.",
        SPREADSHEETS,
        "Unmerge them, and write the text in each row that it is about.",
    ),
    "no blank rows": Wording(
        "No row of a table is blank, but for cells to fill in.",
        SPREADSHEETS,
        "Delete the row, or make the table end above it; for space, make rows higher.",
    ),
    "blanks say why": Wording(
        "A locked cell of a table that has nothing to say says why.",
        SPREADSHEETS,
        "Write the reason in the cell; or, if all have the same, say it in a line above the table.",
    ),
    "fonts": Wording(
        "Text has no serifs, no italics, and 10 points or more.",
        f"{SPREADSHEETS}; that 10 points are enough, and which fonts we know: {OURS}",
        "Use Arial or Calibri, upright, in 10 points or more.",
    ),
    "text wraps": Wording(
        "Text in a table wraps, and a number fits its column.",
        f"{SPREADSHEETS}; numbers: {OURS}",
        "Choose Wrap Text, or make the column wider.",
    ),
    "nothing clipped": Wording(
        "A row is as high as the text in its locked cells needs.",
        f"{OURS}, after {WCAG}, 1.4.4 Resize Text",
        "Make the row higher or the column wider, or put part of the text elsewhere.",
    ),
    "words with colour": Wording(
        "What a colour, bar or icon says stands in words, too.",
        f"{WCAG}, 1.4.1 Use of Color",
        "Write the word in the cell.",
    ),
    "contrast": Wording(
        "Text and what lies behind it stand apart by 4.5 to 1 or more.",
        f"{WCAG}, 1.4.3 Contrast (Minimum)",
        "Make the text darker or lighter; black on white always does.",
    ),
    "links in words": Wording(
        "The words of a link tell where it leads.",
        f"{WCAG}, 2.4.4 Link Purpose (In Context)",
        "Write in the cell what is to be found there, not the address.",
    ),
    "prompts": Wording(
        "A cell to fill in has a prompt that says what belongs there.",
        f"{WCAG}, 3.3.2 Labels or Instructions; that it is a prompt, and for unlocked cells: {OURS}",
        "Write it under Data, Data Validation, Input Message; or lock the cell, if nobody is to fill it in.",
    ),
    "lists enforce": Wording(
        "A drop-down list takes nothing that is not in it.",
        f"{OURS}, after {WCAG}, 3.3.1 Error Identification",
        "Choose Stop under Data, Data Validation, Error Alert.",
    ),
    "locked cells can be selected": Wording(
        "Locked cells can be selected, so that a screen reader can read them.",
        f"{OURS}, after {WCAG}, 2.1.1 Keyboard",
        "Protect the sheet with Select locked cells allowed.",
    ),
    "print": Wording(
        "A sheet is printed landscape, one page wide, on paper that keeps 8 points, its headings on every page.",
        OURS,
        "Set it under Page Layout.",
    ),
    "header repeats A2": Wording(
        "What a print header says stands in A2, too: no screen reader reads headers.",
        SPREADSHEETS,
        "Say it in A2 as well, or take it out of the header.",
    ),
}
"""By the name of the rule."""
