"""Why two masters differ, difference by difference; and the rows of the sheet What differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.editions.differ import Difference
from plan_sheets.core.model.text import cut
from plan_sheets.core.rating.plan_rows import parent, subgroups_of
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.changes import describe_source
from plan_sheets.core.sheets.rag_status import few

Explain = Callable[[Difference], str]
MOST_NAMED = 4
"""How many of those who said something are named at one difference."""
FOLLOWS = "Nothing new was said about it: it follows from what was said elsewhere."
OF_THE_WHOLE_PLAN = ("Plan", "The plan", "All")
"""What stands instead of a ref where something is about no row of its own."""
LONGEST, MOST_LINES = 600, 10
"""The longest text shown of what stood before or stands after (characters, lines): a row has to fit its page."""
LONGEST_NAMED = 150
"""The longest words about somebody who said something (characters)."""
_LEAD = 60
"""How much of what is the same is shown before the place where two long texts part (characters)."""


def explain_by(
    snapshot: Snapshot, since: int, up_to: int | None = None, *, limits: str = "", other: str = ""
) -> Explain:
    """Why something differs, by the ref of its row: who has said what about it, or about what belongs to it.

    Only values after `since` count, up to `up_to` (None: all), both as `Held.seq`; and none of a later round.
    `limits`: why one of the two holds less than the other, or ""; `other`: in what else they are no editions of one
    master, or "": this explains what nobody said anything about.
    """
    told: dict[str, dict[str, None]] = {}
    for values in snapshot.history.by_key.values():
        for held in values:
            if held.seq > since and (up_to is None or held.seq <= up_to) and held.round <= snapshot.code:
                words = cut(describe_source(snapshot, held.source), LONGEST_NAMED)
                for ref in _list_concerned(snapshot, held.key.ref.partition("/")[0]):
                    told.setdefault(ref, {})[words] = None
    otherwise = " ".join(filter(None, (limits, other))) or FOLLOWS

    def explain(difference: Difference) -> str:
        """Who said it, or what else there is to say."""
        if limits and difference.is_whole:
            return otherwise
        ref = difference.ref.partition(",")[0].partition("/")[0]
        ref = "" if ref in OF_THE_WHOLE_PLAN or ref in snapshot.rounds else ref
        return few([*told.get(ref, ())], MOST_NAMED, "; ") or otherwise

    return explain


def _list_concerned(snapshot: Snapshot, ref: str) -> set[str]:
    """The refs of the rows of which a fact about `ref` may change something; "" is what stands above the tables."""
    theme = snapshot.rows["action"].get(ref, {}).get("theme", "")
    priority = parent(theme or ref)
    board = snapshot.rows["priority"].get(priority, {}).get("board", "")
    groups = subgroups_of(snapshot.rows, ref) if theme else ()
    return {"", ref, theme, priority, board, *groups}


def difference_rows(differences: Sequence[Difference], explain: Explain) -> Iterator[RowFacts]:
    """The rows of the sheet that tells what differs. `explain`: why something does."""
    for number, difference in enumerate(differences, start=1):
        before, after = shorten_both(difference.before, difference.after)
        yield RowFacts(
            str(number),
            {
                "sheet": difference.sheet,
                "about": difference.about,
                "what": difference.heading,
                "before": before,
                "after": after,
                "why": explain(difference),
            },
        )


def shorten_both(before: str, after: str) -> tuple[str, str]:
    """Two texts from shortly before the place where they part, if one is too long; both masters have them whole."""
    if all(len(text) <= LONGEST and text.count("\n") < MOST_LINES for text in (before, after)):
        return before, after
    same = next(
        (place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )
    start = max(0, same - _LEAD)
    return _from(before, start), _from(after, start)


def _from(text: str, start: int) -> str:
    shown = cut(text[start:], LONGEST, " (goes on in the master itself)")
    return f"… {shown}" if start and shown else shown
