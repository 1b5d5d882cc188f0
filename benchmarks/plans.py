"""Plans of any size, issued and answered, with sentences that differ as those of people do.

    python benchmarks/plans.py FOLDER SUBGROUPS ACTIONS [ROUNDS]

makes one. A text that comes twice is packed, cached and looked up once, so that sentences which are all alike flatter.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any

from sqlalchemy import Table

from plan_sheets import issue, master, plan, plan_workbook, receive
from plan_sheets.core.book.layout import Row, Sheet
from plan_sheets.core.model.rounds import Round
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.writing.hand_over import hand_over
from plan_sheets.store.writing.workbook import write_workbook

FIRST = "2016-17-Q1"
WORDS = """
    review agree map share audit train brief visit record refer assess consult report support protect learn practice
    families children carers adults partners schools health police housing neglect exploitation transitions thresholds
    pathway strategy dataset protocol supervision workforce voice feedback themes cases quarter plan panel with for
    across between after before until and of by into the each every joint local shared agreed revised draft
""".split()  # noqa: SIM905 - read as words
FORM = {"completed_by": "Chair of the subgroup", "role": "Chair", "date_completed": "8 July 2016", "agreed": "Yes"}
"""A chair's forty minutes."""


def write_sentence(by_chance: Random, least: int = 8, most: int = 28) -> str:
    """A sentence as long as those of plans are."""
    words = by_chance.choices(WORDS, k=by_chance.randint(least, most))
    return f"{' '.join(words).capitalize()}."


def build(root: Path, subgroups: int, actions: int, rounds: int = 0) -> Path:
    """`make_plan` in a process of its own: the peak memory of a process counts as that of the children it starts."""
    subprocess.run([sys.executable, __file__, str(root), *map(str, (subgroups, actions, rounds))], check=True)
    return root


def make_plan(root: Path, subgroups: int, actions: int) -> Folder:
    """A plan of so many subgroups with so many actions each, taken in and not yet issued."""
    root.mkdir()
    (root / "plan.xlsx").write_bytes(
        hand_over(plan_workbook.plan_book(list_rows(subgroups, actions), plan_workbook.MADE))
    )
    folder = Folder(root, Register.create(root / FILE, "plan", b"benchmark" * 4))
    plan.merge_plan(folder, datetime(2016, 4, 1))  # noqa: DTZ001 - an office's date
    return folder


def list_rows(subgroups: int, actions: int) -> dict[str, Any]:
    """The rows of the plan, by record."""
    by_chance = Random(1)  # noqa: S311 - no secret
    refs = [f"J{number // 26 + 1}{ascii_lowercase[number % 26]}" for number in range(subgroups)]
    groups = [f"SG{number}" for number in range(subgroups)]
    told = {"title": "A large plan", "year": "2016/17", "contact_name": "Board officer", "confirm_at_once": "No"}
    agreed = {"board": "J", "agreement": "Agreed"}
    priorities = [
        {"ref": ref, "title": write_sentence(by_chance, 3, 6)} for ref in dict.fromkeys(ref[:-1] for ref in refs)
    ]
    themes = [
        {"ref": ref, "title": write_sentence(by_chance, 3, 6), "subgroup": group}
        for ref, group in zip(refs, groups, strict=True)
    ]
    return {
        "plan": [told],
        "board": [{"ref": "J", "title": "Joint"}],
        "subgroup": [{"ref": group, "title": f"Subgroup {group[2:]}", "status": "Established"} for group in groups],
        "priority": [row | agreed for row in (*priorities, *themes)],
        "action": [
            {
                "ref": f"{ref}.{number}",
                "theme": ref,
                "what": write_sentence(by_chance),
                "how": write_sentence(by_chance),
                "due": "March 2017",
            }
            for ref in refs
            for number in range(1, actions + 1)
        ],
        "consideration": schemas.load_example()["consideration"],
    }


def issue_first(folder: Folder) -> None:
    """The workbooks of the first round."""
    issue.issue_round(folder, FIRST, date(2016, 7, 15), datetime(2016, 6, 20))  # noqa: DTZ001 - an office's date


def answer(by_chance: Random, **more: str) -> dict[str, str]:
    """What a chair types of an action."""
    rag = by_chance.choice(("green", "green", "Green", "amber", "Red"))
    told = {"progress": write_sentence(by_chance), "stage": "In progress", "rag": rag, **more}
    return told | {"next_step": write_sentence(by_chance, 4, 12), "recovery": write_sentence(by_chance, 4, 12)}


