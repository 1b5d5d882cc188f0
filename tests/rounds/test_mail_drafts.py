"""Drafts of e-mails: opened by a mail library and read; whom they are for, what they say, who was reminded when."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from tests.chairs import FURTHER, Q1, Plan, edit, fill, held_file, said
from tests.commands import change, run, told
from tests.rounds.test_declined import confirm
from tests.rounds.test_hand_over import DECIDED, hand_over

from plan_sheets import draft_mails, what_next
from plan_sheets.asking.status import status_of
from plan_sheets.core.book.document import Document, base_text, layout_text
from plan_sheets.core.book.layout import Column, Field, Row, Sheet
from plan_sheets.core.book.signature import REFERENCE
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.mail import MailsDrafted
from plan_sheets.office import receive_files
from plan_sheets.store.schemas import load_mails, load_records
from plan_sheets.store.writing.hand_over import hand_over as make_file

SENT_ON = datetime(2016, 6, 20)  # noqa: DTZ001 - the office's own clock
LATE = datetime(2016, 7, 20)  # noqa: DTZ001
LATER = datetime(2016, 9, 1)  # noqa: DTZ001


def draft(plan: Plan, *kinds: str, when: datetime = SENT_ON) -> MailsDrafted:
    return draft_mails(plan.folder, Q1, when, kinds)


def mail_of(made: MailsDrafted, subgroup: str) -> EmailMessage:
    """The draft for a subgroup, as Python's mail library reads it."""
    (path,) = [each.file for each in made.drafts if each.subgroup == subgroup]
    return open_mail(path)


