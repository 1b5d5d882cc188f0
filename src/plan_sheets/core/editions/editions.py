"""Who a master is for: everybody inside, readers of some boards, or the public. Facts are left out, never hidden.

An edition is made of less: what its reader may not see is taken out of the facts before any row is made of them, so
that no sheet, old or new, can tell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plan_sheets.core.book.layout import Line
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.text import split_refs
from plan_sheets.core.rating.plan_rows import find_merged, subgroups_of
from plan_sheets.core.rating.ratings import RECORDS, rows_at
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.succession import find_succession
from plan_sheets.core.rating.taken_out import find_moved_away
from plan_sheets.core.sheets.lines import fitted

INTERNAL, PUBLIC = "internal", "public"
"""The names of the editions."""
OF_THE_WHOLE_PLAN = ("plan", "rag_rule", "consideration", "consultation")
"""Records that belong to no board, and to the readers of each."""
SAY_WHAT_THEY_ARE_ABOUT = ("question", "evidence", "enquiry")


@dataclass(frozen=True, slots=True)
class Edition:
    """Which master: for whom it is, and whether it is a draft or was handed over."""

    public: bool = False
    boards: tuple[str, ...] = ()
    """The boards that it is limited to (refs), in the plan's order; none for all of them."""
    number: int = 0
    """Which one it is of those handed over for its round and readers, from 1; 0 is a draft."""
    handed_over: str = ""
    """The day on which it was handed over (ISO); "" for a draft."""
    earlier: tuple[int, str] | None = None
    """Number and day of the edition that it takes the place of; None if it is the first."""

    @property
    def name(self) -> str:
        """The word by which it is asked for."""
        return PUBLIC if self.public else INTERNAL

    @property
    def kind(self) -> str:
        """The kind of workbook, and of document, that it is."""
        return "public" if self.public else "master"

    @property
    def words(self) -> str:
        """What the About sheet says of it."""
        which = f", board{'' if len(self.boards) == 1 else 's'} {' and '.join(self.boards)}" if self.boards else ""
        return f"{self.name.capitalize()}{which}, {self.state}"

    @property
    def state(self) -> str:
        """Whether it is a draft, or which edition and of which day: `edition 2, 5 August 2016`."""
        if self.number:
            return f"edition {self.number}, {PartialDate.of_iso(self.handed_over).words}"
        return f"draft of edition {self.earlier[0] + 1}" if self.earlier else "draft"

    @property
    def heading(self) -> str:
        """Its state, and which boards it is limited to: `draft, boards J and L only`."""
        if not self.boards:
            return self.state
        return f"{self.state}, board{'' if len(self.boards) == 1 else 's'} {' and '.join(self.boards)} only"

    @property
    def replaces(self) -> str:
        """Which edition it takes the place of, without a full stop; "" if it is the first."""
        if self.earlier is None:
            return ""
        number, day = self.earlier
        does = "takes the place of" if self.number else "would take the place of"
        return f"This {self.state.partition(',')[0]} {does} edition {number} of {PartialDate.of_iso(day).words}"

    @property
    def lines(self) -> tuple[Line, ...]:
        """What the first page says of the edition before it; or nothing."""
        lead = f"This {self.state.partition(',')[0]}"
        return (Line((lead, f"{self.replaces.removeprefix(lead)}: see What differs.")),) if self.replaces else ()

    @property
    def stem(self) -> str:
        """What its reference says between round and number: `MASTER`, `PUBLIC-J-L`."""
        return "-".join([self.kind.upper(), *self.boards])

    @property
    def file_ending(self) -> str:
        """What its file's name says after the round: `-draft`, or `-public-board-j-l-edition-1`."""
        words = [*(["public"] if self.public else []), *(["board", *self.boards] if self.boards else [])]
        words += ["edition", str(self.number)] if self.number else ["draft"]
        return "".join(f"-{word.lower()}" for word in words)


def edition(name: str, boards: str | Sequence[str], history: History) -> Edition:
    """The edition that is asked for: `internal` or `public`, and refs of boards (`J,L`; "" is all).

    Raises PlanSheetsError for another edition, or a board that the plan does not have; TypeError if `boards` are no
    texts.
    """
    if name not in (PUBLIC, INTERNAL):
        raise PlanSheetsError(f"There is no edition {name!r}.", f"It is '{INTERNAL}' or '{PUBLIC}'.")
    wanted = [ref.upper() for ref in split_refs(boards, "boards")]
    there = history.refs("board")
    unknown = [ref for ref in wanted if ref not in there]
    if unknown:
        titles = ", ".join(f"{ref} ({history.text('board', ref, 'title')})" for ref in there)
        raise PlanSheetsError(f"The plan has no board {', '.join(unknown)}.", f"It has: {titles or 'no board at all'}.")
    return Edition(name == PUBLIC, tuple(ref for ref in there if ref in wanted))


