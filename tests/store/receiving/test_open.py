"""Files opened by an executor: the same receipts, the same register, whoever opens them and whatever becomes of him."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from tests.chairs import FURTHER, Q2, RECEIVED_ON, SOS, Plan, held_file, said
from tests.store.formats.test_hostile import xlsb

from plan_sheets import office
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.book.document import Document
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.receipts import Receipts
from plan_sheets.core.returned.read import read_return
from plan_sheets.receive import receive as take_in
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.container.refused import OddError, Refusal
from plan_sheets.store.formats.reader import read_ordinary
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.receiving import intake
from plan_sheets.store.receiving import open as opening
from plan_sheets.store.receiving.intake import GivenFile
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.sharing import share_out
from plan_sheets.store.sharing.cluster import open_cluster
from plan_sheets.store.sharing.processes import Processes


class Far(Executor):
    """Does all in this thread, with nothing but what can be pickled: as on another machine."""

    left = 0
    """How many files were left to the one who asked."""
    chunks = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        task, given, told = pickle.loads(pickle.dumps((fn, args, kwargs)))  # noqa: S301 - what was pickled just now
        with pytest.MonkeyPatch.context() as there:
            there.setattr(Register, "read", lambda *_, **__: pytest.fail("a worker sees no register"))
            there.setattr(Folder, "keep", lambda *_: pytest.fail("a worker sees no folder"))
            done = pickle.dumps(task(*given, **told))
        future: Future[Any] = Future()
        future.set_result(pickle.loads(done))  # noqa: S301 - the same
        self.chunks += 1
        self.left += future.result().count(None)
        return future


class Dying(Executor):
    """Does what it is first given; then it breaks, as a pool does of which one process has died."""

    def __init__(self) -> None:
        self.given = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        future: Future[Any] = Future()
        if self.given == 1:
            future.set_result(fn(*args, **kwargs))
        elif self.given == 2:
            future.set_exception(BrokenExecutor("a process has died"))
        else:
            raise BrokenExecutor("nothing can be given to it any more")
        return future


_open = intake.open_chunk


def killed(files: Sequence[GivenFile], **told: Any) -> list[Return | None]:
    """What becomes of a process that takes a chunk in which there is a file that ends it."""
    if any(given.file and given.file.name.endswith("two.xlsx") for given in files):
        os._exit(1)
    return _open(files, **told)


@pytest.fixture
def inbox(round_one: Plan) -> Path:
    """A batch in which nearly everything happens: a correction, a duplicate, a held file, files of no use, a zip."""
    held_file(round_one, "carriers disagree")
    first = round_one.filled("one", said(progress="From one", rag="Amber"))
    round_one.filled("two", FURTHER)
    round_one.filled("three", said(progress="Corrected", corrects="Yes"))
    round_one.filled("four", SOS, "SOS")
    shutil.copy(first, round_one.inbox / "one again.xlsx")
    shutil.copy(round_one.sent("MH"), round_one.inbox / "not touched.xlsx")
    (round_one.inbox / "odd.xlsb").write_bytes(xlsb(b"\x91\x01\0\x92\x01\0"))
    (round_one.inbox / "cut.xlsx").write_bytes(first.read_bytes()[:5000])
    with ZipFile(round_one.inbox / "more.zip", "w") as more:
        more.write(round_one.filled("zipped", said(progress="From the zip")), "zipped.xlsx")
    return round_one.inbox


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file at a time, and two ahead: a batch of ten is a large one."""
    monkeypatch.setattr(intake, "CHUNK", 1)
    monkeypatch.setattr(share_out, "AHEAD", 2)


class Became(NamedTuple):
    """What became of an inbox: the receipts, every row but the seals (salted), and every file of the plan folder."""

    receipts: Receipts
    rows: Mapping[str, Sequence[tuple[object, ...]]]
    files: Mapping[str, bytes]