def open_mail(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert not message.defects
    assert not [defect for header in message.values() for defect in header.defects]
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def codes(made: MailsDrafted) -> list[str]:
    return [finding.code for finding in made.findings]


def plan_says(plan: Plan, sheet: str, ref: str, heading: str, text: str) -> list[dict[str, str]]:
    """What taking plan.xlsx in says, after a cell was filled in."""
    change(plan, {sheet: {ref: {heading: text}}})
    given = told("plan", "--as-of", "2016-06-20", plan=plan)
    return [found for found in given["findings"] if (found["sheet"], found["ref"]) == (sheet, ref)]


# ---------------------------------------------------------------- what a draft is


def test_a_draft_opens_ready_to_send_with_its_workbook(round_one: Plan) -> None:
    made = draft(round_one, "issue")
    assert len(made.drafts) == 9
    assert not made.findings
    mail = mail_of(made, "DA")
    assert {*mail.keys()} == {"X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"}
    assert mail["X-Unsent"] == "1"
    assert mail["To"] == '"Chair, Domestic Abuse" <domestic.abuse@example.org>'
    assert mail["Subject"] == "OFFICIAL: Domestic Abuse: your return for Quarter 1 of 2016/17, by 15 July 2016"
    (attached,) = mail.iter_attachments()
    sent = round_one.sent("DA")
    assert (attached.get_filename(), attached.get_content()) == (sent.name, sent.read_bytes())
    for kind in ("plain", "html"):
        assert "send it back by 15 July 2016 to board.office@example.org" in text_of(mail, kind)
    assert "<li>Fill in the pale yellow cells" in text_of(mail, "html")
    assert f"<title>{mail['Subject']}</title>" in text_of(mail, "html")
    (path,) = [each.file for each in made.drafts if each.subgroup == "DA"]
    assert path.relative_to(round_one.path).as_posix() == "mail/2016-17-q1/2016-17-q1-issue-domestic-abuse.eml"


def test_a_draft_is_made_again_only_when_it_says_something_else(round_one: Plan) -> None:
    first = {each.file: each.file.read_bytes() for each in draft(round_one, "issue").drafts}
    again = draft(round_one, "issue")
    assert all(each.again for each in again.drafts)
    assert {each.file: each.file.read_bytes() for each in again.drafts} == first
    assert not plan_says(round_one, "Subgroups", "DA", "Chair", "Somebody else")
    changed = [each for each in draft(round_one, "issue").drafts if not each.again]
    assert [each.subgroup for each in changed] == ["DA"]
    assert open_mail(changed[0].file)["To"] == "Somebody else <domestic.abuse@example.org>"


def test_a_draft_that_somebody_has_changed_is_not_overwritten(round_one: Plan) -> None:
    (path,) = [each.file for each in draft(round_one, "issue").drafts if each.subgroup == "DA"]
    path.write_bytes(path.read_bytes() + b"A word of mine")
    plan_says(round_one, "Subgroups", "DA", "Chair", "Somebody else")
    (new,) = [each.file for each in draft(round_one, "issue").drafts if each.subgroup == "DA"]
    assert new.name == "2016-17-q1-issue-domestic-abuse-2.eml"
    assert path.read_bytes().endswith(b"A word of mine")


@pytest.mark.parametrize("code", ["draft_workbook_gone", "draft_workbook_changed"])
def test_a_workbook_that_is_not_as_it_was_made_goes_nowhere(round_one: Plan, code: str) -> None:
    sent = round_one.sent("DA")
    if code == "draft_workbook_gone":
        sent.unlink()
    else:
        edit(sent, sent, lambda book: book["Progress"].__setitem__("F6", "Typed here"))
    made = draft(round_one, "issue")
    assert codes(made) == [code]
    assert "DA" not in [each.subgroup for each in made.drafts]
    assert ("2016-17-Q1-DA-1" if code == "draft_workbook_gone" else "issued/2016-17-q1/") in made.findings[0].message
    assert run("mail", "--issue", "--as-of", "2016-06-20", plan=round_one).exit_code == 3


# ---------------------------------------------------------------- whom it is for


@pytest.mark.parametrize(
    ("typed", "to", "codes_told"),
    [
        ("a@x.org; b@y.org", "a@x.org, b@y.org", ["email_several"]),
        ("a@x.org and b@y.org", "a@x.org, b@y.org", ["email_several"]),
        ('"Smith, Jo" <jo@x.org>; Doe, Ann <ann@y.org>', "jo@x.org, ann@y.org", ["email_several"]),
        ("Smith, Jo <jo@x.org>", '"Chair, Domestic Abuse" <jo@x.org>', ["tidied"]),
        ("jo@bücher.example", '"Chair, Domestic Abuse" <jo@xn--bcher-kva.example>', []),
        ("a@x.org; zoë@y.org", "a@x.org", ["email_several", "email_not_sendable"]),
    ],
)
def test_addresses_as_people_type_them(round_one: Plan, typed: str, to: str, codes_told: list[str]) -> None:
    assert [found["code"] for found in plan_says(round_one, "Subgroups", "DA", "E-mail", typed)] == codes_told
    made = draft(round_one, "issue")
    assert mail_of(made, "DA")["To"] == to
    assert codes(made) == ["draft_address_left_out"] * ("email_not_sendable" in codes_told)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("a@x.org\nBcc: b@y.org", "email_line_break"),
        ("a@x.org\r\nb@y.org", "email_line_break"),
        ("a@x.org Bcc: b@y.org", "email_unreadable"),
        ("ask Jo", "email_unreadable"),
    ],
)
def test_what_is_no_address_is_refused_with_its_cell(round_one: Plan, typed: str, code: str) -> None:
    (found,) = plan_says(round_one, "Subgroups", "DA", "E-mail", typed)
    assert (found["code"], found["severity"], found["sheet"], found["ref"]) == (code, "error", "Subgroups", "DA")
    assert found["cell"].startswith("E")
    assert mail_of(draft(round_one, "issue"), "DA")["To"] == '"Chair, Domestic Abuse" <domestic.abuse@example.org>'


def test_who_has_no_address_is_listed(round_one: Plan) -> None:
    with round_one.register.batch("plan", "2016-06-21T00:00:00") as batch:
        batch.add_value(Key("subgroup", "DA", "email"), "", "standing", "")
    made = draft(round_one, "issue", when=LATE)
    assert codes(made) == ["draft_without_address"]
    assert made.findings[0].message.startswith("The plan has no address to which mail for DA (Chair, Domestic Abuse)")
    assert mail_of(made, "DA")["To"] is None


def test_a_subgroup_that_has_left_the_plan_is_told(round_one: Plan) -> None:
    with round_one.register.batch("plan", "2016-06-21T00:00:00") as batch:
        batch.add_value(Key("subgroup", "MSP", "removed"), "Yes", "standing", "")
    made = draft(round_one, "issue", when=LATE)
    assert codes(made) == ["draft_without_subgroup"]
    assert "MSP" not in [each.subgroup for each in made.drafts]


