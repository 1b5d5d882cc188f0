"""The board paper before it is a document: the master for an agenda pack, as headings, paragraphs and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Line, as_text
from plan_sheets.core.book.paper import RAG, BoardPaper, Heading, PaperTable, Paragraph, Part
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.escalate import EXECUTIVE, Escalation, EscalationRule
from plan_sheets.core.rating.plan_rows import parent
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.lines import name_of
from plan_sheets.core.sheets.master_plan import action_rows
from plan_sheets.core.sheets.rag_status import DRAFT, summary_lines, summary_rows, waiting

LONGEST = 600
"""The longest text of a cell or a paragraph of the paper (characters)."""
CUT = "… (in full in the master workbook)"


def board_paper(snapshot: Snapshot, reference: str, created: datetime, state: str, replaces: str) -> BoardPaper:
    """The board paper of a snapshot; `reference` is that of the master workbook, which holds all of it.

    `state`: whether that is a draft, or which edition; `replaces`: which one it takes the place of, or "".
    """
    plan = snapshot.history.record("plan", "", snapshot.code)
    when = f"{snapshot.round.words} ({state})" if snapshot.round else DRAFT
    parts = (
        *_summary(snapshot, replaces),
        *_decisions(snapshot),
        *_priorities(snapshot),
        *_untold(snapshot),
        *_about(snapshot, reference),
    )
    return BoardPaper(f"{plan['title']}: {when}", plan["marking"], created, parts)


def fitting(text: str, longest: int = LONGEST) -> str:
    """The whole text if it fits; else its beginning, and where to read the rest."""
    return text if len(text) <= longest else text[: longest - len(CUT)].rstrip() + CUT


def _table(about: str, columns: dict[str, int], rows: Iterator[tuple[str, ...]]) -> Iterator[PaperTable]:
    """A table of these columns (heading and width); none if there is no row."""
    texts = tuple(tuple(fitting(text) for text in row) for row in rows)
    if texts:
        yield PaperTable(about, tuple(columns), tuple(columns.values()), texts)


def _summary(snapshot: Snapshot, replaces: str) -> Iterator[Part]:
    yield Heading("Summary", 1)
    if replaces:
        yield Paragraph(f"{replaces}: the sheet What differs of the master workbook says what has changed.")
    yield from map(_line, summary_lines(snapshot))
    columns, names = {"Ref": 7, "Board or priority": 30, RAG: 14, "Actions": 33}, ["title", "published_rag", "counts"]
    if snapshot.round:
        columns["Last quarter"] = 16
        names.append("last_rag")
    rows = (_cells(row, *names) for row in summary_rows(snapshot))
    yield from _table("Each board and its priorities: how they stand", columns, rows)


def _line(line: str | Line) -> Part:
    """A line of the master's first page: a heading, or a paragraph with its bold lead."""
    if isinstance(line, str):
        return Paragraph(line)
    if line.look == "section":
        return Heading(line.text, 2)
    lead, *rest = line.parts
    return Paragraph("".join(rest).lstrip(), lead) if rest else Paragraph(lead)


def _cells(row: RowFacts, *names: str) -> tuple[str, ...]:
    """The ref of a row, then the text of each of these fields."""
    return row.ref, *(as_text(row.contents.get(name, "")) for name in names)


def _decisions(snapshot: Snapshot) -> Iterator[Part]:
    yield Heading("Decisions asked for", 1)
    if snapshot.round is None:
        yield Paragraph("None: this is a draft, for consultation.")
        return
    found: dict[str, list[Escalation]] = {}
    for escalation in snapshot.escalations:
        found.setdefault(escalation.ref, []).append(escalation)
    if not found:
        yield Paragraph("None: no rule escalates anything, and no chair asks for anything.")
    columns = {"About": 20, "Why it is here": 27, "What is asked": 27, "Of whom": 14, "By": 12}
    rows = ((_named(snapshot, ref), *_asked(those)) for ref, those in found.items())
    yield from _table("What is asked, of whom and by when", columns, rows)


def _asked(those: Sequence[Escalation]) -> tuple[str, ...]:
    """Why something is asked, what, of whom and by when: all that is asked about one thing, each on a line of its own.

    The rule Red is not told with its reason, which begins with that word.
    """
    rules: dict[str, list[str]] = {}
    for escalation in those:
        rules.setdefault(escalation.why, []).extend([] if escalation.rule is EscalationRule.RED else [escalation.rule])
    whom = ("The Executive" if escalation.of_whom == EXECUTIVE else escalation.of_whom for escalation in those)
    return (
        _lines(f"{'; '.join(by)}. {why}" if by else why for why, by in rules.items()),
        _lines(
            f"{escalation.rule}: {escalation.asked}" if len(those) > 1 else escalation.asked for escalation in those
        ),
        _lines(whom),
        _lines(escalation.by_when for escalation in those),
    )


