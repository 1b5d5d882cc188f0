"""What stands around the cells of a file: its name, its mail, its properties and the names of its sheets, screened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.text import MASK
from plan_sheets.core.screening.encoded import list_encoded
from plan_sheets.core.screening.headings import is_bare
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.core.screening.screen import Screen


def find_kind(screen: Screen, *texts: str, heading: str = "") -> IdentifierKind | None:
    """The kind of the first identifier in any of these texts; None if there is none. A postcode is none here.

    `heading`: the words over them.
    """
    found = (one.kind for text in texts for one in screen.find(text, heading) if not one.kind.is_asked_about)
    return next(found, None)


def check_reason(screen: Screen, reason: str) -> str:
    """Why the officer does something, as it is recorded. Raises PlanSheetsError if it says nothing, or names a case."""
    if not reason.strip():
        raise PlanSheetsError("There is no reason.", "Say why with --reason; it is recorded. Nothing was changed.")
    return check_kept(screen, "The reason", reason).strip()


def check_kept(screen: Screen, what: str, text: str) -> str:
    """A text of the officer's that will be kept, `what` it is told of as. Raises PlanSheetsError if it names a case."""
    if kind := find_kind(screen, text):
        raise PlanSheetsError(
            f"{what} holds what looks like {screen.kinds[kind].title}.",
            "It would be kept: say it without. Nothing was changed.",
        )
    return text


def without_identifiers(screen: Screen, text: str) -> str:
    """A text that quotes others, with a mask in place of each identifier in it."""
    for one in reversed(screen.find(text)):
        if not one.kind.is_asked_about:
            text = f"{text[: one.start]}{MASK}{text[one.end :]}"
    return text


def mask_mail(screen: Screen, mail: Mail) -> tuple[Mail, IdentifierKind | None]:
    """The mail, and that it was attached to, without its texts if any holds an identifier; and of which kind.

    Who sent it still stands there, unless the identifier is in that. A file that was pasted into its text as letters is
    masked.
    """
    outer, kind = mask_mail(screen, mail.attached_to) if mail.attached_to else (None, None)
    noted = [text for note in mail.notes for text in note.details.values()]
    sent_by = MASK if find_kind(screen, mail.sent_by) else mail.sent_by
    typed = _QUOTED.sub("", f"{mail.subject}\n{mail.body}")
    mine = find_kind(screen, typed, mail.body, mail.sent_by, *noted) or _find_under(screen, mail.subject, typed)
    if mine is None:
        return replace(mail, body=_without_files(mail.body), attached_to=outer), kind
    return replace(mail, sent_by=sent_by, subject=MASK, body=MASK, notes=(), attached_to=outer), mine


def _find_under(screen: Screen, subject: str, typed: str) -> IdentifierKind | None:
    """The kind of a bare number in the first lines of a mail, if its subject says what that is."""
    if not screen.headings.is_label(subject):
        return None
    return find_kind(screen, *filter(is_bare, typed.splitlines()[1:_FIRST_LINES]), heading=subject)


_FIRST_LINES = 20
_QUOTED = re.compile(r"^(?:[ \t]{0,3}[>|]){1,9}[ \t]?", re.MULTILINE)
"""What stands before a line of an earlier mail."""


def _without_files(text: str) -> str:
    """The text without the files that stand in it as letters: nobody can say what is in them."""
    for encoded in [*list_encoded(text)][::-1]:
        if encoded.text is None:
            text = f"{text[: encoded.start]}{MASK}{text[encoded.end :]}"
    return text


def mask_around(screen: Screen, workbook: FoundWorkbook) -> tuple[FoundWorkbook, list[tuple[str, IdentifierKind]]]:
    """The workbook without properties and names of sheets that hold an identifier; where each stood, and its kind."""
    found: list[tuple[str, IdentifierKind]] = []
    properties, saved_by = {}, workbook.saved_by
    if kind := find_kind(screen, saved_by):
        found.append(("A property of the file", kind))
        saved_by = MASK
    for name, text in workbook.properties.items():
        if kind := find_kind(screen, f"{name}: {text}"):
            found.append(("A property of the file", kind))
        else:
            properties[name] = text
    sheets = []
    for number, sheet in enumerate(workbook.sheets, start=1):
        if kind := find_kind(screen, sheet.name):
            found.append((f"The name of sheet {number}", kind))
            sheet = replace(sheet, name=f"{MASK} {number}")  # noqa: PLW2901 - the sheet as it is kept
        sheets.append(sheet)
    gone = {sheet.name for sheet in workbook.sheets} - {sheet.name for sheet in sheets}
    remarks = tuple(remark for remark in workbook.remarks if remark.sheet not in gone)
    return replace(workbook, properties=properties, sheets=tuple(sheets), saved_by=saved_by, remarks=remarks), found


def mask_details(
    screen: Screen, details: Mapping[str, str], heading: str = ""
) -> tuple[dict[str, str], IdentifierKind | None]:
    """What a remark quotes of a file, without what holds an identifier; and of which kind. `heading`: words over it.

    The number of a row is quoted as its cell in column A.
    """
    kinds = {name: find_kind(screen, text, text.removeprefix("A"), heading=heading) for name, text in details.items()}
    masked = {name: MASK if kinds[name] else text for name, text in details.items()}
    return masked, next(filter(None, kinds.values()), None)
