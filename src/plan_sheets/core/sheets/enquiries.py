"""Key lines of enquiry: the plan's own, and those that gaps raise; each of these says which gap, where, since when.

Source of the gaps: an impact never stated, a consideration blank under a Red priority, a question open for two rounds,
evidence never given, a step not done twice. What one gap raises about one priority is asked in one row: an executive
reads what is missing under J2, not thirty rows that differ in an action.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.ages import aged, count_back, quarters, question_since, row_since, since_of, since_words
from plan_sheets.core.rating.plan_rows import UNNAMED, parent, who_answers
from plan_sheets.core.rating.rules.rag import Rating, missed_running
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.considerations import Cover, covered
from plan_sheets.core.sheets.lines import short_title

TWICE = 2
"""For how many rounds a question must have been open, or a step not done, to raise an enquiry."""
NO_ANSWER = "None yet"
MOST_TOGETHER = 1_000
"""The most characters of questions in one row: a row must fit its page."""
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
    what: str = ""
    """What stands for it in a row of several, under `_OF_EACH` of its gap; "" is the enquiry itself."""

    @property
    def line(self) -> str:
        """What stands for it in a row of several."""
        return self.what or self.enquiry


_OF_EACH = {
    Gap.STEP: "What keeps the next step of each of these from being done?",
    Gap.BLANK: "{} is Red. What has been done about what is blank here?",
    Gap.IMPACT: "What difference will each of these make, and how will anybody know?",
    Gap.EVIDENCE: "What evidence is there of the progress reported on each of these?",
}
"""What a row of several asks first; a question that is open asks for itself."""


def raised(snapshot: Snapshot) -> list[Raised]:
    """Every enquiry that gaps raise at the end of the round, by gap and ref; none before the first round."""
    if snapshot.round is None:
        return []
    found = [*_blank_under_red(snapshot), *_long_open(snapshot)]
    for rating in snapshot.now.values():
        if rating.published not in _ENDED:
            found += _of_action(snapshot, rating)
    gaps = list(Gap)
    return sorted(found, key=lambda enquiry: (gaps.index(enquiry.gap), ref_order(enquiry.about)))


def _of_action(snapshot: Snapshot, rating: Rating) -> Iterator[Raised]:
    ref, row = rating.facts.ref, snapshot.rows["action"][rating.facts.ref]
    what = short_title(snapshot, "action", ref) or row["what"].removesuffix(".")
    answers = row["owner"] or who_answers(snapshot.rows, ref)
    missed = missed_running(rating.facts.steps)
    if missed >= TWICE and not rating.finished:
        asked = f"What keeps the next step of '{what}' from being done?"
        yield Raised(Gap.STEP, ref, asked, answers, snapshot.rounds[-missed], what)
    if (never_stated := _no_impact_since(snapshot, ref)) is not None:
        asked = f"What difference will '{what}' make, and how will anybody know?"
        yield Raised(Gap.IMPACT, ref, asked, answers, never_stated, what)
    reported = [code for code in snapshot.rounds if snapshot.answer(ref, "progress", code)]
    if reported and not rating.facts.evidence:
        asked = f"What evidence is there of the progress reported on '{what}'?"
        yield Raised(Gap.EVIDENCE, ref, asked, answers, reported[0], what)


def _no_impact_since(snapshot: Snapshot, ref: str) -> str | None:
    """The code of the round since which an action has stood without a stated impact; None if it ever had one."""
    if since_of(snapshot.history, Key("action", ref, "impact"), snapshot.code) is not None:
        return None
    own = row_since(snapshot, "action", ref)
    return count_back(snapshot, ref, own, lambda old: _no_impact_since(snapshot, old))


def _blank_under_red(snapshot: Snapshot) -> Iterator[Raised]:
    """One enquiry for each theme of a Red priority and round: the considerations that are blank since that round."""
    red = _red_since(snapshot)
    blank: dict[tuple[str, str], list[str]] = {}
    for cell in covered(snapshot):
        priority = parent(cell.theme)
        if cell.cover is Cover.BLANK and priority in red:
            since = max(cell.since, red[priority])
            blank.setdefault((cell.theme, since), []).append(snapshot.considerations[cell.consideration])
    for (theme, since), names in blank.items():
        asked = f"{parent(theme)} is Red. What has been done for {snapshot.titled(theme)} about: {'; '.join(names)}?"
        what = f"{snapshot.rows['priority'][theme]['title']} ({'; '.join(names)})"
        yield Raised(Gap.BLANK, theme, asked, who_answers(snapshot.rows, theme), since, what)


def _red_since(snapshot: Snapshot) -> Mapping[str, str]:
    """Since which round each priority that is Red now has been so without a break."""
    since: dict[str, str] = {}
    for code in snapshot.rounds:
        priorities = {rating.facts.priority for rating in snapshot.ratings[code].values()}
        red = {ref for ref in priorities if snapshot.roll_up(code, [ref]).published == Status.RED}
        since = {ref: since.get(ref, code) for ref in red}
    return since


def _long_open(snapshot: Snapshot) -> Iterator[Raised]:
    for question in snapshot.questions:
        since = question_since(snapshot, question)
        if quarters(snapshot, since) >= TWICE:
            yield Raised(Gap.QUESTION, question.about, question.question, question.answers, since)


def enquiry_rows(snapshot: Snapshot, found: Sequence[Raised]) -> Iterator[RowFacts]:
    """The plan's own enquiries, then those that gaps raise (`found`)."""
    for ref, row in snapshot.rows["enquiry"].items():
        contents = {
            "about": row["about"] or "All",
            "enquiry": row["enquiry"],
            "answer": row["answer"] or NO_ANSWER,
            "raised_by": "The plan",
            "answers": who_answers(snapshot.rows, row["about"]),
        }
        yield RowFacts(ref, {**contents, **aged(snapshot, row_since(snapshot, "enquiry", ref))})
    for number, those in enumerate(_together(snapshot, found), start=1):
        contents = {**_asked(snapshot, those), "answer": NO_ANSWER, "raised_by": those[0].gap}
        yield RowFacts(f"G{number}", {**contents, **aged(snapshot, min(enquiry.since for enquiry in those))})


