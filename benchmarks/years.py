"""A register of several years, made from one of a single year: every round of it, once more for each year before.

To issue, return and close sixteen rounds of a thousand actions takes many minutes. What a chair reports differs little
from year to year, so the rows of one year stand for those of the others, with their ids in the order of recording.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.files import make_file

OF_THE_PLAN = ("plan", "version", "layout")
_YEAR = re.compile(r"\b(20\d\d)-(\d\d)(?=-(?:q|Q)[1-4]\b)")
_DAY = re.compile(r"^(20\d\d)(?=-\d\d-\d\d)")
_DATED = ("at", "issued", "return_by", "created", "received")
_CODED = ("code", "round", "reference", "path")


def add_years(register: Path, years: int) -> None:
    """Put the rounds of so many years before those that a register holds, which is replaced."""
    with closing(sqlite3.connect(register)) as old:
        old.row_factory = sqlite3.Row
        rows = {table: old.execute(f'SELECT * FROM "{table.name}"').fetchall() for table in _list_tables()}  # noqa: S608 - names of our own tables
        made = register.with_suffix(".new")
        made.unlink(missing_ok=True)
        make_file(made)
        with closing(sqlite3.connect(made)) as new:
            for (statement,) in old.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"):
                new.execute(statement)
            _copy(rows, new, years)
            new.commit()
    made.replace(register)


def _list_tables() -> list[Table]:
    return tables.METADATA.sorted_tables


def _copy(rows: Mapping[Table, list[Any]], new: sqlite3.Connection, years: int) -> None:
    last = {
        table.name: max((row["id"] for row in those), default=0) for table, those in rows.items() if "id" in table.c
    }
    of_plan = {row["id"] for row in rows[tables.RETURN] if row["kind"] == "plan"}
    first_round = min(row["batch"] for row in rows[tables.ROUND])
    entries = {row["id"] for row in rows[tables.ENTRY] if row["return_id"] in of_plan}
    for table, those in rows.items():
        for back in range(years, -1, -1):
            again = back < years
            if again and table.name in OF_THE_PLAN:
                continue
            shift = years - back
            chosen = [
                _shifted(table, row, last, shift, back)
                for row in those
                if not (again and _is_of_plan(table, row, of_plan, entries, first_round))
            ]
            _insert(new, table, chosen)


def _is_of_plan(table: Table, row: Any, of_plan: set[int], entries: set[int], first_round: int) -> bool:
    """Whether a row is of the plan itself, which is there once for all years."""
    if table is tables.RETURN:
        return row["id"] in of_plan
    if table is tables.VALUE:
        return row["entry"] in entries
    if table is tables.BATCH:
        return bool(row["id"] < first_round)
    return "return_id" in row.keys() and row["return_id"] in of_plan  # noqa: SIM118 - of a row of SQLite these are the names


def _shifted(table: Table, row: Any, last: Mapping[str, int], shift: int, back: int) -> dict[str, Any]:
    """A row as it stands in the year that lies so many years back. `last`: the last id of each table, by its name."""
    values = dict(row)
    for column in table.columns:
        targets = [key.column.table for key in column.foreign_keys]
        target = table if column.name == "id" else targets[0] if targets else None
        if target is not None and target.name not in OF_THE_PLAN and values[column.name] is not None:
            values[column.name] += shift * last[target.name]
    for name, value in values.items():
        if name in _CODED and back:
            values[name] = _YEAR.sub(lambda found: f"{int(found[1]) - back}-{int(found[2]) - back:02d}", value)
        if name in _DATED and back:
            values[name] = _DAY.sub(lambda found: str(int(found[1]) - back), value)
        if name == "number" and back and table is tables.RETURN:
            values[name] = f"{value}-{back}"
    return values


def _insert(new: sqlite3.Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({listed}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - names of our own tables
    new.executemany(statement, [[row[name] for name in names] for row in rows])
