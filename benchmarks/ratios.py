"""The benchmarks: each a ratio of two things measured in this one run, beside what it may be at most.

CPU time is that of the child processes (user and system), but for the thousand workbooks: these are opened by as many
processes as there are cores, so there it is the clock that is read. Each figure is the least of several runs, for the
least is what the machine's other work disturbs least.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from string import ascii_lowercase
from time import process_time
from typing import Any, NamedTuple

import pandas as pd
from python_calamine import CalamineWorkbook
from sqlalchemy import Table
from years import add_years

from plan_sheets import feedback, issue, mail, master, plan, plan_workbook, receive
from plan_sheets.core.book.layout import Row, Sheet
from plan_sheets.core.model.rounds import Round
from plan_sheets.store import schemas
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import Folder, open_folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.writing.hand_over import hand_over
from plan_sheets.store.writing.workbook import write_workbook

RUNS = 5
SUBGROUPS, ACTIONS = 100, 10
PLAN_SHEETS = [sys.executable, "-m", "plan_sheets"]
IMPORTS = "import pandera.pandas, sqlalchemy"
KILOBYTES_TO_MEGABYTES = 1024
WATCH = """import os, sys, time
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, _, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, file=sys.stderr)"""
"""Runs a command and tells what it used. A process of its own: a child's peak begins with that of who started it."""


class Used(NamedTuple):
    """What a command took: seconds by the clock and of CPU (the least of several runs); peak memory (MB, the most)."""

    clock: float
    cpu: float
    memory: float