def fill_in(folder: Folder, target: Path, code: str = FIRST, form: Mapping[str, str] = FORM, **more: str) -> None:
    """Every workbook of a round filled in by the tool's own writer: any other takes minutes for a thousand."""
    target.mkdir()
    by_chance = Random(f"{code} {form} {more}")  # noqa: S311 - no secret
    for document in folder.register.documents(kind="subgroup", round=code):
        sheets = tuple(
            replace(sheet, rows=tuple(answered(sheet, row, answer(by_chance, **more), form) for row in sheet.rows))
            for sheet in document.sheets
        )
        book = replace(document.book, sheets=sheets)
        (target / f"{document.subgroup.lower()}.xlsx").write_bytes(write_workbook(book))


def answered(sheet: Sheet, row: Row, answers: Mapping[str, str], form: Mapping[str, str]) -> Row:
    """A row with what is typed into its inputs."""
    cells = zip(sheet.columns, row.cells, strict=True)
    texts = form if row.answer else answers if sheet.name == "Progress" else {}
    filled = [
        texts.get((row.answer or column.field).name, cell) if sheet.is_input(row, column) else cell
        for column, cell in cells
    ]
    return row._replace(cells=tuple(filled))


def go_on(folder: Folder, rounds: int) -> None:
    """Play so many rounds, each received and closed but for the last one, which is received only."""
    inbox = folder.path / "inbox"
    for quarter in range(1, rounds + 1):
        this = Round(2016, quarter)
        last_day = datetime.combine(this.last_day, datetime.min.time())
        if quarter > 1:
            shutil.rmtree(inbox)
            issue.issue_round(folder, this, this.next.first_day, last_day)
            fill_in(folder, inbox, this.code, step_done="Yes")
        receive.receive(folder, [inbox], last_day)
        if quarter < rounds:
            master.make_master(folder, this.code, last_day, hand_over=True, anyway=True)


def as_it_is(root: Path, made: Path | None = None) -> Callable[[], object]:
    """What puts the register back as it is now, and removes what was made since: a file, or all files of a folder."""
    kept = (root / FILE).read_bytes()

    def put_back() -> None:
        (root / FILE).write_bytes(kept)
        for file in [] if made is None else made.iterdir() if made.is_dir() else [made]:
            file.unlink(missing_ok=True)

    return put_back


def read_rows(register: Register, table: Table) -> list[dict[str, Any]]:
    """All rows of a table of the register."""
    rows = register.read(table.select().order_by(table.c.id))
    return [dict(zip(table.c.keys(), row, strict=True)) for row in rows]


def repeat_returns(register: Register, times: int) -> None:
    """Record all that came for a round so many times more, as if later rounds had said as much."""
    returns = [row for row in read_rows(register, tables.RETURN) if row["kind"] != "plan"]
    of_returns = [row["id"] for row in returns]
    entries = [row for row in read_rows(register, tables.ENTRY) if row["return_id"] in of_returns]
    findings = [row for row in read_rows(register, tables.FINDING) if row["return_id"] in of_returns]
    known = {row["id"] for row in entries}
    values = [row for row in read_rows(register, tables.VALUE) if row["entry"] in known]
    for number in range(times):
        with register.batch("receive", "2016-07-20T00:00:00") as batch:
            more = [row | {"number": f"{row['number']}-{number}"} for row in returns]
            made = dict(zip(of_returns, batch.add_all(tables.RETURN, [without_ids(row) for row in more]), strict=True))
            moved = [without_ids(row) | {"return_id": made[row["return_id"]]} for row in entries]
            new = dict(zip((row["id"] for row in entries), batch.add_all(tables.ENTRY, moved), strict=True))
            batch.add_all(tables.VALUE, [without_ids(row) | {"entry": new[row["entry"]]} for row in values])
            found = [without_ids(row) | {"return_id": made[row["return_id"]]} for row in findings]
            batch.add_all(tables.FINDING, found)


def without_ids(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what the batch gives it."""
    return {name: value for name, value in row.items() if name not in ("id", "plan", "batch")}


def main(root: Path, subgroups: int, actions: int, rounds: int = 0) -> None:
    """Make a plan and issue it; the chairs' workbooks are filled in in `inbox`, their corrections in `corrections`."""
    folder = make_plan(root, subgroups, actions)
    issue_first(folder)
    fill_in(folder, root / "inbox")
    if rounds:
        go_on(folder, rounds)
    else:
        fill_in(folder, root / "corrections", form=FORM | {"corrects": "Yes"})
    folder.register.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
