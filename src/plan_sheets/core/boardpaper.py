"""The board paper before it is a document: the master for an agenda pack, as headings, paragraphs and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from plan_sheets.core.asked import escalated
from plan_sheets.core.compose import RowFacts
from plan_sheets.core.layout import as_text
from plan_sheets.core.masterplan import action_rows
from plan_sheets.core.messages import shorten
from plan_sheets.core.planner import parent
from plan_sheets.core.rag import Status, count_words
from plan_sheets.core.rollup import EXECUTIVE, Escalation, Rule
from plan_sheets.core.stood import Stood
from plan_sheets.core.summary import DRAFT, LONGEST_ACTION, summary_rows, summary_texts, waiting

LONGEST = 600
"""How much of one text a cell or a paragraph of the paper tells (characters)."""
CUT = "… (in full in the master workbook)"
RAG = "RAG"
"""The heading of a column that holds status words."""
LEADS = (
    "Where we are",
    "Returns.",
    "What changed.",
    "Worsened.",
    "Improved.",
    "Also changed.",
    "What is asked.",
    "Red:",
    "Also asked.",
    "What could not be told.",
)
"""The words that begin a paragraph of the summary, and say what it is about."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; `lead` is how it begins, in bold."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One heading row, and rows of as many texts. `about` says in words what the table holds, for who cannot see it."""

    about: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    """Of the columns, in parts of their sum."""
    rows: tuple[tuple[str, ...], ...]


Part = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class BoardPaper:
    """A whole paper. The same plan and round make the same paper."""

    title: str
    marking: str
    """Protective marking; "" is none."""
    created: datetime
    parts: tuple[Part, ...]


def board_paper(stood: Stood, reference: str, created: datetime) -> BoardPaper:
    """The paper of how everything stood; `reference` is that of the master workbook that tells all of it."""
    plan = stood.history.record("plan", "", stood.code)
    when = stood.round.words if stood.round else DRAFT
    parts = (*_summary(stood), *_decisions(stood), *_priorities(stood), *_untold(stood), *_about(stood, reference))
    return BoardPaper(f"{plan['title']}: {when}", plan["marking"], created, parts)


def fitting(text: str, longest: int = LONGEST) -> str:
    """A text as the paper tells it: whole, or its beginning with where the rest stands."""
    return text if len(text) <= longest else text[: longest - len(CUT)].rstrip() + CUT


def _table(about: str, columns: dict[str, int], rows: Iterator[tuple[str, ...]]) -> Iterator[Table]:
    """A table of these columns (heading and width); none if there is no row."""
    told = tuple(tuple(fitting(text) for text in row) for row in rows)
    if told:
        yield Table(about, tuple(columns), tuple(columns.values()), told)


def _summary(stood: Stood) -> Iterator[Part]:
    yield Heading("Summary", 1)
    for text in summary_texts(stood):
        lead = next((lead for lead in LEADS if text.startswith(lead)), "")
        yield Paragraph(text.removeprefix(lead).lstrip(), lead)
    columns, names = {"Ref": 7, "Board or priority": 30, RAG: 14, "Actions": 33}, ["title", "published_rag", "counts"]
    if stood.round:
        columns["Trend"] = 16
        names.append("trend")
    rows = (_cells(row, *names) for row in summary_rows(stood))
    yield from _table("Each board and its priorities: how they stand", columns, rows)


def _cells(row: RowFacts, *names: str) -> tuple[str, ...]:
    """The ref of a row, and what it says under these names."""
    return row.ref, *(as_text(row.contents.get(name, "")) for name in names)


def _decisions(stood: Stood) -> Iterator[Part]:
    yield Heading("Decisions asked for", 1)
    if stood.round is None:
        yield Paragraph("None: this is a draft, for consultation.")
        return
    found: dict[str, list[Escalation]] = {}
    for one in escalated(stood, stood.round):
        found.setdefault(one.ref, []).append(one)
    if not found:
        yield Paragraph("None: no rule escalates anything, and no chair asks for anything.")
    columns = {"About": 20, "Why it is here": 27, "What is asked": 27, "Of whom": 14, "By": 12}
    rows = ((_named(stood, ref), *_asked(those)) for ref, those in found.items())
    yield from _table("What is asked, of whom and by when", columns, rows)


def _asked(those: Sequence[Escalation]) -> tuple[str, ...]:
    """Why something is asked, what, of whom and by when: all that is asked about one thing, each on a line of its own.

    The rule Red is not told with its reason, which begins with that word.
    """
    rules: dict[str, list[str]] = {}
    for one in those:
        rules.setdefault(one.why, []).extend([] if one.rule is Rule.RED else [one.rule])
    whom = ("The Executive" if one.of_whom == EXECUTIVE else one.of_whom for one in those)
    return (
        _lines(f"{'; '.join(by)}. {why}" if by else why for why, by in rules.items()),
        _lines(f"{one.rule}: {one.asked}" if len(those) > 1 else one.asked for one in those),
        _lines(whom),
        _lines(one.by_when for one in those),
    )


def _lines(texts: Iterable[str]) -> str:
    """Different texts, one to a line; a long one is told in part, so that there is room for each."""
    different = list(dict.fromkeys(texts))
    return "\n".join(fitting(text, LONGEST // len(different)) for text in different)


def _named(stood: Stood, ref: str) -> str:
    """A ref, and what it is of: an action, a priority or a subgroup."""
    if ref in stood.rows["action"]:
        return f"{ref} {shorten(stood.rows['action'][ref]['what'], LONGEST_ACTION)}"
    return stood.titled(ref) if ref in stood.rows["priority"] else stood.subgroup(ref)


def _priorities(stood: Stood) -> Iterator[Part]:
    yield Heading("Priorities in turn", 1)
    actions: dict[str, list[RowFacts]] = {}
    for action in action_rows(stood):
        theme = stood.rows["action"][action.ref]["theme"]
        actions.setdefault(parent(theme) if theme else "", []).append(action)
    rows = [row for row in summary_rows(stood) if row.ref in stood.rows["priority"]]
    for row in rows:
        yield Heading(f"{row.ref} {as_text(row.contents['title'])}", 2)
        yield from _standing(row)
        yield from _actions(stood, actions.pop(row.ref, []), f"Actions of {row.ref}")
    if not rows:
        yield Paragraph("The plan has no priorities yet.")
    if actions:
        yield Heading("Actions of no priority", 2)
        yield from _actions(stood, [one for those in actions.values() for one in those], "Actions of no priority")


def _standing(row: RowFacts) -> Iterator[Paragraph]:
    """How a priority stands, a paragraph for each thing that is known of it."""
    _, rag, counts, trend, driver, due, owner = _cells(
        row, "published_rag", "counts", "trend", "driven_by", "due_next", "owner"
    )
    yield Paragraph(_sentences(rag, f"Trend: {trend}" if trend else "", counts if counts != rag else ""), "RAG:")
    if driver:
        yield Paragraph(fitting(_sentences(driver)), "What drives it:")
    if due:
        yield Paragraph(_sentences(due), "Due by the end of the next quarter:")
    yield Paragraph(_sentences(owner), "Owner:")


def _sentences(*texts: str) -> str:
    return " ".join(text if text.endswith((".", "?", "!", "…")) else f"{text}." for text in texts if text)


def _actions(stood: Stood, rows: Sequence[RowFacts], about: str) -> Iterator[Table]:
    if stood.round:
        columns = {"Ref": 12, "What we will do": 23, "Due": 13, RAG: 14, "Why": 18, "Next step": 20}
        told = (_cells(row, "what", "due", "published_rag", "why", "next_step") for row in rows)
    else:
        columns = {
            "Ref": 10,
            "What we will do": 27,
            "How we will do it": 27,
            "Due": 13,
            "Action owner and subgroup": 23,
        }
        told = (_cells(row, "what", "how", "due", "owner") for row in rows)
    yield from _table(about, columns, told)


def _untold(stood: Stood) -> Iterator[Part]:
    yield Heading("What could not be told, and why", 1)
    told = [*_unknown_actions(stood), *map(Paragraph, _elsewhere(stood)), *_open(stood)]
    yield from told or [Paragraph("Nothing: every action was reported, and no question is open.")]


def _unknown_actions(stood: Stood) -> Iterator[Table]:
    """Actions that are not rated, or about which something is in doubt; those for the same reason together."""
    refs: dict[tuple[str, str], list[str]] = {}
    for row in action_rows(stood):
        _, rag, why = _cells(row, "published_rag", "why")
        if rag in (Status.NOT_REPORTED, Status.NOT_ASSESSABLE) or row.ref in stood.doubts:
            refs.setdefault((rag, why), []).append(row.ref)
    rows = ((", ".join(those), rag, why) for (rag, why), those in refs.items())
    yield from _table("Actions that are not rated or are in doubt", {"Actions": 30, RAG: 18, "Why": 52}, rows)


def _elsewhere(stood: Stood) -> Iterator[str]:
    """What has come in and is not in the paper yet."""
    if stood.set_aside:
        yield f"{count_words(stood.set_aside, 'file')} held or refused: what is in there is not told here."
    if stood.queries:
        yield f"Open queries, for the board officer to settle: {stood.queries}. What stood before is told here."
    if stood.proposals:
        yield f"Waiting for the board officer to confirm: {', '.join(waiting(stood))}."


def _open(stood: Stood) -> Iterator[Part]:
    if stood.questions:
        yield Heading("Open questions", 2)
    columns = {"About": 14, "Question": 46, "Who must answer": 24, "Open since": 16}
    rows = ((one.about or "The plan", one.question, one.answers or "Not said", one.since) for one in stood.questions)
    yield from _table("Questions that nobody has answered yet", columns, rows)


def _about(stood: Stood, reference: str) -> Iterator[Part]:
    yield Heading("About this paper", 1)
    yield Paragraph(
        f"Made from the master workbook {reference}, which tells every word that was said, and what RAG words mean. "
        "Published RAG is the worse of what the chair judged and what the rules allow."
        + ("" if stood.round else " Nothing is rated before the first round.")
    )