@pytest.mark.parametrize(
    ("meanwhile", "to"),
    [
        ("Board lead, Mental Health", '"Board lead, Mental Health" <lead.mental.health@example.org>'),
        ("Doe, Ann <ann@y.org>", '"Doe, Ann" <ann@y.org>'),
        ("ann@y.org; jo@y.org", "ann@y.org, jo@y.org"),
        ("Ann of the board office", None),
        ("Ann\nBcc: <b@y.org>", None),
    ],
)
def test_a_proposed_subgroup_has_somebody_who_receives_meanwhile(
    round_one: Plan, meanwhile: str, to: str | None
) -> None:
    plan_says(round_one, "Subgroups", "MH", "Who receives meanwhile", meanwhile)
    made = draft(round_one, "issue")
    assert mail_of(made, "MH")["To"] == to
    assert codes(made) == ([] if to else ["draft_without_address"])


def test_no_text_of_the_plan_begins_another_line_of_the_head(round_one: Plan) -> None:
    evil = "A\r\nBcc: b@y.org\r\n\r\nText"
    about = {"Protective marking": {"Answer": "A\nB: c"}, "Board officer": {"Answer": "{subgroup} {x}"}}
    change(round_one, {"Subgroups": {"DA": {"Chair": evil, "Subgroup": evil}}, "Plan": about})
    given = told("plan", "--as-of", "2016-06-20", plan=round_one)["findings"]
    assert ("not_of_the_form", "Plan") in [(found["code"], found["sheet"]) for found in given], "the marking"
    mail = mail_of(draft(round_one, "issue"), "DA")
    assert {*mail.keys()} == {"X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"}
    assert mail["Subject"].startswith("OFFICIAL: A Bcc: b@y.org Text: your return")
    assert mail["To"].addresses[0].addr_spec == "domestic.abuse@example.org"
    assert "{subgroup} {x}" in text_of(mail)


# ---------------------------------------------------------------- reminders


def test_reminders_grow_firmer_and_the_third_goes_to_the_board_lead(round_one: Plan) -> None:
    for day, code in ((20, "chase_1"), (20, "chase_1"), (25, "chase_2"), (28, "chase_3"), (30, "chase_3")):
        made = draft(round_one, "chase", when=LATE.replace(day=day))
        assert {each.code for each in made.drafts} == {code}
        if code == "chase_3":
            assert mail_of(made, "DA")["To"] == '"Board lead, Domestic Abuse" <lead.domestic.abuse@example.org>'
            assert mail_of(made, "CSE")["To"] == "lead.one.cse@example.org, lead.two.cse@example.org"
            assert codes(made) == ["draft_without_address"]  # nobody knows who leads Signs of Safety
    assert "on 20 July 2016, 25 July 2016 and 28 July 2016, without success" in text_of(mail_of(made, "DA"))
    assert [*mail_of(made, "DA").iter_attachments()]
    days = ["2016-07-20", "2016-07-25", "2016-07-28", "2016-07-30"]
    assert status_of(round_one.folder, Q1, date(2016, 7, 30)).chased["DA"] == days
    shown = run("status", "--as-of", "2016-07-30", plan=round_one).stdout
    assert "(reminded on 20 July 2016, 25 July 2016, 28 July 2016, 30 July 2016)" in shown
    rows = {row["subgroup"]: row for row in told("status", "--as-of", "2016-07-30", plan=round_one)["rows"]}
    assert rows["DA"]["chased"] == days


def test_whoever_sent_the_workbook_back_as_it_was_is_not_told_that_nothing_came(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("untouched", {}))
    for day, first in ((20, "We have not had it yet."), (25, "within a week"), (28, "without success.\n")):
        made = draft(round_one, "chase", when=LATE.replace(day=day))
        assert "with nothing typed in it. Perhaps it was not saved" in text_of(mail_of(made, "DA"))
        assert "We have not had it" not in text_of(mail_of(made, "DA"))
        assert first in text_of(mail_of(made, "CSE")), "of whom nothing came"
        assert "typed" not in text_of(mail_of(made, "CSE"))


def test_nobody_is_reminded_before_the_day_or_after_the_return(round_one: Plan) -> None:
    early = run("mail", "--chase", "--as-of", "2016-07-15", plan=round_one)
    assert (early.exit_code, early.stdout.splitlines()[0]) == (0, f"{Q1}: there is nothing to draft.")
    round_one.receive_one(round_one.filled("one", said()))
    made = draft(round_one, "chase", when=LATE)
    assert "DA" not in [each.subgroup for each in made.drafts]
    assert len(made.drafts) == 8


