"""Reads the snapshot of a round, of which a master is made, from the register."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from plan_sheets.core.answers.waive import WAIVED
from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import BEFORE_ANY_ROUND, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.control_totals import RETURNED
from plan_sheets.core.rating.open_questions import OpenQuestion, open_questions
from plan_sheets.core.rating.plan_rows import Rows, find_merged
from plan_sheets.core.rating.proposals import Proposal, proposals, subject
from plan_sheets.core.rating.ratings import find_done_groups, rate_rounds, rows_at, thresholds
from plan_sheets.core.rating.rules.escalate import SubgroupFacts
from plan_sheets.core.rating.snapshot import Snapshot, day_of
from plan_sheets.core.rating.succession import Succession, find_succession
from plan_sheets.core.rating.taken_out import TakenOut, find_left, find_taken_out
from plan_sheets.store import schemas
from plan_sheets.store.register.known_names import NOT_READ
from plan_sheets.store.register.placeholders import Placeholder, find_open_placeholders
from plan_sheets.store.register.reads import (
    find_keys_left_by_returns,
    list_findings_to_read,
    list_issues,
    list_returns_of_rounds,
)
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.declined import list_declined
from plan_sheets.store.register.standings import find_covered

_NO_DAY = "~"
"""Later than any day (ISO): what came for an earlier round is told in the master of that."""


def find_round(register: Register, code: str | Round | None) -> Round | None:
    """The round that is meant: the latest where `code` is None; None before the first.

    Raises PlanSheetsError if it was not issued.
    """
    issued = [issued_round.code for issued_round in register.rounds()]
    if code is None:
        return Round.parse(issued[-1]) if issued else None
    wanted = Round.parse(code)
    if wanted.code not in issued:
        raise PlanSheetsError(
            f"{wanted.code} has not been issued, so nothing is known of how it stood.",
            f"Issued so far: {', '.join(issued)}." if issued else "Leave the round out: the draft is then meant.",
        )
    return wanted


def read_snapshot(register: Register, for_round: Round | None) -> Snapshot:
    """How everything stood at the end of a round, from what the register holds; None is before the first round."""
    history = register.history()
    code = for_round.code if for_round else BEFORE_ANY_ROUND
    rounds = tuple(issued_round.code for issued_round in register.rounds() if issued_round.code <= code)
    rows = rows_at(history, code)
    queries = [query for query in register.open_queries() if query.round <= code]
    returned = _Returns(register, code)
    declined = tuple(each for each in list_declined(register, history) if each.round <= code)
    ratings = rate_rounds(history, rounds, rows, declined)
    done = {*find_done_groups(rows, ratings.get(code, {})), *find_covered(register, code)}
    finished = [ref for ref, rating in ratings.get(code, {}).items() if rating.finished]
    placeholders = find_open_placeholders(register, history, code)
    limits = thresholds(history, code)
    taken_out = tuple(find_taken_out(history, rounds, ratings, limits)) if rounds else ()
    asked, closed = _sort_questions(history, code, rows, placeholders, taken_out, finished)
    not_read = find_keys_left_by_returns(register, code, NOT_READ, OF_SUBGROUPS, RETURNED)
    return Snapshot(
        round=for_round,
        rounds=rounds,
        history=history,
        rows=rows,
        ratings=ratings,
        limits=limits,
        subgroups=tuple(_list_reporting(rows, rounds, returned, done)),
        silent=returned.because(code),
        waived=_list_waived(register, code),
        forms={subgroup: form for (when, subgroup), form in returned.forms.items() if when == code},
        questions=asked,
        proposals=tuple(_list_waiting(proposals(history, rounds), code, register.settled_subjects())),
        doubts=_describe_doubts(queries, not_read, find_succession(history, code)),
        set_aside=_count_set_aside(register, code),
        asked={key: placeholder.since for key, placeholder in placeholders.items()},
        open_queries=tuple(queries),
        made_on=day_of(for_round, history),
        declined=declined,
        considerations={name: field.title for name, field in schemas.load_records()["grid"].items() if field.lens},
        taken_out=taken_out,
        closed=closed,
        left=tuple(find_left(history, rounds)) if rounds else (),
    )


def _list_waived(register: Register, code: str) -> dict[str, list[str]]:
    """What was let pass in the returns for a round (its code), in sentences, each once, by subgroup."""
    waived: dict[str, dict[str, None]] = {}
    for finding in list_findings_to_read(register, code, _NO_DAY, (), [WAIVED]) if code else ():
        waived.setdefault(finding.subgroup, {})[finding.message] = None
    return {subgroup: [*sentences] for subgroup, sentences in waived.items()}


def _list_waiting(offered: Iterable[Proposal], code: str, settled: Collection[str]) -> Iterator[Proposal]:
    """The proposals up to a round (its code) that nobody has settled (`settled`: subjects)."""
    for proposal in offered:
        if proposal.round <= code and subject(proposal) not in settled:
            yield proposal


class _Returns:
    """The workbooks and feedback of subgroups up to a round (its code): what went out, and what was accepted."""

    def __init__(self, register: Register, code: str) -> None:
        self.issues: dict[str, list[str]] = {}
        """The subgroups that were issued a workbook, in the order of issue, by the code of the round."""
        for when, subgroup in dict.fromkeys(list_issues(register, code, OF_SUBGROUPS)):
            self.issues.setdefault(when, []).append(subgroup)
        self.forms: dict[tuple[str, str], dict[str, str]] = {}
        """The form of the last accepted return, with its number, by round and subgroup."""
        for file in list_returns_of_rounds(register, BEFORE_ANY_ROUND, code, OF_SUBGROUPS, RETURNED):
            self.forms[file.round, file.subgroup] = {
                **(json.loads(file.form) if file.form else {}),
                "number": file.number,
            }

    def issued(self, code: str) -> list[str]:
        """The subgroups that were issued a workbook in a round, in the order of issue."""
        return self.issues.get(code, [])

    def because(self, code: str) -> dict[str, str]:
        """Why a subgroup has nothing to report, by its code."""
        reasons = {
            subgroup: form.get("nothing_because", "") for (when, subgroup), form in self.forms.items() if when == code
        }
        return {subgroup: text for subgroup, text in reasons.items() if text}


def _list_reporting(
    rows: Rows, rounds: Sequence[str], returned: _Returns, done: Collection[str]
) -> Iterator[SubgroupFacts]:
    """Whether each subgroup reports; for one that is part of another one, the chair and the lead of that answer."""
    for code in returned.issued(rounds[-1]) if rounds else ():
        row = rows["subgroup"].get(code, {})
        parts = [old for old in rows["subgroup"] if old != code and find_merged(rows, old) == code]
        missed = 0
        for past in reversed(rounds):
            # Before it was sent any workbook itself, those that are part of it now were.
            sent = {code} & {*returned.issued(past)} or {*parts} & {*returned.issued(past)}
            if not any((past, each) not in returned.forms for each in sent):
                break
            missed += 1
        answers = rows["subgroup"].get(find_merged(rows, code), row)
        named = row.get("title") or code, answers.get("chair", ""), answers.get("board_lead", "")
        yield SubgroupFacts(code, *named, missed, finished=code in done)


def _describe_doubts(
    queries: Sequence[OpenQuery], not_read: Sequence[Key], succession: Succession
) -> dict[str, tuple[str, ...]]:
    """What is in doubt about each action, in words; of one that went on under other refs, about these.

    A RAG that nobody has settled is told as it was returned: what is published may be a better one.
    """
    asked = [(cell.key, cell.returned) for query in queries for cell in query.cells]
    unread = [(key, "") for key in not_read]
    doubts: dict[str, tuple[str, ...]] = {}
    for words, cells in (("a query is open on {}", asked), ("what was entered could not be taken: {}", unread)):
        titles: dict[str, list[str]] = {}
        for key, returned in cells:
            action = key.ref.partition("/")[0]
            if key.record == "action" or _is_beside_actions(key):
                for heir in succession.list_heirs(action):
                    said = f" ({returned})" if key.field == "rag" and returned else ""
                    of = f" of {action}" if heir != action else ""
                    titles.setdefault(heir, []).append(f"{_find_title(key)}{of}{said}")
        for ref, names in titles.items():
            doubts[ref] = (*doubts.get(ref, ()), words.format(", ".join(dict.fromkeys(names))))
    return doubts


def _is_beside_actions(key: Key) -> bool:
    """Whether a fact is what one subgroup says beside an action of another: a contribution."""
    about = schemas.load_records().get(key.record, {}).get(key.field)
    return about is not None and about.keyed_by == "subgroup" and "/" in key.ref


def _find_title(key: Key) -> str:
    about = schemas.load_records().get(key.record, {}).get(key.field)
    return about.title if about else "the row itself"


def _sort_questions(
    history: History,
    code: str,
    rows: Rows,
    placeholders: Mapping[Key, Placeholder],
    taken_out: Sequence[TakenOut],
    finished: Collection[str],
) -> tuple[tuple[OpenQuestion, ...], Mapping[OpenQuestion, str]]:
    """Everything open at the end of a round (its code); and what was closed by what was taken out, with the reason.

    What was taken out before the last round asks no more either, and has been told.
    """
    titles = {key: _find_title(key) for key in [*history.by_key, *placeholders]}
    entered = {key: placeholder.entered for key, placeholder in placeholders.items()}
    went_on = find_succession(history, code).after
    there = {
        key: text
        for key, text in entered.items()
        if not (_is_out(history, key, code) or (key.record == "action" and key.ref in went_on))
    }
    gone = {(item.record, item.ref): item for item in taken_out}
    gone_rows: dict[str, dict[str, Mapping[str, str]]] = {}
    for (record, ref), item in gone.items():
        gone_rows.setdefault(record, {})[ref] = item.row
    of_gone = {key: text for key, text in entered.items() if key[:2] in gone}
    closed = {question: gone[question.key[:2]].reason for question in open_questions(gone_rows, of_gone, titles)}
    asked = {
        question: _find_about(question, history, code) for question in open_questions(rows, there, titles, finished)
    }
    closed |= {question: gone[about].reason for question, about in asked.items() if about in gone}
    return tuple(question for question, about in asked.items() if about is None), closed


def _is_out(history: History, key: Key, code: str) -> bool:
    """Whether a row is out of the plan at the end of a round (its code): taken out, or finished in an earlier year."""
    row = key.record, key.ref
    return history.text(*row, "removed", code) == "Yes" or bool(history.find_year_left(*row, code))


def _find_about(question: OpenQuestion, history: History, code: str) -> tuple[str, str] | None:
    """What a question is about (record and ref), if it names nothing but priorities and actions that are gone."""
    refs = re.split(r"[\s,;]+", question.about.strip())
    places = ((record, ref) for ref in refs for record in ("priority", "action"))
    gone = [place for place in places if history.text(*place, "removed", code) == "Yes"]
    return gone[0] if len(gone) == len(refs) else None


def _count_set_aside(register: Register, code: str) -> int:
    """How many files are held or refused that came while this round was the latest: they name no round."""
    issued = [(issued_round.issued, issued_round.code) for issued_round in register.rounds()]
    days = [file.received[:10] for verdict in ("held", "refused") for file in register.set_aside(verdict)]
    latest = [max((when for first, when in issued if first <= day), default=BEFORE_ANY_ROUND) for day in days]
    return latest.count(code)
