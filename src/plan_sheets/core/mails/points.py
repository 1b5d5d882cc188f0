"""What mails list: what is to be mended, what was taken from a return, what was decided. Each line is a point."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from plan_sheets.core.book.layout import Sheet, texts_of
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.text import count_words, cut
from plan_sheets.core.rating.decisions import Decision
from plan_sheets.core.rating.declined import NO, Declined
from plan_sheets.core.rating.plan_rows import Rows, lead_of, parent
from plan_sheets.core.rating.ratings import is_further

MOST_IMPORTANT = 3
"""How many things to mend a mail names: the workbook lists all."""
LONGEST_TITLE, LONGEST_POINT = 60, 240
_SENTENCE_ENDS = re.compile(r"(?<=[.?!])(?= [A-Z'])")
_REST = "(More of this row: see the workbook.)"
TOLD = {"rag": "RAG", "stage": "stage"}
"""The answers that a mail repeats, by the name of their field; of all others it says how many there are."""
CONFIRMED = {"confirmed_stage": "stage {value} confirmed", "due": "date {value} confirmed"}
"""What it means that the officer's word gave these fields a value."""
FROM_A_CHAIR = ("subgroup", "feedback")
"""The kinds of the returns of chairs."""


def list_points(points: Iterable[str], nothing: str) -> str:
    """Points as they stand in a mail, a line each; `nothing` where there is none."""
    return "\n".join(f"- {' '.join(point.split())}" for point in points) or nothing


def list_days(days: Sequence[str]) -> str:
    """Days (ISO) in words: `1 July 2016, 8 July 2016 and 15 July 2016`."""
    words = [PartialDate.of_iso(day).words for day in days]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def describe_what_came(verdict: str, *, is_first: bool) -> str:
    """What a reminder says of what came so far, by the verdict of it; the `is_first` one also says that nothing did."""
    if verdict == Verdict.UNTOUCHED:
        return (
            "What came back is the workbook as we sent it, with nothing typed in it. Perhaps it was not saved, or "
            "another file was attached: please look, and send the one with the answers."
        )
    crossed = "We have not had it yet. Perhaps it has crossed with this; then please forget this mail."
    return crossed if is_first else ""


def count_to_mend(sheet: Sheet) -> int:
    """How much there is to mend: what the first line of the sheet says, for a row may hold several things."""
    told = re.match(r"\d+", sheet.lines[0])
    return int(told[0]) if told else len(sheet.rows)


def list_to_mend(sheet: Sheet) -> list[str]:
    """The most important things to mend, from the sheet that lists all of them, the most important first."""
    shown = [place for place, column in enumerate(sheet.columns) if column.field.name != "key"]
    rows = ([texts_of(row)[place] for place in shown] for row in islice(sheet.rows, MOST_IMPORTANT))
    return [_describe_row([text for text in texts if text and not text.isdigit()]) for texts in rows]


def _describe_row(texts: Sequence[str]) -> str:
    """`Progress: J1a.1 Map the pathway: RAG is blank`: where, what it is about, and what is to be mended there."""
    *places, what = texts
    return ": ".join([*(cut(place, LONGEST_TITLE).rstrip(".:") for place in places), _shorten_to_sentences(what)])


def _shorten_to_sentences(text: str) -> str:
    """A text of no more than `LONGEST_POINT`: as many of its first sentences as that holds, and where the rest is."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_POINT:
        return line
    whole = [end.start() for end in _SENTENCE_ENDS.finditer(line, 0, LONGEST_POINT)]
    return f"{line[: whole[-1]]} {_REST}" if whole else cut(line, LONGEST_POINT)


def list_taken(history: History, rows: Rows, code: str, subgroup: str) -> Iterator[str]:
    """What stands from the returns of a subgroup (its code) for a round: an action a point, all else in one."""
    by_action: dict[str, dict[str, str]] = {}
    others = 0
    for held in _list_said(history, code, subgroup):
        key = held.key
        if key.record == "action":
            by_action.setdefault(key.ref, {})[key.field] = held.value
        else:
            others += key.field != "ref"
    for ref, row in rows["action"].items():
        if ref in by_action:
            yield f"{_name_action(row, ref)}: {_describe_answers(row, by_action[ref])}"
    if others:
        yield f"{count_words(others, 'answer')} on other sheets, such as the grid or a contribution"


def _list_said(history: History, code: str, subgroup: str) -> Iterator[Held]:
    """What stands for a round, or from it on, because a subgroup's return said so."""
    for key in history.by_key:
        held = history.in_round(key, code)
        source = held.source
        if source.subgroup == subgroup and source.kind in FROM_A_CHAIR and held.value and not source.settled:
            yield held


