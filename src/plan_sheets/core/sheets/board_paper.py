"""The board paper before it is a document: what an agenda pack needs of the master. It refers to nothing but itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import zip_longest
from typing import NamedTuple

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Line, as_fact
from plan_sheets.core.book.paper import RAG, BoardPaper, Heading, PaperTable, Paragraph, Part, fitting
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import ASSESSED, Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.ages import question_since, since_words
from plan_sheets.core.rating.open_questions import OpenQuestion
from plan_sheets.core.rating.plan_rows import parent
from plan_sheets.core.rating.rules.escalate import due_by
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.asks import NOTHING, recommendations
from plan_sheets.core.sheets.lines import short_title
from plan_sheets.core.sheets.master_plan import SEE_CHANGES, action_rows
from plan_sheets.core.sheets.rag_status import DRAFT, few, headline, summary_lines, summary_rows, waiting
from plan_sheets.core.sheets.unknown import returned, untold
from plan_sheets.core.sheets.what_changed import NO_SHEETS, changed_lines

LONGEST_REPORT = 400
"""The longest report on an action (characters): why it stands so has room below it."""
NOT_SAID = "Not said"
"""What stands where nobody has said anything: no cell of the paper is blank."""
_KEY = (Status.NOT_REPORTED, Status.NOT_ASSESSABLE, Status.TOO_LITTLE, Status.PROPOSED)
"""The words of the key that are no colours."""


class PaperFacts(NamedTuple):
    """What a paper says of itself."""

    reference: str
    """Of the master workbook that it is made from."""
    state: str
    """Whether that is a draft, or which edition."""
    replaces: str
    """Which one it takes the place of, without a full stop; "" for none."""
    is_of_some_boards: bool
    """Whether all else of the plan is left out."""
    meanings: Mapping[str, str]
    """What the words of the master mean, by the word."""


def board_paper(snapshot: Snapshot, facts: PaperFacts) -> BoardPaper:
    """The board paper of a snapshot."""
    plan = snapshot.history.record("plan", "", snapshot.code)
    when = f"{snapshot.round.words} ({facts.state})" if snapshot.round else DRAFT
    parts = (
        *_front(snapshot, facts, plan["contact_name"]),
        *_recommendations(snapshot),
        *_standing(snapshot, facts.meanings),
        *_priorities(snapshot),
        *_decisions(snapshot),
        *_questions(snapshot),
        *_about(facts),
    )
    created = datetime.combine(snapshot.made_on, time())
    return BoardPaper(f"{plan['title']}: {when}", plan["marking"], created, parts, plan["contact_name"])


def _table(about: str, columns: dict[str, int], rows: Iterable[Sequence[str]]) -> Iterator[PaperTable]:
    """A table of these columns (heading and width) in which no cell is blank; none if there is no row."""
    texts = tuple(tuple(fitting(text) or NOT_SAID for text in row) for row in rows)
    if texts:
        yield PaperTable(about, tuple(columns), tuple(columns.values()), texts)


def _sentences(*texts: str) -> str:
    """The texts that are not blank, each a sentence."""
    return " ".join(text if text.endswith((".", "?", "!", "…")) else f"{text}." for text in texts if text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cells(row: RowFacts, *names: str) -> Sequence[str]:
    """The text of each of these fields of a row."""
    return [as_fact(row.contents.get(name, "")) for name in names]


def _front(snapshot: Snapshot, facts: PaperFacts, author: str) -> Iterator[Part]:
    """What a board looks at first: what the paper is for, who answers for it, its day and which boards it is about."""
    day = PartialDate.day(snapshot.made_on).words
    boards = "; ".join(row["title"] for row in snapshot.rows["board"].values())
    yield Paragraph(_purpose(snapshot), "Purpose:")
    yield Paragraph(f"{author}." if author else "Not said: the plan names no board officer.", "Author:")
    state = f" {_capital(facts.state)}." if snapshot.round else ""
    yield Paragraph(f"{day}. It tells how everything stood on that day.{state}", "Date:")
    left_out = " All that is of other boards, and questions that name none of these, are left out."
    yield Paragraph(
        f"{boards or 'The plan has none yet'}.{left_out if facts.is_of_some_boards else ''}",
        "Only these boards:" if facts.is_of_some_boards else "Boards:",
    )
    if facts.replaces:
        yield Paragraph(f"{facts.replaces}.")


def _purpose(snapshot: Snapshot) -> str:
    if snapshot.round is None:
        return "For consultation. Nothing is rated before the first round."
    asked = len(recommendations(snapshot))
    if not asked:
        return "For information."
    many = count_words(asked, "recommendation")
    return f"For decision: {many}, to be decided by {due_by(snapshot.round).words}. The rest is for information."


def _recommendations(snapshot: Snapshot) -> Iterator[Part]:
    """What is asked, numbered as on the master's first page."""
    yield Heading("Recommendations", 1)
    asks = recommendations(snapshot)
    if not asks:
        yield Paragraph(NOTHING if snapshot.round else "None: this is a draft, for consultation.")
        return
    yield Paragraph("Asked of the Executive, unless somebody else is named:")
    for number, ask in enumerate(asks, start=1):
        yield Paragraph(_sentences(ask.rest, f"Asked of {ask.of_whom}" if ask.of_whom else ""), f"{number}. {ask.lead}")


