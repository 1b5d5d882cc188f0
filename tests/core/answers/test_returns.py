"""What became of a return, by all that was found in it: one function says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.core.returned.test_locate import DOCUMENT

from plan_sheets.core.answers.answers import Answers
from plan_sheets.core.answers.returns import Return, judge
from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = Key("action", "J2a.1", "progress")


def returned(*found: tuple[str, Severity], changes: bool = True, duplicate: bool = False) -> Return:
    """A return that was read, with these findings."""
    findings = [Finding(code, severity, code, key=KEY) for code, severity in found]
    answers = Answers(DOCUMENT.facts, (), (), (), {}, changes, (), (), "")
    made = Return("da.xlsx", "0" * 64, was_read=True, document=DOCUMENT.facts, answers=answers, findings=findings)
    made.is_duplicate = duplicate
    return made


@pytest.mark.parametrize(
    ("found", "changes", "duplicate", "verdict"),
    [
        ([], True, False, "accepted"),
        ([("tidied", Severity.NOTE)], True, False, "accepted"),
        ([("too_long", Severity.WARNING)], True, False, "accepted_with_findings"),
        ([("conflict", Severity.QUERY)], True, False, "accepted_with_findings"),
        ([], False, False, "untouched"),
        ([("sent_by_another", Severity.WARNING)], False, False, "untouched"),
        ([("locked_changed", Severity.WARNING)], False, False, "accepted_with_findings"),
        ([("text_outside", Severity.QUERY)], False, False, "accepted_with_findings"),
        ([], True, True, "duplicate"),
    ],
    ids=str,
)
def test_verdict_of_what_may_be_merged(
    found: Sequence[tuple[str, Severity]],
    changes: bool,  # noqa: FBT001 - a table of cases
    duplicate: bool,  # noqa: FBT001
    verdict: str,
) -> None:
    made = returned(*found, changes=changes, duplicate=duplicate)
    assert judge(made) == verdict
    assert made.is_to_merge == verdict.startswith("accepted")
    assert made.receipt().verdict == verdict
    assert made.receipt().issue == DOCUMENT.reference


def test_verdict_of_what_may_not() -> None:
    unread = Return("da.xlsx", "0" * 64)
    held = Return("da.xlsx", "0" * 64, was_read=True)
    assert [(judge(one), one.is_to_merge) for one in (unread, held)] == [("refused", False), ("held", False)]
    assert (held.receipt().kind, held.receipt().issue) == (None, None)


def test_a_mail_without_a_workbook_is_held_and_says_who_sent_it() -> None:
    mail = Mail("1" * 64, "The Chair <chair@example.org>", "2016-07-12T09:30:00+01:00")
    receipt = Return("mail.eml", "1" * 64, mail, is_message=True).receipt()
    assert (receipt.kind, receipt.verdict) == ("message", "held")
    assert (receipt.sent_by, receipt.sent_at) == (mail.sent_by, mail.sent_at)
    assert Return("da.xlsx", "0" * 64).sent_by == Return("da.xlsx", "0" * 64).sent_at == ""


def test_findings_follow_a_cell_to_its_new_key() -> None:
    made = returned(("too_long", Severity.WARNING))
    made.findings.append(Finding("form_blank", Severity.NOTE, "about the file"))
    made.rename({KEY: Key("action", "DA.F1", "progress")})
    assert [finding.key for finding in made.findings] == [Key("action", "DA.F1", "progress"), None]