def used(command: Sequence[str], folder: Path, before: Callable[[], object] = lambda: None, runs: int = RUNS) -> Used:
    """What a command takes. CPU time is that of its own processes too; memory is that of the largest process."""
    took = []
    for _ in range(runs):
        before()
        watched = [sys.executable, "-c", WATCH, *command]
        told = subprocess.run(watched, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        clock, cpu, peak = map(float, told.stderr.split()[-3:])
        took.append(Used(clock, cpu, peak / KILOBYTES_TO_MEGABYTES))
    clocks, cpus, peaks = zip(*took, strict=True)
    return Used(min(clocks), min(cpus), max(peaks))


def told(what: str, figure: float, most: float, unit: str = "times") -> None:
    print(f"{what:<64} {figure:8.2f} {unit:<5} (at most {most:g}){'' if figure <= most else '  TOO MUCH'}")


def build(root: Path, subgroups: int, actions: int) -> Path:
    """`big_plan` in a process of its own: the peak memory of a process counts as that of the children it starts."""
    subprocess.run([sys.executable, __file__, str(root), str(subgroups), str(actions)], check=True)
    return root


def big_plan(root: Path, subgroups: int, actions: int) -> None:
    """A plan of so many subgroups with so many actions each, issued; the chairs' workbooks filled in, in `inbox`."""
    root.mkdir()
    refs = [f"J{number // 26 + 1}{ascii_lowercase[number % 26]}" for number in range(subgroups)]
    priorities = dict.fromkeys(ref[:-1] for ref in refs)
    rows = {
        "plan": [
            {"title": "A large plan", "year": "2016/17", "contact_name": "Board officer", "confirm_at_once": "No"}
        ],
        "board": [{"ref": "J", "title": "Joint"}],
        "subgroup": [{"ref": f"SG{n}", "title": f"Subgroup {n}", "status": "Established"} for n in range(subgroups)],
        "priority": [
            {"ref": ref, "board": "J", "title": f"Priority {ref}", "agreement": "Agreed"} for ref in priorities
        ]
        + [
            {"ref": ref, "board": "J", "title": f"Priority {ref}", "agreement": "Agreed", "subgroup": f"SG{n}"}
            for n, ref in enumerate(refs)
        ],
        "action": [
            {
                "ref": f"{ref}.{n}",
                "theme": ref,
                "what": f"Do what {ref} needs, part {n}.",
                "how": "Step by step.",
                "due": "March 2017",
            }
            for ref in refs
            for n in range(1, actions + 1)
        ],
        "consideration": schemas.load_example()["consideration"],
    }
    (root / "plan.xlsx").write_bytes(hand_over(plan_workbook.plan_book(rows, plan_workbook.MADE)))
    folder = Folder(root, Register.create(root / FILE, "plan", b"benchmark" * 4))
    plan.merge_plan(folder, datetime(2016, 4, 1))  # noqa: DTZ001 - an office's date
    issue.issue_round(folder, "2016-17-Q1", date(2016, 7, 15), datetime(2016, 6, 20))  # noqa: DTZ001 - an office's date
    fill_in(folder, root / "inbox")
    fill_in(folder, root / "corrections", ANSWERS | {"progress": "Most of it is done."}, FORM | {"corrects": "Yes"})


ANSWERS = {"progress": "Some of it is done.", "stage": "In progress", "rag": "green", "next_step": "Go on."}
FORM = {"completed_by": "Chair of the subgroup", "role": "Chair", "date_completed": "8 July 2016", "agreed": "Yes"}
"""A chair's forty minutes."""


def fill_in(
    folder: Folder,
    target: Path,
    answers: Mapping[str, str] = ANSWERS,
    form: Mapping[str, str] = FORM,
    code: str = "2016-17-Q1",
) -> None:
    """Every workbook of a round filled in by the tool's own writer: any other takes minutes for a thousand."""
    target.mkdir()
    for document in folder.register.documents(kind="subgroup", round=code):
        sheets = tuple(
            replace(sheet, rows=tuple(answered(sheet, row, answers, form) for row in sheet.rows))
            for sheet in document.sheets
        )
        book = replace(document.book, sheets=sheets)
        (target / f"{document.subgroup.lower()}.xlsx").write_bytes(write_workbook(book))


def answered(sheet: Sheet, row: Row, answers: Mapping[str, str], form: Mapping[str, str]) -> Row:
    cells = zip(sheet.columns, row.cells, strict=True)
    texts = form if row.answer else answers if sheet.name == "Progress" else {}
    filled = [
        texts.get((row.answer or column.field).name, cell) if sheet.is_input(row, column) else cell
        for column, cell in cells
    ]
    return row._replace(cells=tuple(filled))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        bare = used([sys.executable, "-c", "pass"], here)
        help_ = used([*PLAN_SHEETS, "--help"], here)
        told("plan-sheets --help / python -c pass", help_.cpu / bare.cpu, 5)
        root = build(here / "plan", SUBGROUPS, ACTIONS)
        kept = (root / FILE).read_bytes()
        example(here, root, kept)
        demo = used([*PLAN_SHEETS, "demo", "demo"], here, lambda: shutil.rmtree(here / "demo", ignore_errors=True))
        told("plan-sheets demo, peak memory", demo.memory, 300, "MB")
        reading([one.read_bytes() for one in sorted((root / "inbox").iterdir())[:20]])
        drafts(root)
        editions(here)
        sent_back(here)
        four_years(here)
        several_years(here)
        thousand(here)
        large_master(here)


def example(here: Path, root: Path, kept: bytes) -> None:
    """`receive` of one workbook of the example, and of a hundred of the large plan."""
    imports = used([sys.executable, "-c", IMPORTS], here)
    small = plan.new_plan(here / "example", plan_workbook.MADE, example=True)
    issue.issue_round(small, "2016-17-Q1", date(2016, 7, 15), datetime(2016, 6, 20))  # noqa: DTZ001 - an office's date
    fill_in(small, here / "small")
    one_file = str(sorted((here / "small").iterdir())[1])
    before = (small.path / FILE).read_bytes()
    one = used([*PLAN_SHEETS, "receive", one_file], small.path, lambda: (small.path / FILE).write_bytes(before))
    told("receive of one workbook / import pandera and SQLAlchemy", one.cpu / imports.cpu, 2)
    first = min((root / "inbox").iterdir())
    again = lambda: (root / FILE).write_bytes(kept)  # noqa: E731 - said once, used twice
    single = used([*PLAN_SHEETS, "receive", str(first)], root, again)
    hundred = used([*PLAN_SHEETS, "receive", "inbox"], root, again)
    told("receive of 100 workbooks / of one", hundred.cpu / single.cpu, 3)


def reading(files: Sequence[bytes]) -> None:
    """Guard and reader together beside the parser alone: in turn, so that both meet the same disturbances."""
    times = [(spent(read_workbook, files), spent(parse, files)) for _ in range(4 * RUNS)]
    ours, bare = (min(each) for each in zip(*times, strict=True))
    told("guard and reading / calamine alone", ours / bare, 1.5)


def spent(read: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """CPU seconds."""
    start = process_time()
    for data in files:
        read(data)
    return process_time() - start


def parse(data: bytes) -> None:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def thousand(here: Path) -> None:
    """`receive` of a thousand workbooks, whole, beside the common way; and of a hundred of them, for the memory."""
    root = build(here / "thousand", 1_000, 2)
    kept = (root / FILE).read_bytes()
    again = lambda: (root / FILE).write_bytes(kept)  # noqa: E731 - said once, used twice
    (root / "some").mkdir()
    for one in sorted((root / "inbox").iterdir())[:100]:
        shutil.copy(one, root / "some")
    few = used([*PLAN_SHEETS, "receive", "some"], root, again, 1)
    ours = used([*PLAN_SHEETS, "receive", "inbox"], root, again, 2)
    common = used([sys.executable, str(Path(__file__).with_name("common_way.py")), "inbox"], root, runs=1)
    told(f"receive of 1,000 workbooks / the common way, {os.cpu_count()} cores", ours.clock / common.clock, 1 / 12)
    told("receive of 1,000 workbooks, CPU / the common way", ours.cpu / common.cpu, 1 / 12)
    told("receive of 1,000 workbooks, memory / of 100", ours.memory / few.memory, 1.2)
    returned = (root / FILE).read_bytes()
    again = lambda: (root / FILE).write_bytes(returned)  # noqa: E731 - once more, of what has come back by now
    corrected = used([*PLAN_SHEETS, "receive", "corrections"], root, again, 1)
    told("receive of 1,000 corrections, CPU / of what they correct", corrected.cpu / ours.cpu, 1.5)


def drafts(root: Path) -> None:
    """Drafts of e-mails for all subgroups, beyond the reading of the workbooks that go with them."""
    folder, late = open_folder(root), datetime(2016, 7, 20)  # noqa: DTZ001 - an office's date
    for kind in ("issue", "chase"):
        made = spent(lambda _, kind=kind: mail.draft_mails(folder, None, late, [kind]), [b""])  # type: ignore[misc]  # one kind at a time
        read = spent(lambda _: [*folder.list_made("issued/2016-17-q1")], [b""])
        told(f"drafts ({kind}) for {SUBGROUPS} subgroups, CPU beyond the workbooks", made - read, 1, "s")


def editions(here: Path) -> None:
    """The draft of the next edition of 1,000 actions, and what differs from the one before, beside the first master."""
    root = build(here / "editions", 50, 20)
    (root / "late").mkdir()
    for one in sorted((root / "inbox").iterdir())[:10]:
        one.rename(root / "late" / one.name)
    used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1)
    made = root / "master"
    first = used([*PLAN_SHEETS, "master"], root, as_it_is(root, made), 3)
    as_it_is(root, made)()
    used([*PLAN_SHEETS, "master", "--hand-over"], root, runs=1)
    used([*PLAN_SHEETS, "receive", "late"], root, runs=1)
    edition, draft = made / "2016-17-q1-edition-1.xlsx", made / "2016-17-q1-draft.xlsx"
    next_draft = used([*PLAN_SHEETS, "master"], root, as_it_is(root, draft), 3)
    told("draft after an edition / first master, 1,000 actions", next_draft.cpu / first.cpu, 2)
    command = [*PLAN_SHEETS, "differ", str(edition), str(draft), "--output", "differs.xlsx"]
    compared = used(command, root, lambda: (root / "differs.xlsx").unlink(missing_ok=True), 3)
    told("differ --output of two masters / first master, 1,000 actions", compared.cpu / first.cpu, 2)


def sent_back(here: Path) -> None:
    """What goes back of 100 returns with 20 findings each beside issuing their workbooks: in one process, in turn."""
    root = build(here / "sent back", SUBGROUPS, ACTIONS)
    shutil.rmtree(root / "inbox")
    wrong = ANSWERS | {"rag": "Purple", "next_step_by": "by and by"}
    fill_in(open_folder(root), root / "inbox", wrong)
    receive.receive(open_folder(root), [root / "inbox"], datetime(2016, 7, 8))  # noqa: DTZ001 - an office's date
    kept = (root / FILE).read_bytes()
    taken = []
    for _ in range(3):
        (root / FILE).write_bytes(kept)
        shutil.rmtree(root / "feedback", ignore_errors=True)
        folder = open_folder(root)
        made = spent(lambda _: feedback.make_feedback(folder, datetime(2016, 7, 8)), [b""])  # noqa: DTZ001, B023
        next_round = "2016-17-Q2", date(2016, 10, 15), datetime(2016, 9, 20)  # noqa: DTZ001 - an office's date
        taken.append((made, spent(lambda _: issue.issue_round(folder, *next_round), [b""])))  # noqa: B023
        folder.register.close()
    back, issued = (min(each) for each in zip(*taken, strict=True))
    told("100 feedback workbooks with 20 findings each / issuing them", back / issued, 1.5)


def four_years(here: Path) -> None:
    """`doctor` of sixteen rounds of 1,000 actions, beside the master of the first round, which is the quickest."""
    root = build(here / "years", 50, 20)
    used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1)
    first = used([*PLAN_SHEETS, "master"], root, as_it_is(root, root / "master"), 3)
    repeat_returns(open_folder(root).register, 15)
    examined = used([*PLAN_SHEETS, "doctor"], root, runs=3)
    told("doctor of four years / first master, 1,000 actions", examined.cpu / first.cpu, 3)


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


