"""What was written in a mail is told apart from its signature and earlier mail, where that is plain; nothing is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.mail import BodyParts, find_links, split_body

NEW = "PS S2.1 went Red this morning\n"
HEADED = "From: The Officer\nSent: 11 July 2016\nTo: The Chair\nSubject: Return\n\nHow is S2.1?\n"

PARTS = {
    # what was written, the signature, earlier mail
    "nothing else": (NEW, "", ""),
    "dashes": (NEW, "-- \nThe Chair\nTel. 1\n", ""),
    "a telephone": (NEW + "\n", "Sent from my phone\n", ""),
    "marked": (NEW, "", "On Mon, 11 July 2016 at 09:30, The Officer wrote:\n\n> How is S2.1?\n>\n> Officer\n"),
    "marked, on two lines": (NEW, "", "On Mon, 11 July 2016 at 09:30,\nThe Officer <o@example.org> wrote:\n> How?\n"),
    "marked only": (NEW, "", "> How is S2.1?\n"),
    "Outlook": (NEW, "", HEADED),
    "Outlook, with a rule": (NEW, "-- \nChair\n", f"________________________________\n{HEADED}"),
    "bold": (NEW, "", HEADED.replace("From:", "*From:*").replace("To:", "*To:*").replace("Sent:", "*Sent:*")),
    "divided": (NEW, "", "-----Original Message-----\nHow is S2.1?\n"),
    "forwarded": ("", "", "---------- Forwarded message ---------\nS2.1 is Red\n"),
    "forwarded by Notes": (NEW, "", "----- Forwarded by The Deputy/LCC on 03/07/2016 10:12 -----\n\nS2.1 is Red\n"),
    "forwarded by a Mac": (NEW, "", "Begin forwarded message:\n\nS2.1 is Red\n"),
    "answered below": (f"> How is S2.1?\n{NEW}", "", ""),
    "answered between": (f"On Monday The Officer wrote:\n> How is S2.1?\n{NEW}> And S2.2?\nGreen\n", "", ""),
    "from in a sentence": (f"From: us all.\n{NEW}", "", ""),
    "dashes above all": ("--\n" + NEW * 20, "", ""),
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_the_parts_of_a_text(parts: tuple[str, str, str]) -> None:
    assert split_body("".join(parts)) == BodyParts(*parts)


LINES = st.sampled_from(
    ["> a", "", "-- ", "On x wrote:", "From: a", "To: b", "Sent: c", "Sent from my x", "text", "___"]
)


@given(st.one_of(st.text(), st.lists(LINES).map("\n".join), st.lists(LINES).map("\r".join)))
def test_joined_they_are_the_whole_text(body: str) -> None:
    parts = split_body(body)
    assert parts.written + parts.signature + parts.quoted == body


def test_links_to_files_kept_online_that_somebody_wrote() -> None:
    there = "https://example-my.sharepoint.com/:x:/s/return.xlsx?e=1"
    body = (
        f"See {there}, or <{there}>\nor (https://1drv.ms/x/abc). Not https://example.org/a, https://notsharepoint.com "
        "or https://[broken\n-- \nhttps://drive.google.com/signature\n> https://dropbox.com/earlier\n"
    )
    assert [*find_links(body)] == [there, "https://1drv.ms/x/abc"]


def test_links_in_what_was_forwarded_without_a_word() -> None:
    there = "https://1drv.ms/x/abc"
    assert [*find_links(f"{HEADED}It is at {there}\n")] == [there]
    assert [*find_links(f"{NEW}{HEADED}It is at {there}\n")] == []
