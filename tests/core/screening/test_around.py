"""The mail that a file came in, without what must not be kept."""

from __future__ import annotations

from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.text import MASK
from plan_sheets.core.screening.around import mask_mail
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.store.schemas import load_screen

NUMBER = "943 476 5870"
SENDER = "Chair <chair@da.example>"


def test_the_name_of_a_sender_that_holds_one_is_masked_in_every_mail_of_it() -> None:
    outer = Mail("0" * 64, f"NHS {NUMBER} <chair@da.example>", "2016-07-08", "Return", "Here it is.")
    masked, kind = mask_mail(load_screen(), Mail("1" * 64, SENDER, "2016-07-08", "Return", "See below", (), outer))
    assert kind is IdentifierKind.NHS_NUMBER
    assert masked.attached_to == Mail("0" * 64, MASK, "2016-07-08", MASK, MASK)
    assert masked.sent_by == SENDER
    assert masked.body == "See below"


def test_who_sent_a_mail_that_holds_one_is_still_told() -> None:
    masked, kind = mask_mail(load_screen(), Mail("1" * 64, SENDER, "2016-07-08", "Return", f"About {NUMBER}"))
    assert kind is IdentifierKind.NHS_NUMBER
    assert masked == Mail("1" * 64, SENDER, "2016-07-08", MASK, MASK)