def read_rows(register: Register, table: Table) -> list[dict[str, Any]]:
    rows = register.read(table.select().order_by(table.c.id))
    return [dict(zip(table.c.keys(), row, strict=True)) for row in rows]


def without_ids(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("id", "plan", "batch")}


def several_years(here: Path) -> None:
    """What is asked every day, in a register of four years and 1,000 actions, beside that of its first round."""
    root = build(here / "years", 20, 50)
    folder = open_folder(root)
    taken = {"first": took_of_day(root, folder, "2016-17-Q1")}
    for quarter in (2, 3, 4):
        this = Round(2016, quarter)
        last_day = datetime.combine(this.last_day, datetime.min.time())
        issue.issue_round(folder, this, this.next.first_day, last_day)
        shutil.rmtree(root / "inbox")
        fill_in(folder, root / "inbox", ANSWERS | {"step_done": "Yes"}, code=this.code)
        if this.next.year == this.year:
            receive.receive(folder, [root / "inbox"], last_day)
            master.make_master(folder, this.code, last_day, hand_over=True, anyway=True)
    add_years(root / FILE, 3)
    taken["last"] = took_of_day(root, open_folder(root), "2016-17-Q4")
    for what, most in {"status": 2, "next": 2, "trace": 2, "receive": 1.2}.items():
        told(f"{what} in the last round of four years / in the first", taken["last"][what] / taken["first"][what], most)


