"""Identifiers of a case in tables: of a mail, of a text attached to it, of a sheet that was added; kept nowhere."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from openpyxl.workbook import Workbook
from tests.chairs import RECEIVED_ON, Plan, codes, edit, said, type_in
from tests.rounds.test_masked import texts_of

from plan_sheets import make_master, office

NUMBER = "8361947"
ROWS = [["Name", "Mosaic ID", "Worker"], ["AB", "not known", "CD"], ["EF", NUMBER, "GH"]]
HTML = "".join(f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in ROWS)


def holding(plan: Plan) -> list[str]:
    """The files of the plan folder in which the number stands."""
    return [path.name for path in plan.path.rglob("*") if path.is_file() and NUMBER.encode() in texts_of(path)]


def mail_about(part: str) -> EmailMessage:
    """A mail whose text, or whose attached text, is the table."""
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "Chair <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100", "Return"
    mail.set_content("Here it is." if part == "attached" else "\n".join("   ".join(row) for row in ROWS))
    if part == "html":
        mail.set_content(f"<p>Hello</p><table>{HTML}</table>", subtype="html")
    if part == "attached":
        mail.add_attachment("\n".join("\t".join(row) for row in ROWS), filename="list.txt")
    return mail


@pytest.mark.parametrize("part", ["html", "plain", "attached"])
def test_a_mail_with_a_table_is_masked_and_its_workbook_goes_in(round_one: Plan, part: str) -> None:
    path = round_one.filled("da", said())
    mail = mail_about(part)
    if part != "attached":
        mail.make_mixed()
    mail.add_attachment(path.read_bytes(), "application", "octet-stream", filename="return.xlsx")
    path.unlink()
    sent = round_one.inbox / "m.eml"
    sent.write_bytes(mail.as_bytes())
    (receipt,) = round_one.receive(sent)
    assert "case_identifier_beside" in codes(receipt)
    assert round_one.said("J1a.1", "rag") == "Green"
    sent.unlink()
    assert holding(round_one) == []


def test_all_numbers_of_a_table_on_an_added_sheet_are_masked(round_one: Plan) -> None:
    def add(book: Workbook) -> None:
        sheet = book.create_sheet("Notes")
        for row, cells in enumerate([["On", "Children on our list"], [], *ROWS, ["IJ", NUMBER, "KL"]], start=1):
            for column, text in enumerate(cells, start=1):
                type_in(sheet.cell(row, column), text)

    first = round_one.filled("da", said())
    path = edit(first, round_one.inbox / "more.xlsx", add)
    first.unlink()
    (receipt,) = office.receive_files(round_one.folder, [path], RECEIVED_ON).receipts.returns
    masked = [str(finding.address) for finding in receipt.findings if finding.code == "case_identifier"]
    assert masked == ["Notes!B5", "Notes!B6"]
    make_master(round_one.folder, "2016-17-Q1", RECEIVED_ON)
    path.unlink()
    assert holding(round_one) == []
