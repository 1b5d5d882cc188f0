"""Reads what lies on the board officer's desk: what waits for somebody, in few rows of the register."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from plan_sheets.core.answers.waive import Waiver
from plan_sheets.core.mails.addressee import find_chair
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.control_totals import RETURNED
from plan_sheets.core.rating.plan_rows import find_merged
from plan_sheets.core.rating.proposals import Proposal, proposals, subject
from plan_sheets.core.rating.ratings import SAYS
from plan_sheets.core.rating.rules.rag import CONFIRMABLE
from plan_sheets.core.rating.succession import FIELD as SUCCEEDS
from plan_sheets.core.rating.to_do import ClosedRound, OpenRound, ToBeMended
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import is_standing_or_of
from plan_sheets.store.register.editions import batch_of, is_of, is_touched, list_editions
from plan_sheets.store.register.mending.unmended import list_unanswered
from plan_sheets.store.register.reads import list_returns_of_rounds
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.standings import list_moved, read_returns

_PROPOSED_IN = (
    *("ref", "removed", "finished_in", "agreement", "stage", "confirmed_stage", "new_date", SUCCEEDS),
    *SAYS,
)
"""The fields that say what is proposed of an action."""
FOR_ALL = "MASTER"
"""The stem of the masters that are for all readers inside."""
_RECENT = 2
"""How many rounds say how an action stands that was reported: the last, and the one that it is compared with."""
_NEEDED = ("subgroup", "action")
"""The records without which there is nothing to issue."""


def list_offered(register: Register, rounds: Sequence[str]) -> list[Proposal]:
    """What is proposed in these rounds (codes, oldest first) and the officer has not answered."""
    ref, proposed, moved = tables.VALUE.c.ref, _refs_proposed(register.plan), list_moved(register)
    if not moved and not register.read(proposed.limit(1)):
        return []
    asked_of = or_(ref.in_(proposed), ref.in_(moved))
    history = register.history(asked_of, record="action", field=_PROPOSED_IN)
    settled = register.settled_subjects()
    return [proposal for proposal in proposals(history, rounds) if subject(proposal) not in settled]


def read_recent(
    register: Register,
    rounds: Sequence[str],
    also: Collection[str] = (),
    of_rows: Sequence[ColumnElement[bool]] = (),
) -> History:
    """What stands until it is changed, and of the answers those that it takes to rate the last of these rounds alone.

    These are the answers of the last two rounds and of those in `also`, and all evidence; all answers about an action
    of which nothing was judged in the last round, whose next step was not done, or that took another's place.
    `of_rows`: conditions on the rows of the plan that are wanted; none: all.
    """
    if len(rounds) <= _RECENT:
        return register.history(*of_rows)
    v, recent = tables.VALUE.c, rounds[-_RECENT:]
    answers = select(v.ref).where(v.plan == register.plan, v.record == "action")
    rag = answers.where(v.round == rounds[-1], v.field == "rag")
    judged = rag.where(v.value != "").except_(rag.where(v.value == ""))
    missed = answers.where(v.round.in_(recent), v.field == "step_done", v.value != "Yes")
    whole = or_(v.ref.not_in(judged), v.ref.in_(missed), v.ref.in_(list_moved(register)), v.field == "evidence")
    return register.history(or_(is_standing_or_of({*recent, *also}), and_(v.record == "action", whole)), *of_rows)


def list_merged(register: Register) -> list[str]:
    """The codes of the subgroups that were ever part of others, and of these."""
    history = register.history(record="subgroup", field="merged_into")
    return [*{ref for held in history.by_key.values() for each in held for ref in (each.key.ref, each.value)} - {""}]


def list_missing(register: Register) -> list[str]:
    """What a plan needs before its first round, and this one lacks: `financial year`."""
    year = [] if read_year(register) else ["financial year"]
    return [*year, *(record for record in _NEEDED if not _has_rows(register, record))]


def read_year(register: Register) -> str:
    """The financial year of the plan, `2016/17`; "" if it names none."""
    return register.history(record="plan", field="year").text("plan", "", "year")


def find_year_close(register: Register) -> int:
    """The id of the return with which the year before this one was closed; 0 if none was."""
    held = register.history(record="plan", field="year").standing(Key("plan", "", "year"))
    return held.source.return_id if held.round else 0


def read_chairs(register: Register) -> dict[str, str]:
    """Who answers for each subgroup, by its code: the chair or who receives meanwhile, and the e-mail address.

    For one that is part of another one now, the chair of that.
    """
    history = register.history(record="subgroup")
    rows = {ref: history.record("subgroup", ref) for ref in history.refs("subgroup")}
    found = {ref: find_chair(rows.get(find_merged({"subgroup": rows}, ref), row)) for ref, row in rows.items()}
    return {ref: ", ".join(filter(None, (chair.name, *chair.to.addresses))) for ref, chair in found.items()}


def _has_rows(register: Register, record: str) -> bool:
    return bool(register.history(record=record, field=("ref", "removed")).refs(record))


def list_waivers(register: Register) -> list[Waiver]:
    """The last waiver of each rule for each subgroup, in force or expired; in the order in which they were given."""
    w, b = tables.WAIVER.c, tables.BATCH.c
    chosen = select(w.code, w.subgroup, w.until, w.by, w.reason, func.substr(b.at, 1, 10))
    chosen = chosen.select_from(tables.WAIVER.join(tables.BATCH, w.batch == b.id)).where(w.plan == register.plan)
    last = {(row.code, row.subgroup): Waiver(*row) for row in register.read(chosen.order_by(w.id))}
    return [*last.values()]


def find_last_made(register: Register, folder: str) -> str:
    """The path within the plan folder of the file that was made last in one of its folders; that one if none was."""
    o = tables.OUTPUT.c
    made = select(o.path).where(o.plan == register.plan, o.path.startswith(f"{folder}/", autoescape=True))
    rows = register.read(made.order_by(o.id.desc()).limit(1))
    return str(rows[0].path) if rows else folder


def list_open_rounds(register: Register, codes: Sequence[str], as_of: date) -> list[OpenRound]:
    """How these rounds stand, which are not closed, on a day."""
    return [
        OpenRound(
            code, read_returns(register, code, as_of), _is_drafted(register, code), _read_to_be_mended(register, code)
        )
        for code in codes
    ]


def _read_to_be_mended(register: Register, code: str) -> ToBeMended:
    """The returns of a round that go back to be mended, and whether mail was drafted since the last of them."""
    numbers = [returned.number for returned in list_unanswered(register, code).values()]
    round_folder = code.lower()
    workbook = _find_last_output(register, f"feedback/{round_folder}/")
    mail = _find_last_output(register, f"mail/{round_folder}/{round_folder}-feedback-")
    return ToBeMended(numbers, drafted=mail > workbook)


def _find_last_output(register: Register, begins: str) -> int:
    """The id of the last file that was made under a name that begins so; 0 if none was."""
    o = tables.OUTPUT.c
    last = select(func.coalesce(func.max(o.id), 0))
    last = last.where(o.plan == register.plan, o.path.startswith(begins, autoescape=True))
    return int(register.read(last)[0][0])


def _is_drafted(register: Register, code: str) -> bool:
    """Whether a draft of the master for all was made, and nothing that belongs to the round came since."""
    made = [
        number for number, facts in register.document_facts("master", code).items() if is_of(facts.reference, FOR_ALL)
    ]
    return bool(made) and not is_touched(register, code, batch_of(register, made[-1]))


def list_closed_rounds(register: Register, codes: Sequence[str], path: Path) -> list[ClosedRound]:
    """How these rounds stand, of those of which a master was handed over. `path`: of the plan folder."""
    rounds = []
    for code in codes:
        # For the Executive is the master for all; the round may have been closed by one for readers of some boards.
        if handed_over := list_editions(register, code, FOR_ALL) or list_editions(register, code):
            last = handed_over[-1]
            answered = bool(list_returns_of_rounds(register, code, code, ["master"], RETURNED))
            touched = is_touched(register, code, last.batch)
            to_be_mended = _read_to_be_mended(register, code) if touched else ToBeMended()
            rounds.append(ClosedRound(code, str(path / last.path), touched, answered, to_be_mended))
    return rounds


@cache
def _refs_proposed(plan: int) -> Select[Any]:
    """The refs of the actions of which a chair ever proposed something."""
    v = tables.VALUE.c
    stage = and_(v.field == "stage", v.value.in_(CONFIRMABLE))
    moved = and_(v.field.in_(("confirmed_stage", "new_date")), v.value != "")
    further = and_(v.field == "agreement", v.value == "Proposed")
    fields = v.field.in_(("stage", "confirmed_stage", "new_date", "agreement"))  # which has an index
    return select(v.ref).where(v.plan == plan, v.record == "action", fields, or_(stage, moved, further))
