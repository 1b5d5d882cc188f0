"""An identifier of a case in the name of a mail's sender: in no receipt, sheet, file or line afterwards."""

from __future__ import annotations

from email.message import EmailMessage

from tests.chairs import RECEIVED_ON, Plan, codes, said
from tests.commands import run
from tests.rounds.test_masked import NUMBER, texts_of

from plan_sheets import office


def test_it_stands_nowhere_afterwards(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    mail = EmailMessage()
    mail["From"], mail["Date"] = f"NHS {NUMBER} <chair@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100"
    mail["Subject"] = "Return"
    mail.set_content("Here it is.")
    mail.add_attachment(path.read_bytes(), "application", "octet-stream", filename="return.xlsx")
    path.unlink()
    sent = round_one.inbox / "m.eml"
    sent.write_bytes(mail.as_bytes())
    told = office.receive_files(round_one.folder, [sent], RECEIVED_ON)
    (receipt,) = told.receipts.returns
    assert "case_identifier_beside" in codes(receipt)
    assert round_one.said("J1a.1", "rag") == "Green"
    again = run("receive", sent, "--json", "--plan", round_one.path)
    assert again.exit_code in (0, 3)
    printed = [
        run(*words, "--plan", round_one.path).output
        for words in (["receive", sent], ["status", "--json"], ["trace", "J1a.1", "rag"], ["trace", "J1a.1", "--json"])
    ]
    assert NUMBER not in repr(told) + again.output + "".join(printed)
    kept = [one for one in round_one.path.rglob("*") if one.is_file() and one != sent]
    assert [one.name for one in kept if NUMBER.encode() in texts_of(one)] == []
    assert NUMBER.encode() in texts_of(sent), "the search finds it where it is"