def _standing(snapshot: Snapshot, meanings: Mapping[str, str]) -> Iterator[Part]:
    """How the plan stands as a whole, what changed, what cannot be told, and what the words mean."""
    yield Heading("Where we are", 1)
    table = _table_of_priorities(snapshot)
    if snapshot.round is None:
        for part in _paragraphs(summary_lines(snapshot)):
            if isinstance(part, Heading):  # what cannot be told
                yield from table
            yield part
    else:
        yield Paragraph(headline(snapshot).text)
        yield from table
        yield from _key(meanings)
        yield from _paragraphs(changed_lines(snapshot, NO_SHEETS))
        yield Heading("What cannot be told, and why", 2)
    yield from [*_untold(snapshot)] or [Paragraph("Nothing: every action was reported, and nothing is in doubt.")]


def _table_of_priorities(snapshot: Snapshot) -> Iterator[PaperTable]:
    columns = {"Ref": 6, "Board or priority": 28, RAG: 18, "Last quarter": 17, "Actions": 31}
    fields = ["title", "published_rag", "last_rag", "counts"]
    if snapshot.round is None:
        del columns["Last quarter"], fields[2]
    rows = ((row.ref, *(text or "None" for text in _cells(row, *fields))) for row in summary_rows(snapshot))
    yield from _table("Each board and its priorities: how they stand", columns, rows)


def _paragraphs(lines: Iterable[str | Line]) -> Iterator[Part]:
    """Lines of the master's first page: headings, and a paragraph for each bold lead."""
    for line in lines:
        if isinstance(line, str):
            yield Paragraph(line)
        elif line.look == "section":
            yield Heading(line.text, 2)
        else:
            for lead, rest in zip_longest(line.parts[::2], line.parts[1::2], fillvalue=""):
                yield Paragraph(rest.strip(), lead) if rest else Paragraph(lead)


def _key(meanings: Mapping[str, str]) -> Iterator[Part]:
    """What RAG words mean, in the words of the master's sheet About."""
    yield Heading("What the RAG words mean", 2)
    yield Paragraph(_sentences(meanings[RAG].partition(".")[0]))
    colours = dict(re.findall(rf"({'|'.join(ASSESSED)}): ([^.]+\.)", meanings[RAG]))
    rows = [(colour, _capital(text)) for colour, text in colours.items()]
    rows += [(word, meanings[word]) for word in (*_KEY, "Priorities and boards")]
    yield from _table("What the RAG words mean", {RAG: 18, "What it means": 82}, rows)


def _untold(snapshot: Snapshot) -> Iterator[Paragraph]:
    if snapshot.round:
        yield Paragraph(_capital(returned(snapshot.subgroups)), "Returns:")
    yield from (Paragraph(text, f"{name}:") for name, text in untold(snapshot))
    if snapshot.queries:
        yield Paragraph(f"{snapshot.queries}. What stood before is told here.", "Queries that nobody has settled:")
    if snapshot.proposals:
        yield Paragraph(f"{'; '.join(waiting(snapshot))}.", "Waiting for the board officer to confirm:")


def _priorities(snapshot: Snapshot) -> Iterator[Part]:
    """Each priority with its actions; last, actions of no priority."""
    yield Heading("Progress of each priority", 1)
    actions: dict[str, list[RowFacts]] = {}
    for action in action_rows(snapshot):
        theme = snapshot.rows["action"][action.ref]["theme"]
        actions.setdefault(parent(theme) if theme else "", []).append(action)
    without: list[Part] = []
    for row in summary_rows(snapshot):
        name = f"{row.ref} {as_fact(row.contents['title'])}"
        if row.ref in actions:
            yield Heading(name, 2)
            yield Paragraph(_stands(row), _sentences(as_fact(row.contents["published_rag"])))
            yield from _actions(snapshot, actions.pop(row.ref), f"Actions of {row.ref}")
        elif row.ref in snapshot.rows["priority"]:
            without.append(Paragraph(_stands(row), f"{name}:"))
    if without:
        yield Heading("Priorities without actions", 2)
        yield from without
    if not snapshot.rows["priority"]:
        yield Paragraph("The plan has no priorities yet.")
    if actions:
        yield Heading("Actions of no priority", 2)
        yield from _actions(snapshot, [row for those in actions.values() for row in those], "Actions of no priority")