def _together(snapshot: Snapshot, found: Iterable[Raised]) -> Iterator[list[Raised]]:
    """The enquiries of one gap about one priority together, split where they would not fit one row."""
    groups: dict[tuple[Gap, str], list[Raised]] = {}
    for enquiry in found:
        groups.setdefault((enquiry.gap, _priority(snapshot, enquiry.about)), []).append(enquiry)
    for group in groups.values():
        row: list[Raised] = []
        for enquiry in group:
            if row and sum(len(each.line) for each in (*row, enquiry)) > MOST_TOGETHER:
                yield row
                row = []
            row.append(enquiry)
        yield row


def _priority(snapshot: Snapshot, about: str) -> str:
    """The priority of an action or a theme; of all else (a subgroup, the plan, several refs) itself."""
    row = snapshot.rows["action"].get(about)
    theme = row["theme"] if row else about
    return parent(theme) if theme in snapshot.rows["priority"] else about


def _asked(snapshot: Snapshot, those: Sequence[Raised]) -> dict[str, str]:
    """The cells `about`, `enquiry` and `answers` of a row: of one enquiry, or of several, one line each."""
    first = those[0]
    if len(those) == 1:
        return {"about": first.about, "enquiry": first.enquiry, "answers": first.answers}
    about = _priority(snapshot, first.about)
    lines = [_OF_EACH.get(first.gap, "").format(about), *_lines(snapshot, those)]
    whom = dict.fromkeys(enquiry.answers for enquiry in those)
    return {"about": about, "enquiry": "\n".join(filter(None, lines)), "answers": "\n".join(filter(None, whom))}


def _lines(snapshot: Snapshot, those: Sequence[Raised]) -> Iterator[str]:
    """A line for each question with its refs; with who answers and since when, where these differ within the row."""
    since = min(enquiry.since for enquiry in those)
    refs: dict[str, list[str]] = {}
    for enquiry in those:
        whom = "" if all(enquiry.answers == other.answers for other in those) else enquiry.answers or UNNAMED
        later = quarters(snapshot, enquiry.since) != quarters(snapshot, since)
        more = "; ".join(filter(None, [whom, f"since {since_words(enquiry.since)}" if later else ""]))
        refs.setdefault(f"{enquiry.line} ({more})" if more else enquiry.line, []).append(enquiry.about)
    for text, about in refs.items():
        yield f"{', '.join(dict.fromkeys(about))}: {text}".removeprefix(": ")


def enquiry_lines(snapshot: Snapshot, found: Sequence[Raised]) -> Iterator[str]:
    """How many the plan has and how many of them are answered; how many each gap raises (`found`)."""
    own = snapshot.rows["enquiry"].values()
    yield f"The plan's own: {len(own)}, answered: {sum(bool(row['answer']) for row in own)}."
    counts = Counter(enquiry.gap for enquiry in found)
    gaps = "; ".join(f"{gap[0].lower()}{gap[1:]} {counts[gap]}" for gap in Gap if counts[gap])
    rows = " (those of one priority share a row)" if gaps else ""
    yield f"Raised by gaps{rows}: {gaps or 'none' if snapshot.round else 'none before the first round'}."
