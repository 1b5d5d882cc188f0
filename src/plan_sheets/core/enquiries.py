"""Key lines of enquiry: the plan's own, and those that gaps raise; each of these says which gap, where, since when.

Source of the gaps: an impact never stated, a consideration blank under a Red priority, a question open for two rounds,
evidence never given, a step not done twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plan_sheets.core.ages import aged, quarters, question_since, row_since, since_of
from plan_sheets.core.compose import RowFacts
from plan_sheets.core.coverage import CONSIDERATIONS, Cover, covered
from plan_sheets.core.messages import shorten
from plan_sheets.core.model import Key, ref_order
from plan_sheets.core.planner import parent, who_answers
from plan_sheets.core.rag import Rating, Status, missed_running
from plan_sheets.core.rollup import roll_up
from plan_sheets.core.stood import Stood

TWICE = 2
"""For how many rounds a question must have been open, or a step not done, to raise an enquiry."""
NO_ANSWER = "None yet"
LONGEST_WHAT = 90
"""How much of an action is told here (characters); the whole of it stands in Master plan."""
_ENDED = (Status.CLOSED, Status.WITHDRAWN, Status.PROPOSED)


class Gap(StrEnum):
    """What raises an enquiry, in the order in which the executive reads it."""

    STEP = "Next step not done twice"
    BLANK = "Consideration blank under a Red priority"
    QUESTION = "Question open for two rounds"
    IMPACT = "Impact never stated"
    EVIDENCE = "Evidence never given"


@dataclass(frozen=True, slots=True)
class Raised:
    """One enquiry that a gap raises. `since`: the code of the round since which there has been the gap."""

    gap: Gap
    about: str
    enquiry: str
    answers: str
    since: str


def raised(stood: Stood) -> list[Raised]:
    """Every enquiry that gaps raise at the end of the round, by gap and ref; none before the first round."""
    if stood.round is None:
        return []
    found = [*_blank_under_red(stood), *_long_open(stood)]
    for rating in stood.now.values():
        if rating.published not in _ENDED:
            found += _of_action(stood, rating)
    gaps = list(Gap)
    return sorted(found, key=lambda one: (gaps.index(one.gap), ref_order(one.about)))


def _of_action(stood: Stood, rating: Rating) -> Iterator[Raised]:
    ref, row = rating.facts.ref, stood.rows["action"][rating.facts.ref]
    what = shorten(row["what"], LONGEST_WHAT).removesuffix(".")
    answers = row["owner"] or who_answers(stood.rows, ref)
    missed = missed_running(rating.facts.steps)
    if missed >= TWICE:
        asked = f"What keeps the next step of '{what}' from being done?"
        yield Raised(Gap.STEP, ref, asked, answers, stood.rounds[-missed])
    if since_of(stood.history, Key("action", ref, "impact"), stood.code) is None:
        asked = f"What difference will '{what}' make, and how will anybody know?"
        yield Raised(Gap.IMPACT, ref, asked, answers, row_since(stood, "action", ref))
    reported = [code for code in stood.rounds if stood.history.of_round("action", ref, "progress", code)]
    if reported and not rating.facts.evidence:
        asked = f"What evidence is there of the progress reported on '{what}'?"
        yield Raised(Gap.EVIDENCE, ref, asked, answers, reported[0])


def _blank_under_red(stood: Stood) -> Iterator[Raised]:
    """One enquiry for all that has been blank since the same round under one theme of a priority that is Red."""
    red = _red_since(stood)
    blank: dict[tuple[str, str], list[str]] = {}
    for one in covered(stood):
        priority = parent(one.theme)
        if one.cover is Cover.BLANK and priority in red:
            blank.setdefault((one.theme, max(one.since, red[priority])), []).append(CONSIDERATIONS[one.consideration])
    for (theme, since), names in blank.items():
        asked = f"{parent(theme)} is Red. What has been done for {stood.titled(theme)} about: {'; '.join(names)}?"
        yield Raised(Gap.BLANK, theme, asked, who_answers(stood.rows, theme), since)


def _red_since(stood: Stood) -> Mapping[str, str]:
    """Since which round each priority that is Red now has been so without a break."""
    since: dict[str, str] = {}
    for code in stood.rounds:
        by_priority: dict[str, list[Rating]] = {}
        for rating in stood.ratings[code].values():
            by_priority.setdefault(rating.facts.priority, []).append(rating)
        red = {ref for ref, those in by_priority.items() if roll_up(those, stood.limits).published == Status.RED}
        since = {ref: since.get(ref, code) for ref in red}
    return since


def _long_open(stood: Stood) -> Iterator[Raised]:
    for one in stood.questions:
        since = question_since(stood, one)
        if quarters(stood, since) >= TWICE:
            yield Raised(Gap.QUESTION, one.about, one.question, one.answers, since)


def enquiry_rows(stood: Stood, found: Sequence[Raised]) -> Iterator[RowFacts]:
    """The plan's own enquiries, then those that gaps raise (`found`)."""
    for ref, row in stood.rows["enquiry"].items():
        contents = {
            "about": row["about"] or "All",
            "enquiry": row["enquiry"],
            "answer": row["answer"] or NO_ANSWER,
            "raised_by": "The plan",
            "answers": who_answers(stood.rows, row["about"]),
        }
        yield RowFacts(ref, {**contents, **aged(stood, row_since(stood, "enquiry", ref))})
    for number, one in enumerate(found, start=1):
        contents = {
            "about": one.about,
            "enquiry": one.enquiry,
            "answer": NO_ANSWER,
            "raised_by": one.gap,
            "answers": one.answers,
        }
        yield RowFacts(f"G{number}", {**contents, **aged(stood, one.since)})


def enquiry_lines(stood: Stood, found: Sequence[Raised]) -> Iterator[str]:
    """How many the plan has and how many of them are answered; how many each gap raises (`found`)."""
    own = stood.rows["enquiry"].values()
    yield f"The plan's own: {len(own)}, answered: {sum(bool(row['answer']) for row in own)}."
    counts = Counter(one.gap for one in found)
    told = "; ".join(f"{gap.lower()} {counts[gap]}" for gap in Gap if counts[gap])
    yield f"Raised by gaps: {told or 'none' if stood.round else 'none before the first round'}."