def test_for_a_subgroup_that_was_merged_who_answers_now_is_reminded(round_one: Plan) -> None:
    assert not plan_says(round_one, "Subgroups", "DA", "Merged into", "CSE")
    made = draft(round_one, "chase", when=LATE)
    assert codes(made) == ["draft_part_of"]
    assert made.findings[0].message.startswith("DA is part of CSE now: what concerns its workbook goes to who answers")
    mail = mail_of(made, "DA")
    assert mail["To"] == '"Chair, CSE" <cse@example.org>'
    assert [part.get_filename() for part in mail.iter_attachments()] == ["2016-17-q1-domestic-abuse.xlsx"]
    assert run("mail", "--chase", "--as-of", "2016-07-20", plan=round_one).exit_code == 0, "nobody has to act on it"
    for day in (21, 22):
        made = draft(round_one, "chase", when=LATE.replace(day=day))
    assert mail_of(made, "DA")["To"] == "lead.one.cse@example.org, lead.two.cse@example.org"
    shown = run("status", "--as-of", "2016-07-22", plan=round_one).stdout
    assert "DA          outstanding, 7 days late  ask Chair, CSE, cse@example.org" in shown


def test_nobody_is_asked_for_a_workbook_of_which_another_one_asks_all(round_one: Plan) -> None:
    plan_says(round_one, "Subgroups", "DA", "Merged into", "CSE")
    run("issue", "--round", Q1, "--return-by", "2016-07-15", "--as-of", "2016-06-21", plan=round_one)
    made = draft(round_one, "issue", "chase", when=LATE)
    assert "DA" not in [each.subgroup for each in made.drafts]
    assert codes(made) == ["draft_not_needed"]
    assert "2016-17-Q1-CSE-2 asks about all its actions" in made.findings[0].message
    status = told("status", "--as-of", "2016-07-20", plan=round_one)
    assert (status["totals"]["outstanding"], status["totals"]["nothing_to_report"]) == (8, 1)
    assert "DA" not in what_next(round_one.folder, LATE.date()).to_do[0].sentence
    round_one.receive_one(round_one.filled("old", said()))
    made = draft(round_one, "chase", "thanks", when=LATE)
    assert [each.subgroup for each in made.drafts if each.code == "thanks"] == ["DA"], "its old workbook came home"
    assert codes(made) == ["draft_part_of"]
    assert mail_of(draft(round_one, "thanks", when=LATE), "DA")["To"] == '"Chair, CSE" <cse@example.org>'


def test_a_subgroup_of_which_nobody_is_left_is_asked_as_before(round_one: Plan) -> None:
    plan_says(round_one, "Subgroups", "DA", "Merged into", "MSP")
    with round_one.register.batch("plan", "2016-06-21T00:00:00") as batch:
        batch.add_value(Key("subgroup", "MSP", "removed"), "Yes", "standing", "")
    made = draft(round_one, "chase", when=LATE)
    assert mail_of(made, "DA")["To"] == '"Chair, Domestic Abuse" <domestic.abuse@example.org>'
    assert codes(made) == ["draft_without_subgroup"]
    shown = run("status", "--as-of", "2016-07-20", plan=round_one).stdout
    assert "ask Chair, Domestic Abuse, domestic.abuse@example.org" in shown


def test_files_that_are_held_are_named_beside_the_reminders(round_one: Plan) -> None:
    round_one.receive_one(held_file(round_one, "signature"))
    made = draft(round_one, "chase", when=LATE)
    assert codes(made) == ["draft_held_whose"]
    assert "FILE-1 odd.xlsx" in made.findings[0].message


def test_a_reminder_is_never_drafted_unasked(round_one: Plan) -> None:
    run("mail", "--as-of", "2016-07-20", plan=round_one)
    assert status_of(round_one.folder, Q1, LATE.date()).chased == {}
    with pytest.raises(PlanSheetsError, match="The clock says"):
        draft(round_one, "chase", when=datetime(2016, 6, 1))  # noqa: DTZ001


# ---------------------------------------------------------------- what it says