def _lines(texts: Iterable[str]) -> str:
    """The different texts, one to a line; long ones are cut, so that there is room for each."""
    different = list(dict.fromkeys(texts))
    return "\n".join(fitting(text, LONGEST // len(different)) for text in different)


def _named(snapshot: Snapshot, ref: str) -> str:
    """The ref of an action or a priority with its title; the name of a subgroup."""
    if ref in snapshot.rows["action"]:
        return name_of(snapshot, ref)
    return snapshot.titled(ref) if ref in snapshot.rows["priority"] else snapshot.subgroup(ref)


def _priorities(snapshot: Snapshot) -> Iterator[Part]:
    yield Heading("Priorities in turn", 1)
    actions: dict[str, list[RowFacts]] = {}
    for action in action_rows(snapshot):
        theme = snapshot.rows["action"][action.ref]["theme"]
        actions.setdefault(parent(theme) if theme else "", []).append(action)
    rows = [row for row in summary_rows(snapshot) if row.ref in snapshot.rows["priority"]]
    for row in rows:
        yield Heading(f"{row.ref} {as_text(row.contents['title'])}", 2)
        yield from _standing(row)
        yield from _actions(snapshot, actions.pop(row.ref, []), f"Actions of {row.ref}")
    if not rows:
        yield Paragraph("The plan has no priorities yet.")
    if actions:
        yield Heading("Actions of no priority", 2)
        yield from _actions(snapshot, [row for those in actions.values() for row in those], "Actions of no priority")


def _standing(row: RowFacts) -> Iterator[Paragraph]:
    """How a priority stands, a paragraph for each thing that is known of it."""
    _, rag, before, counts, driver, due, owner = _cells(
        row, "published_rag", "last_rag", "counts", "driven_by", "due_next", "owner"
    )
    yield Paragraph(
        _sentences(rag, f"Last quarter: {before}" if before else "", counts if counts != rag else ""), "RAG:"
    )
    if driver:
        yield Paragraph(fitting(_sentences(driver)), "What drives it:")
    if due:
        yield Paragraph(_sentences(due), "Due by the end of the next quarter:")
    yield Paragraph(_sentences(owner), "Owner:")


def _sentences(*texts: str) -> str:
    return " ".join(text if text.endswith((".", "?", "!", "…")) else f"{text}." for text in texts if text)


def _actions(snapshot: Snapshot, rows: Sequence[RowFacts], about: str) -> Iterator[PaperTable]:
    if snapshot.round:
        columns = {"Ref": 12, "What we will do": 23, "Due": 13, RAG: 14, "Why": 18, "Next step": 20}
        cells = (_cells(row, "what", "due", "published_rag", "why", "next_step") for row in rows)
    else:
        columns = {
            "Ref": 10,
            "What we will do": 27,
            "How we will do it": 27,
            "Due": 13,
            "Action owner and subgroup": 23,
        }
        cells = (_cells(row, "what", "how", "due", "owner") for row in rows)
    yield from _table(about, columns, cells)


def _untold(snapshot: Snapshot) -> Iterator[Part]:
    yield Heading("What could not be told, and why", 1)
    parts = [*_unknown_actions(snapshot), *map(Paragraph, _elsewhere(snapshot)), *_open(snapshot)]
    yield from parts or [Paragraph("Nothing: every action was reported, and no question is open.")]


def _unknown_actions(snapshot: Snapshot) -> Iterator[PaperTable]:
    """Actions that are not rated, or about which something is in doubt; those for the same reason together."""
    refs: dict[tuple[str, str], list[str]] = {}
    for row in action_rows(snapshot):
        _, rag, why = _cells(row, "published_rag", "why")
        if rag in (Status.NOT_REPORTED, Status.NOT_ASSESSABLE) or row.ref in snapshot.doubts:
            refs.setdefault((rag, why), []).append(row.ref)
    rows = ((", ".join(those), rag, why) for (rag, why), those in refs.items())
    yield from _table("Actions that are not rated or are in doubt", {"Actions": 30, RAG: 18, "Why": 52}, rows)


def _elsewhere(snapshot: Snapshot) -> Iterator[str]:
    """What has come in and is not in the paper yet."""
    if snapshot.set_aside:
        yield f"{count_words(snapshot.set_aside, 'file')} held or refused: what is in there is not told here."
    if snapshot.queries:
        yield f"Open queries, for the board officer to settle: {snapshot.queries}. What stood before is told here."
    if snapshot.proposals:
        yield f"Waiting for the board officer to confirm: {', '.join(waiting(snapshot))}."


def _open(snapshot: Snapshot) -> Iterator[Part]:
    if snapshot.questions:
        yield Heading("Open questions", 2)
    columns = {"About": 14, "Question": 46, "Who must answer": 24, "Open since": 16}
    rows = (
        (question.about or "The plan", question.question, question.answers or "Not said", question.since)
        for question in snapshot.questions
    )
    yield from _table("Questions that nobody has answered yet", columns, rows)


def _about(snapshot: Snapshot, reference: str) -> Iterator[Part]:
    yield Heading("About this paper", 1)
    yield Paragraph(
        f"Made from the master workbook {reference}, which tells every word that was said, and what RAG words mean. "
        "Published RAG is the worse of what the chair judged and what the rules allow."
        + ("" if snapshot.round else " Nothing is rated before the first round.")
    )