def of_boards(snapshot: Snapshot, boards: Sequence[str]) -> Snapshot:
    """What belongs to these boards (refs), or to the plan as a whole; all of it where none is named."""
    if not boards:
        return snapshot
    kept = _Kept.by(snapshot.history, snapshot.code, boards)
    history = History.of(held for key, those in snapshot.history.by_key.items() if kept.has(key) for held in those)
    earlier = snapshot.history, snapshot.rounds, snapshot.ratings, snapshot.limits
    moved = find_moved_away(*earlier, boards) if snapshot.rounds else ()
    rows = rows_at(history, snapshot.code)
    # Of what went on below another board this history does not hold as what.
    actions = {ref: row for ref, row in rows["action"].items() if ref in snapshot.rows["action"]}
    return replace(
        snapshot,
        history=history,
        rows={**rows, "action": actions},
        ratings={
            code: {ref: rating for ref, rating in rated.items() if kept.has_rating(rating)}
            for code, rated in snapshot.ratings.items()
        },
        subgroups=tuple(group for group in snapshot.subgroups if group.code in kept.refs),
        silent={code: why for code, why in snapshot.silent.items() if code in kept.refs},
        questions=tuple(question for question in snapshot.questions if kept.has(question.key)),
        proposals=tuple(proposal for proposal in snapshot.proposals if proposal.action in kept.refs),
        doubts={ref: texts for ref, texts in snapshot.doubts.items() if ref in kept.refs},
        declined=tuple(each for each in snapshot.declined if kept.has(each.key)),
        asked={key: since for key, since in snapshot.asked.items() if kept.has(key)},
        open_queries=tuple(query for query in snapshot.open_queries if kept.has_query(query)),
        taken_out=(*(item for item in snapshot.taken_out if kept.has(Key(item.record, item.ref, "ref"))), *moved),
        closed={question: why for question, why in snapshot.closed.items() if kept.has(question.key)},
        left=tuple(ref for ref in snapshot.left if ref in kept.refs),
    )


def boards_lines(boards: Sequence[str], snapshot: Snapshot) -> tuple[str, ...]:
    """What the first page says of its limits; nothing if it has none."""
    if not boards:
        return ()
    titles = [f"{ref} {snapshot.history.text('board', ref, 'title', snapshot.code)}" for ref in boards]
    return (
        f"Only {fitted(titles, 'About', 'Only', ', '.join)}",
        "Questions, enquiries and evidence that name none of their priorities are left out too.",
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What belongs to some boards: refs of boards, priorities, actions and subgroups, and of rows about any of them."""

    refs: frozenset[str]
    rows: frozenset[tuple[str, str]]
    groups: frozenset[str]
    """Codes of the subgroups among them: what they added is kept, by its ref (`MH.R1`)."""

    @classmethod
    def by(cls, history: History, code: str, boards: Sequence[str]) -> _Kept:
        """What belongs to these boards at the end of a round."""
        priorities = {
            ref for ref in _refs(history, "priority") if history.text("priority", ref, "board", code) in boards
        }
        actions = {ref for ref in _refs(history, "action") if history.text("action", ref, "theme", code) in priorities}
        succession = find_succession(history, code)
        actions |= {old for ref in actions for old in succession.list_forebears(ref)}
        rows = rows_at(history, code)
        groups = {group for ref in actions for group in subgroups_of(rows, ref)}
        groups |= {history.text("priority", ref, "subgroup", code) for ref in priorities} - {""}
        groups |= {group for group in rows["subgroup"] if find_merged(rows, group) in groups}
        refs = frozenset({*boards, *priorities, *actions, *groups})
        about = {
            (record, ref)
            for record in SAY_WHAT_THEY_ARE_ABOUT
            for ref in _refs(history, record)
            if not refs.isdisjoint(re.findall(r"\w+(?:\.\w+)*", history.text(record, ref, "about", code)))
        }
        return cls(refs, frozenset(about), frozenset(groups))

    def has(self, key: Key) -> bool:
        """Whether a fact belongs to these boards or to the whole plan."""
        if key.record in SAY_WHAT_THEY_ARE_ABOUT:
            return (key.record, key.ref) in self.rows
        if key.record in OF_THE_WHOLE_PLAN or key.ref.partition("/")[0] in self.refs:
            return True
        return key.record not in RECORDS and key.ref.partition(".")[0] in self.groups

    def has_rating(self, rating: Rating) -> bool:
        """Whether an action belongs to these boards, or did in the round in which it was rated so."""
        return rating.facts.ref in self.refs or rating.facts.priority in self.refs

    def has_query(self, query: OpenQuery) -> bool:
        """Whether a query may be about these boards; one with neither cells nor a subgroup may be."""
        if query.cells:
            return any(self.has(cell.key) for cell in query.cells)
        return not query.subgroup or query.subgroup in self.refs


def _refs(history: History, record: str) -> Iterator[str]:
    """Every ref of a record that ever was."""
    return (ref for kind, ref in history.by_row if kind == record)