def test_thanks_say_what_was_taken_and_what_was_decided(round_one: Plan) -> None:
    receive_files(round_one.folder, round_one.filled("one", FURTHER), datetime(2016, 7, 8))  # noqa: DTZ001
    text = text_of(mail_of(draft(round_one, "thanks", when=datetime(2016, 7, 8)), "DA"))  # noqa: DTZ001
    assert "- J1a.1 Follow how far the pathway has got: RAG Green, stage In progress, 2 more answers" in text
    assert "Train the staff: proposed as a further action" in text
    assert "Nothing yet." in text
    still = "Still open: 3 things to mend, in the workbook that we send you for it; what you propose of"
    assert f"{still} DA.F1, DA.F2, until it is confirmed." in text
    confirm(round_one, **{"DA.F1 further action": "Yes"})
    text = text_of(mail_of(draft(round_one, "thanks", when=LATE), "DA"))
    assert "Train the staff: further action agreed" in text
    assert f"{still} DA.F2, until it is confirmed." in text


def test_what_there_is_to_mend_is_never_cut_within_a_sentence(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    first, second = "RAG is blank. " + "Choose one of the words. " * 8, "Next step is blank because nothing was typed."
    with_feedback(round_one, first + second)
    text = text_of(mail_of(draft(round_one, "feedback", when=LATE), "DA"))
    assert f"{first.strip()} (More of this row: see the workbook.)" in text
    assert "Next step" not in text.partition("All of it")[0]


def test_decisions_go_to_the_subgroup_that_leads_the_action(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(rag="Red")))
    made = hand_over(round_one)
    assert draft(round_one, "decisions", when=LATER).drafts == []
    round_one.receive_one(fill(made.path, round_one.inbox / "decided.xlsx", DECIDED), when=LATER)
    drafted = draft(round_one, "decisions", when=LATER)
    assert [each.subgroup for each in drafted.drafts] == ["DA"]
    text = text_of(mail_of(drafted, "DA"))
    assert "- J1a.1 " in text
    assert ": Wait (Chair, 3 August 2016)" in text


def with_feedback(plan: Plan, *to_mend: str) -> Path:
    """A feedback workbook for the one return of Domestic Abuse, with these lines on its sheet To mend."""
    (returned,) = plan.register.returns(kind="subgroup")
    issued = plan.register.documents(kind="subgroup", round=Q1, subgroup="DA")[0]
    names = ("ref", "where", "about", "mend")
    columns = tuple(Column(Field("mend", name, name.capitalize()), name.capitalize(), width=40) for name in names)
    rows = tuple(Row(str(item), (str(item), "Progress!F6", "J1a.1", text)) for item, text in enumerate(to_mend, 1))
    sheet = Sheet("To mend", "To mend", ("5 things to mend, the most important first.",), columns, rows)
    reference = "2016-17-Q1-DA-1-FEEDBACK-1"
    properties = {**issued.book.properties, REFERENCE: reference}
    book = replace(issued.book, kind="feedback", sheets=(sheet, *issued.book.sheets), properties=properties)
    with plan.register.batch("receive", "2016-07-08T00:00:00") as batch:
        document = Document(reference, "feedback", Q1, "DA", "", book, "2016-07-08", answers_return=returned.id)
        batch.add_document(document, layout_text(book), base_text(book))
        return plan.folder.write("feedback/2016-17-q1/2016-17-q1-domestic-abuse.xlsx", make_file(book), batch)


def test_feedback_names_the_three_most_important_things(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(rag="Purple")))
    path = with_feedback(round_one, "RAG", "Stage", "Due", "Owner")
    mail = mail_of(draft(round_one, "feedback", when=LATE), "DA")
    assert mail["Subject"] == "OFFICIAL: Domestic Abuse: 5 things to mend in your return for Quarter 1 of 2016/17"
    text = text_of(mail)
    assert "- Progress!F6: J1a.1: RAG\n- Progress!F6: J1a.1: Stage\n- Progress!F6: J1a.1: Due\n" in text
    assert "Owner" not in text
    assert [part.get_content() for part in mail.iter_attachments()] == [path.read_bytes()]
    assert "5 things to mend" in text_of(mail_of(draft(round_one, "thanks", when=LATE), "DA"))
    run("withdraw", "DA-1", "--reason", "a draft", "--as-of", "2016-07-21", plan=round_one)
    assert draft(round_one, "feedback", when=LATE.replace(day=21)).drafts == []