def receive(plan: Plan, executor: Executor | None) -> Became:
    """What becomes of the inbox, in the plan folder as it was before anything was received."""
    before = plan.path.with_name("before")
    if not before.exists():
        shutil.copytree(plan.path, before)
    shutil.rmtree(plan.path)
    shutil.copytree(before, plan.path)
    fresh = Plan(plan.path)
    receipts = office.receive_files(fresh.folder, [plan.inbox], RECEIVED_ON, executor=executor).receipts
    files = {str(path.relative_to(plan.path)): path.read_bytes() for path in plan.path.rglob("*") if path.is_file()}
    with closing(sqlite3.connect(plan.path / FILE)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'seal'").fetchall()
        rows = {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for (table,) in tables}  # noqa: S608 - our own names
    return Became(receipts, rows, {name: data for name, data in files.items() if FILE not in name})


@pytest.fixture(params=["processes", "cluster", "dying"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with ExitStack() as stack:
        if request.param == "processes":
            yield stack.enter_context(Processes(2))
        elif request.param == "cluster":
            yield stack.enter_context(open_cluster(request.getfixturevalue("cluster").scheduler_address))
        else:
            yield Dying()


@pytest.mark.usefixtures("inbox", "small_chunks")
def test_whoever_opens_the_files_the_receipts_are_the_same(round_one: Plan, executor: Executor) -> None:
    here, there = receive(round_one, None), receive(round_one, executor)
    assert len({one.verdict for one in here.receipts.returns}) > 4
    assert there.receipts == here.receipts
    assert there.rows == here.rows
    assert there.files == here.files


@pytest.mark.usefixtures("inbox", "small_chunks")
def test_workers_need_neither_folder_nor_register(round_one: Plan) -> None:
    far = Far()
    assert receive(round_one, far) == receive(round_one, None)
    assert far.left == 2, "an xlsb takes a child process, and one file is of no document that it names"


@pytest.mark.parametrize(("most", "chunks"), [(1, 6), (10**9, 2)])
def test_a_chunk_has_few_files_and_few_bytes(
    round_one: Plan, most: int, chunks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 5)
    monkeypatch.setattr(intake, "MOST_IN_CHUNK", most)
    sent = sorted((round_one.path / "issued").rglob("*.xlsx"))[:6]
    far = Far()
    take_in(round_one.folder, sent, RECEIVED_ON, dry_run=True, executor=far)
    assert far.chunks == chunks


@pytest.mark.usefixtures("inbox", "small_chunks")
@pytest.mark.parametrize("executor", ["processes", "cluster"], indirect=True)
def test_a_file_that_ends_its_workers_is_refused_and_costs_no_other(
    round_one: Plan, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {Path(one.file).name: one.verdict for one in receive(round_one, None).receipts.returns}
    monkeypatch.setattr(intake, "open_chunk", killed)
    there = {Path(one.file).name: one for one in receive(round_one, executor).receipts.returns}
    assert here["two.xlsx"] in ("accepted", "accepted_with_findings")
    assert [one.code for one in there["two.xlsx"].findings] == ["file_ends_worker", "file_not_kept"]
    assert {name for name, verdict in here.items() if there[name].verdict != verdict} == {"two.xlsx"}


@pytest.mark.usefixtures("small_chunks")
def test_what_opened_one_batch_sees_what_was_issued_before_the_next(round_one: Plan) -> None:
    with ThreadPoolExecutor(1) as pool:
        round_one.filled("first", said())
        round_one.filled("second", SOS, "SOS")
        office.receive_files(round_one.folder, [round_one.inbox], RECEIVED_ON, executor=pool)
        round_one.issue(Q2, when=RECEIVED_ON + timedelta(days=60))
        shutil.rmtree(round_one.inbox)
        round_one.filled("third", said(), code=Q2)
        round_one.filled("fourth", SOS, "SOS", Q2)
        later = RECEIVED_ON + timedelta(days=90)
        told = office.receive_files(round_one.folder, [round_one.inbox], later, executor=pool).receipts
    assert {one.issue for one in told.returns} == {"2016-17-Q2-DA-1", "2016-17-Q2-SOS-1"}


def test_a_fault_of_ours_costs_one_file_a_refusal_and_the_others_nothing(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(document: Document, *rest: Any, **told: Any) -> Any:
        if document.subgroup == "DA":
            raise ZeroDivisionError("by nothing")
        return read_return(document, *rest, **told)

    monkeypatch.setattr(opening, "read_return", stumble)
    bad, good = round_one.filled("da", said()), round_one.filled("sos", SOS, "SOS")
    told = {Path(one.file).name: one for one in take_in(round_one.folder, [bad, good], RECEIVED_ON).returns}
    assert [one.code for one in told["da.xlsx"].findings] == ["file_unforeseen"]
    assert "ZeroDivisionError: by nothing" in told["da.xlsx"].findings[0].message
    assert round_one.folder.kept(told["da.xlsx"].sha256).read_bytes() == bad.read_bytes()
    assert (told["da.xlsx"].verdict, told["sos.xlsx"].verdict) == ("refused", "accepted")


def test_what_takes_a_child_process_is_left_to_the_one_who_asked(inbox: Path) -> None:
    with pytest.raises(OddError):
        read_ordinary((inbox / "odd.xlsb").read_bytes())
    assert isinstance(read_ordinary((inbox / "two.xlsx").read_bytes()), FoundWorkbook)
    assert read_ordinary(b"%PDF") == Refusal("file_pdf")


def test_what_is_large_is_left_to_the_one_who_asked(inbox: Path) -> None:
    with pytest.raises(OddError):
        read_ordinary((inbox / "two.xlsx").read_bytes(), Limits(shared=1_000))