def _describe_answers(row: Mapping[str, str], answers: Mapping[str, str]) -> str:
    """`RAG Amber, stage In progress, 4 more answers`; of a further action that it is proposed."""
    if is_further(row):
        return "proposed as a further action"
    told = [f"{word} {answers[name]}" for name, word in TOLD.items() if name in answers]
    more = count_words(len(answers) - len(told), "more answer" if told else "answer")
    return ", ".join([*told, *([more] * (len(answers) > len(told)))])


def _name_action(row: Mapping[str, str], ref: str) -> str:
    """`J2a.1 Map the pathway`."""
    return f"{ref} {cut(row['short_title'] or row['what'], LONGEST_TITLE)}"


def list_decided(
    history: History, rows: Rows, code: str, subgroup: str, declined: Sequence[Declined], made: Sequence[Decision]
) -> Iterator[str]:
    """What was decided for a round on the actions that a subgroup leads: by the officer, then by the Executive."""
    mine = {ref: row for ref, row in rows["action"].items() if lead_of(rows, ref) == subgroup}
    for ref, row in mine.items():
        yield from (f"{_name_action(row, ref)}: {what}" for what in _list_confirmed(history, ref, code))
        about = [no for no in declined if (no.key.record, no.key.ref, no.round) == ("action", ref, code)]
        yield from (f"{_name_action(row, ref)}: {no.sentence}" for no in about if no.choice == NO)
    yield from list_executive(rows, subgroup, made)


def _list_confirmed(history: History, ref: str, code: str) -> Iterator[str]:
    """What the officer confirmed of what was proposed of an action for a round."""
    for key in history.by_row.get(("action", ref), ()):
        held = history.in_round(key, code)
        if held.source.settled and held.value and key.field in CONFIRMED:
            yield CONFIRMED[key.field].format(value=held.value)
        if held.source.settled and key.field == "agreement":
            yield f"further action {held.value.lower()}"


def list_executive(rows: Rows, subgroup: str, made: Sequence[Decision]) -> Iterator[str]:
    """What the Executive decided (`made`) on actions that a subgroup leads, on their priorities, or on the subgroup."""
    mine = [ref for ref in rows["action"] if lead_of(rows, ref) == subgroup]
    themes = {rows["action"][ref]["theme"] for ref in mine}
    concerned = {subgroup, *mine, *themes, *map(parent, themes)} - {""}
    for decision in made:
        if decision.ref in concerned:
            on = decision.on or f"received {PartialDate.of_iso(decision.received).words}"
            yield f"{_name(rows, decision.ref)}: {decision.text} ({decision.by or 'no name given'}, {on})"


def _name(rows: Rows, ref: str) -> str:
    """The ref and the title of an action, a priority or a subgroup."""
    if ref in rows["action"]:
        return _name_action(rows["action"][ref], ref)
    return f"{ref} {rows['priority'].get(ref, rows['subgroup'].get(ref, {})).get('title', '')}".strip()


def describe_open(to_mend: int, queries: int, proposals: Collection[str]) -> str:
    """What of a return is still open, in a sentence; "" if nothing is."""
    parts = [f"{count_words(to_mend, 'thing')} to mend, in the workbook that we send you for it"] * bool(to_mend)
    parts += [f"{queries} {'query' if queries == 1 else 'queries'} that we look into"] * bool(queries)
    parts += [f"what you propose of {', '.join(proposals)}, until it is confirmed"] * bool(proposals)
    return f"Still open: {'; '.join(parts)}." if parts else ""