def test_a_feedback_workbook_that_is_gone_is_made_again(round_one: Plan) -> None:
    """One that took its place went back with a return that was withdrawn since; or somebody has deleted it."""
    run("receive", round_one.filled("one", said(rag="Purple")), "--as-of", "2016-07-08", plan=round_one)
    (back,) = round_one.path.glob("feedback/*/*.xlsx")
    first = back.read_bytes()
    run("receive", fill(back, round_one.inbox / "two.xlsx", said(rag="Mauve")), "--as-of", "2016-07-09", plan=round_one)
    assert back.read_bytes() != first, "what there is to mend in the second return"
    run("withdraw", "DA-2", "--reason", "a slip", "--as-of", "2016-07-10", plan=round_one)
    made = draft(round_one, "feedback", when=LATE)
    assert not made.findings
    assert [part.get_content() for part in mail_of(made, "DA").iter_attachments()] == [first]
    (again,) = [each.attached for each in made.drafts]
    assert again
    again.unlink()
    assert [each.again for each in draft(round_one, "feedback", when=LATE).drafts] == [True]
    assert again.read_bytes() == first


def test_two_deputies_get_their_own_back(round_one: Plan) -> None:
    files = [round_one.filled("one", said(rag="Purple")), round_one.filled("two", said(rag="Mauve"))]
    sent_back = receive_files(round_one.folder, files, datetime(2016, 7, 8)).feedback  # noqa: DTZ001
    made = draft(round_one, "feedback", when=LATE)
    assert sorted(each.file.name for each in made.drafts) == [
        "2016-17-q1-feedback-domestic-abuse-da-2.eml",
        "2016-17-q1-feedback-domestic-abuse.eml",
    ]
    attached = {part.get_content() for each in made.drafts for part in open_mail(each.file).iter_attachments()}
    assert attached == {answer.path.read_bytes() for answer in sent_back}
    assert not made.findings


# ---------------------------------------------------------------- the texts


def test_a_plan_says_it_in_its_own_words(round_one: Plan) -> None:
    assert not plan_says(round_one, "Mail texts", "issue", "Subject", "{subgroup}, please")
    assert not plan_says(
        round_one, "Mail texts", "issue", "Text", "Hello.\n\nBy {return_by}: {subgroup} & others <all>."
    )
    mail = mail_of(draft(round_one, "issue"), "DA")
    assert mail["Subject"] == "OFFICIAL: Domestic Abuse, please"
    assert text_of(mail).strip() == "Hello.\n\nBy 15 July 2016: Domestic Abuse & others <all>."
    assert "<p>By 15 July 2016: Domestic Abuse &amp; others &lt;all&gt;.</p>" in text_of(mail, "html")


@pytest.mark.parametrize(
    ("ref", "heading", "text", "code"),
    [
        ("issue", "Text", "Dear {chair},", "mail_name_unknown"),
        ("issue", "Subject", "{}", "mail_name_unknown"),
        ("chase_2", "Text", "{mend}", "mail_name_unknown"),
        ("issue", "Subject", "one\ntwo", "not_of_the_form"),
    ],
)
def test_a_name_that_nothing_stands_for_is_an_error_at_its_cell(
    round_one: Plan, ref: str, heading: str, text: str, code: str
) -> None:
    (found,) = plan_says(round_one, "Mail texts", ref, heading, text)
    assert (found["code"], found["severity"], found["ref"]) == (code, "error", ref)
    assert found["cell"].startswith("D" if heading == "Subject" else "E")
    subject = mail_of(draft(round_one, "issue"), "DA")["Subject"]
    assert subject.startswith("OFFICIAL: Domestic Abuse: your return for")


def test_the_sheet_lists_every_mail_with_what_may_be_filled_in(round_one: Plan) -> None:
    assert load_records()["mail_text"]["ref"].choices == tuple(load_mails())
    rows = round_one.register.history().refs("mail_text")
    assert sorted(rows) == sorted(load_mails())
    with pytest.raises(ValueError, match="kinds holds 'chasse'"):
        draft(round_one, "chasse")


def test_what_is_redacted_is_named_where_a_draft_holds_it_still(round_one: Plan) -> None:
    row = {**FURTHER["New actions"]["1"], "What we will do": "Train everybody at the refuge in Oak Street"}
    round_one.receive_one(round_one.filled("one", {**FURTHER, "New actions": {"1": row}}))
    (thanks,) = draft(round_one, "thanks", when=datetime(2016, 7, 8)).drafts  # noqa: DTZ001
    draft(round_one, "issue", when=datetime(2016, 7, 8))  # noqa: DTZ001
    given = told("redact", "DA-1", "--reason", "a name", "--as-of", "2016-07-09", plan=round_one)
    assert [Path(path) for path in given["holding"] if path.endswith(".eml")] == [thanks.file]
