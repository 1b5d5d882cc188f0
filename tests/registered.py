"""How a plan stood at the end of a round, from a small table of what the register would hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.open_questions import open_questions
from plan_sheets.core.rating.ratings import rate_rounds, rows_at, thresholds
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.taken_out import find_taken_out
from plan_sheets.store.schemas import load_records

_OF_A_ROUND = ("progress", "evidence", "next_step", "step_done", "rag", "stage")


def snapshot(table: str, *quarters: int, asked: Mapping[str, str] | None = None) -> Snapshot:
    """How everything stood at the end of the last of these quarters of 2016/17; before the first round without any.

    `table`: lines of `quarter | record | ref | field = value | field = value`, the quarter being 1 to 4, or blank for
    before the first round; the first line of a row makes it. `asked`: since which quarter a placeholder stands, by
    "record ref field".
    """
    rounds = tuple(Round(2016, quarter).code for quarter in quarters)
    code = rounds[-1] if rounds else ""
    history = History.of(_held(table))
    rows = rows_at(history, code)
    placeholders = {Key(*name.split()): _code(quarter) for name, quarter in (asked or {}).items()}
    ratings, limits = rate_rounds(history, rounds), thresholds(history, code)
    return Snapshot(
        round=Round.parse(code) if code else None,
        rounds=rounds,
        history=history,
        rows=rows,
        ratings=ratings,
        limits=limits,
        subgroups=(),
        silent={},
        questions=tuple(open_questions(rows, dict.fromkeys(placeholders, "?"), {})),
        proposals=(),
        doubts={},
        open_queries=(),
        set_aside=0,
        asked=placeholders,
        made_on=Round.parse(code).last_day if code else date(2016, 4, 1),
        considerations={name: field.title for name, field in load_records()["grid"].items() if field.lens},
        taken_out=tuple(find_taken_out(history, rounds, ratings, limits)) if rounds else (),
    )


def _held(table: str) -> list[Held]:
    held: list[Held] = []
    rows: set[tuple[str, str]] = set()
    for line in table.strip().splitlines():
        quarter, record, ref, *texts = (part.strip() for part in line.split("|"))
        fields = dict(text.split(" =", 1) for text in texts)
        if (record, ref) not in rows:
            rows.add((record, ref))
            fields = {"ref": ref, **fields}
        for name, value in fields.items():
            scope = "round" if name in _OF_A_ROUND else "standing"
            held.append(Held(Key(record, ref, name), value.strip(), scope, _code(quarter), len(held)))
    return held


def _code(quarter: str) -> str:
    return Round(2016, int(quarter)).code if quarter else ""
