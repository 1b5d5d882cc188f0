"""Open questions: what nobody has settled yet, and who must answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.text import LONGEST_QUOTE
from plan_sheets.core.rating.plan_rows import Rows, who_answers


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What nobody has settled yet: what it is about, who must answer, since when, and where it stands.

    `key` is the fact that asks. `since` is what the officer says; "" where only the register knows.
    """

    key: Key
    about: str
    question: str
    answers: str = ""
    since: str = ""
    source: str = ""


def open_questions(
    rows: Rows, placeholders: Mapping[Key, str], titles: Mapping[Key, str], finished: Collection[str] = ()
) -> Iterator[OpenQuestion]:
    """Every open question: those that the officer keeps, what is in question, placeholders, and cells that ask.

    `finished`: the refs of actions that are done, of which nothing is asked any more.
    """
    for ref, row in rows.get("question", {}).items():
        if not row.get("answer"):
            yield OpenQuestion(
                Key("question", ref, "ref"),
                row.get("about", ""),
                row.get("question", ""),
                row.get("answers", ""),
                row.get("since", ""),
                "Open questions",
            )
    for ref, row in rows.get("priority", {}).items():
        if row.get("agreement") == "Question":
            asked = row.get("question") or "Is this a priority?"
            yield OpenQuestion(Key("priority", ref, "agreement"), ref, asked, "The boards", "", "Priorities")
    in_cells = (*_placeholder_questions(rows, placeholders, titles), *_cells_that_ask(rows, titles))
    yield from (each for each in in_cells if each.key.record != "action" or each.key.ref not in finished)


def _placeholder_questions(
    rows: Rows, placeholders: Mapping[Key, str], titles: Mapping[Key, str]
) -> Iterator[OpenQuestion]:
    for key, entered in sorted(placeholders.items()):
        if not rows.get(key.record, {}).get(key.ref, {}).get(key.field):
            title = titles.get(key, key.field)
            yield OpenQuestion(key, key.ref, f"{title}: {entered}", who_answers(rows, key.ref), "", title)


def asks(text: str) -> bool:
    """Whether a text is, or ends with, a question."""
    return text.endswith("?")


def question_in(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The question that a text ends with: its last line, of a long one (`longest` characters) the end."""
    line = text.rpartition("\n")[2]
    return line if len(line) <= longest else "…" + line[1 - longest :].lstrip()


def _cells_that_ask(rows: Rows, titles: Mapping[Key, str]) -> Iterator[OpenQuestion]:
    for record in ("action", "grid", "evidence", "enquiry"):
        for ref, row in rows.get(record, {}).items():
            for name, text in row.items():
                if asks(text) and name != "enquiry":
                    key = Key(record, ref, name)
                    title = titles.get(key, name)
                    question = f"{title}: {question_in(text)}"
                    yield OpenQuestion(key, ref, question, who_answers(rows, ref), "", title)
