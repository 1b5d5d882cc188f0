"""Files opened by an executor: the same receipts, the same register, whoever opens them and whatever becomes of him."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.chairs import FURTHER, Q2, RECEIVED_ON, SOS, Plan, held_file, said
from tests.store.formats.test_hostile import xlsb

from plan_sheets import office
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.book.document import Document
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.core.returned.read import read_return
from plan_sheets.receive import receive as take_in
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.container.refused import OddError, Refusal
from plan_sheets.store.formats.reader import read_ordinary
from plan_sheets.store.receiving import open as intake
from plan_sheets.store.receiving import pool as side_by_side
from plan_sheets.store.receiving.inbox import WaitingFile
from plan_sheets.store.receiving.pool import processes


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


def killed(files: Sequence[WaitingFile], **told: object) -> list[Return]:
    """What becomes of a process that takes a chunk whose file kills it."""
    del files, told
    os._exit(1)


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
    monkeypatch.setattr(side_by_side, "CHUNK", 1)
    monkeypatch.setattr(side_by_side, "AHEAD", 2)


def receive(plan: Plan, executor: Executor | None, name: str) -> tuple[list[Receipt], object, object]:
    """What became of the inbox in a copy of the plan folder: receipts, values, and what the officer is asked."""
    fresh = Plan(plan.path.parent / name / "plan")
    shutil.copytree(plan.path, fresh.path)
    told = office.receive_files(fresh.folder, [plan.inbox], RECEIVED_ON, executor=executor).receipts
    kept = {one.name for one in (fresh.path / "returned").iterdir()}
    asked = sorted((one.code, one.message, [cell.returned for cell in one.cells]) for one in fresh.queries)
    receipts = [
        replace(
            receipt,
            findings=[one for one in receipt.findings if str(fresh.path) not in one.message],
            feedback=receipt.feedback and Path(receipt.feedback).relative_to(fresh.path).as_posix(),
        )
        for receipt in told.returns
    ]
    return receipts, (fresh.all_values(), asked), (kept, told.passed_over)


@pytest.fixture(params=["threads", "processes", "dying"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "dying":
        yield Dying()
        return
    with ThreadPoolExecutor(3) if request.param == "threads" else processes() as pool:
        if pool is None:
            pytest.skip("This machine has one core, so no processes are started: run this where there are two")
        yield pool


@pytest.mark.usefixtures("inbox", "small_chunks")
def test_whoever_opens_the_files_the_receipts_are_the_same(round_one: Plan, executor: Executor) -> None:
    here = receive(round_one, None, "here")
    assert len({one.verdict for one in here[0]}) > 4
    assert receive(round_one, executor, "there") == here


@pytest.mark.usefixtures("inbox", "small_chunks")
def test_a_process_that_dies_costs_no_file(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    here = receive(round_one, None, "here")
    monkeypatch.setattr(side_by_side, "open_chunk", killed)
    with ProcessPoolExecutor(2) as pool:
        assert receive(round_one, pool, "there") == here


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

    monkeypatch.setattr(intake, "read_return", stumble)
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