def _stands(row: RowFacts) -> str:
    """How a priority stood, what drives how it stands, what is due, and whose it is."""
    rag, before, driver, due, owner = _cells(row, "published_rag", "last_rag", "driven_by", "due_next", "owner")
    return _sentences(
        f"Last quarter: {before}" if before and rag != Status.NO_ACTIONS else "",
        f"What drives it: {fitting(driver)}" if driver and rag != Status.NO_ACTIONS else fitting(driver),
        f"Due by the end of the next quarter: {due}" if due and due != "None" else "",
        f"Owner: {owner}",
    )


def _actions(snapshot: Snapshot, rows: Iterable[RowFacts], about: str) -> Iterator[PaperTable]:
    columns = {"Ref": 8, "Action": 25, RAG: 17, "What the chair says, and why": 35, "Due": 15}
    if snapshot.round is None:
        columns = {"Ref": 9, "Action": 30, "How we will do it": 30, "Due": 12, "Action owner and subgroup": 19}
    yield from _table(about, columns, (_action(snapshot, row) for row in rows))


def _action(snapshot: Snapshot, row: RowFacts) -> Sequence[str]:
    """The cells of an action: before the first round its plan; then how it stands, what its chair says, and why."""
    what, how, due, owner, rag, progress, why = _cells(
        row, "what", "how", "due", "owner", "published_rag", "progress", "why"
    )
    if snapshot.round is None:
        return row.ref, what, how, due or "No date", owner
    because = "" if why == f"judged {rag}" and progress else _sentences(f"Why: {why.replace(SEE_CHANGES, '')}")
    told = "\n".join(filter(None, (fitting(progress, LONGEST_REPORT), because)))
    return row.ref, short_title(snapshot, "action", row.ref) or what, rag, told, due or "No date"


def _decisions(snapshot: Snapshot) -> Iterator[Part]:
    """What was decided before, about what, by whom and when, and what became of it."""
    yield Heading("Earlier decisions", 1)
    decisions = snapshot.decisions_told
    if not decisions:
        yield Paragraph("None has been recorded.")
    rows = (
        (
            _named(snapshot, decision.ref),
            decision.text,
            f"{decision.by or 'No name given'}, {decision.on or 'no date given'}\n(for {decision.when})",
            "Out of the plan" if decision.gone else decision.carried_out or "Not said yet",
        )
        for decision in decisions
    )
    columns = {"About": 27, "What was decided": 36, "By whom and when": 22, "Carried out": 15}
    yield from _table("What was decided before, and what became of it", columns, rows)


def _named(snapshot: Snapshot, ref: str) -> str:
    """The ref of an action or a priority with its name, also if it was taken out; the name of a subgroup."""
    row = snapshot.gone[ref].row if ref in snapshot.gone else snapshot.rows["action"].get(ref, {})
    heirs = f" (now {snapshot.succession.describe(ref)})" if ref in snapshot.succession.after else ""
    if what := row.get("what", "") or (heirs and snapshot.history.text("action", ref, "what", snapshot.code)):
        return f"{ref} {short_title(snapshot, 'action', ref) or fitting(what, 200)}{heirs}"
    return snapshot.titled(ref) if snapshot.title(ref) else snapshot.subgroup(ref)


def _questions(snapshot: Snapshot) -> Iterator[Part]:
    """How many questions are open, summed up by kind: about what, who must answer, and since when."""
    yield Heading("Open questions", 1)
    kinds: dict[str, list[OpenQuestion]] = {}
    for question in snapshot.questions:
        kinds.setdefault(_kind(snapshot, question), []).append(question)
    many = count_words(len(snapshot.questions), "question")
    yield Paragraph(f"Nobody has answered {many} yet." if kinds else "None: nothing is open.")
    columns = {"What is open": 24, "Questions": 13, "About": 20, "Who must answer": 26, "The oldest, since": 17}
    rows = ((kind, *_summed_up(snapshot, those)) for kind, those in kinds.items())
    yield from _table("Questions that nobody has answered yet, by kind", columns, rows)


def _kind(snapshot: Snapshot, question: OpenQuestion) -> str:
    if question.key.record == "question":
        return "Asked in the plan"
    if question.key.field == "agreement":
        return "Whether it is a priority"
    return f"Not filled in: {question.source}" if question.key in snapshot.asked else "Texts that end with a question"


def _summed_up(snapshot: Snapshot, questions: Sequence[OpenQuestion]) -> Sequence[str]:
    """How many these are, what they are about, who must answer how many, and since when the oldest is open."""
    about = sorted({question.about or "The plan" for question in questions}, key=ref_order)
    answers = Counter(question.answers or NOT_SAID for question in questions)
    who = [f"{name} {many}" if len(answers) > 1 else name for name, many in answers.most_common()]
    since = min(question_since(snapshot, question) for question in questions)
    return str(len(questions)), few(about), few(who, between="; "), since_words(since)


def _about(facts: PaperFacts) -> Iterator[Part]:
    yield Heading("About this paper", 1)
    yield Paragraph(
        f"Made from the master workbook {facts.reference}, which the board officer holds, and whose counts and colours "
        "it has. What is marked as shortened stands there whole."
    )