def took_of_day(root: Path, folder: Folder, code: str) -> dict[str, float]:
    """CPU seconds of what is done every day of a round of which all returns but one have come."""
    one, *others = sorted((root / "inbox").iterdir())
    day = Round.parse(code).next.first_day.isoformat()
    folder.register.close()
    for path in others:
        path.rename(root / path.name)
    used([*PLAN_SHEETS, "receive", *(path.name for path in others), "--as-of", day], root, runs=1)
    asked = {"status": ["status"], "next": ["next"], "trace": ["trace", "J1a.1"]}
    taken = {what: used([*PLAN_SHEETS, *words], root).cpu for what, words in asked.items()}
    again = as_it_is(root, root / "officer")
    taken["receive"] = used([*PLAN_SHEETS, "receive", str(one), "--as-of", day], root, again).cpu
    if code.endswith("Q1"):
        again()
        used([*PLAN_SHEETS, "receive", str(one), "--as-of", day], root, runs=1)
        used([*PLAN_SHEETS, "master", "--hand-over", "--anyway", "--as-of", day], root, runs=1)
    return taken


def as_it_is(root: Path, made: Path) -> Callable[[], object]:
    """What puts the register back as it is now, and removes what was made since: a file, or all files of a folder."""
    kept = (root / FILE).read_bytes()

    def put_back() -> None:
        (root / FILE).write_bytes(kept)
        for file in made.iterdir() if made.is_dir() else [made]:
            file.unlink(missing_ok=True)

    return put_back


def large_master(here: Path) -> None:
    """The master of 5,000 actions beside the same rows written without any format by pandas through openpyxl."""
    root = build(here / "large", 50, 100)
    imports = used([sys.executable, "-c", IMPORTS], here, runs=1)
    whole = used([*PLAN_SHEETS, "master", "--output", "large.xlsx"], root, runs=1)
    told("master of 5,000 actions, memory above the imports", whole.memory - imports.memory, 150, "MB")
    folder = open_folder(root)
    made = here / "master.xlsx"
    ours = spent(lambda _: master.make_master(folder, None, datetime(2016, 7, 20), made), [b""])  # noqa: DTZ001 - an office's date
    rows = pd.read_excel(made, sheet_name=None, header=None, engine="calamine", dtype=object)
    common = spent(lambda _: to_excel(rows, here / "common.xlsx"), [b""])
    told("master of 5,000 actions / DataFrame.to_excel of its rows", ours / common, 0.5)


def to_excel(rows: Mapping[str, pd.DataFrame], target: Path) -> None:
    with pd.ExcelWriter(target, engine="openpyxl") as writer:
        for name, frame in rows.items():
            frame.to_excel(writer, sheet_name=name)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        big_plan(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    else:
        main()
