"""How everything stood at the end of a round: all that a master is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.escalate import SubgroupFacts
from plan_sheets.core.rating.open_questions import OpenQuestion
from plan_sheets.core.rating.plan_rows import Rows
from plan_sheets.core.rating.proposals import Proposal
from plan_sheets.core.rating.rag import Rating
from plan_sheets.core.rating.thresholds import Thresholds


def day_of(for_round: Round | None, history: History) -> date:
    """The day that a master bears: see `Snapshot.made_on`. An empty plan bears the first of the year that it has."""
    if for_round:
        return for_round.last_day
    received = max((one.source.received for held in history.by_key.values() for one in held), default="")
    return date.fromisoformat(received[:10]) if received else date(int(history.text("plan", "", "year")[:4]), 4, 1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The plan at the end of a round: as it was confirmed for that round, whenever that was done."""

    round: Round | None
    """None before the first round is issued: the master is the consultation draft."""
    rounds: tuple[str, ...]
    """Codes of the rounds issued up to this one and with it, oldest first; none before the first."""
    history: History
    rows: Rows
    ratings: Mapping[str, Mapping[str, Rating]]
    """Of every round up to this one, by code and ref."""
    limits: Thresholds
    subgroups: tuple[SubgroupFacts, ...]
    """Those that were issued a workbook in this round."""
    silent: Mapping[str, str]
    """Why there is nothing to report, by the code of the subgroup that said so."""
    questions: tuple[OpenQuestion, ...]
    proposals: tuple[Proposal, ...]
    """What waits for the board officer's word."""
    doubts: Mapping[str, tuple[str, ...]]
    """What is in dispute or could not be read, in words, by the ref of the action."""
    set_aside: int
    """How many files were held or refused, and never accepted since."""
    asked: Mapping[Key, str]
    """Since which round (its code) a placeholder has stood where an open one stands, by the fact it stands for."""
    open_queries: tuple[OpenQuery, ...]
    """The queries that nobody has settled."""
    made_on: date
    """The last day of the round; of the consultation draft, the day on which the plan was last read."""

    @property
    def queries(self) -> int:
        """How many queries are open."""
        return len(self.open_queries)

    @property
    def code(self) -> str:
        """The code of the round; "" before the first."""
        return self.rounds[-1] if self.rounds else ""

    @property
    def now(self) -> Mapping[str, Rating]:
        """The rating of every action in this round, by ref; empty before the first."""
        return self.ratings.get(self.code, {})

    @property
    def before(self) -> Mapping[str, Rating] | None:
        """The ratings of the quarter before; None if it was not issued."""
        return self.ratings.get(self.round.previous.code) if self.round else None

    def said(self, ref: str, name: str) -> str:
        """What a round field of an action says for this round."""
        return self.history.of_round("action", ref, name, self.code) if self.round else ""

    def titled(self, ref: str) -> str:
        """The ref of a priority or theme with its title."""
        return f"{ref} {self.rows['priority'].get(ref, {}).get('title', '')}".strip()

    def subgroup(self, code: str) -> str:
        """The name of a subgroup; its code if the plan has none of it any more."""
        return self.rows["subgroup"].get(code, {}).get("title") or code
