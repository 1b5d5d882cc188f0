"""What goes out: the workbooks of a round, what goes back to be mended, and drafts of e-mails."""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple, Self

from common_way import fill_template
from measure import Figure, pairs, spent
from plans import FIRST, build, fill_in, issue_first, make_plan

from plan_sheets import feedback, issue, mail, receive
from plan_sheets.core.book.layout import Book, as_text
from plan_sheets.store.plan_folder import Folder, open_folder
from plan_sheets.store.register.register import FILE

SUBGROUPS, ACTIONS = 100, 10
LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - an office's date


def measure(here: Path) -> Iterator[Figure]:
    """`here`: an empty folder."""
    plan = _Plan.make(here / "plan", SUBGROUPS)
    plan.issue()
    template = min((plan.root / "issued").rglob("*.xlsx")).read_bytes()
    folder = open_folder(plan.root)
    cells = [list_cells(document.book) for document in folder.register.documents(kind="subgroup", round=FIRST)]
    made, common = pairs(plan.issue, lambda: [fill_template(template, of_one) for of_one in cells], 3)
    yield Figure("issue, a workbook of 10 actions", "openpyxl template filled in", made / common, 0.3, goal=0.125)
    files = [path.read_bytes() for path in sorted((plan.root / "issued").rglob("*.xlsx"))]
    yield Figure("the same", "deflate of its parts alone", made / spent(lambda: [*map(deflate, files)]), 20)
    few, many = _Plan.make(here / "few", 10), _Plan.make(here / "many", 1_000)
    once, thousand = pairs(lambda: [few.issue() for _ in range(20)], many.issue, 3)
    grows = thousand / 1_000 / (once / 200)
    yield Figure("issue of 1,000 subgroups, a workbook", "of 10 subgroups", grows, 1.1)
    yield of_feedback(here)
    yield from of_drafts(open_folder(plan.root))


class _Plan(NamedTuple):
    """A plan that was not issued, and its register as it was then."""

    root: Path
    kept: bytes

    @classmethod
    def make(cls, root: Path, subgroups: int) -> Self:
        make_plan(root, subgroups, ACTIONS).register.close()
        return cls(root, (root / FILE).read_bytes())

    def issue(self) -> None:
        """Issue all workbooks of the first round as if none had been."""
        (self.root / FILE).write_bytes(self.kept)
        shutil.rmtree(self.root / "issued", ignore_errors=True)
        folder = open_folder(self.root)
        issue_first(folder)
        folder.register.close()


def list_cells(book: Book) -> dict[str, Sequence[tuple[int, int, object]]]:
    """The cells of all tables of a workbook that hold something."""
    return {
        sheet.name: [
            (sheet.heading_row + 2 + down, across, as_text(content))
            for down, row in enumerate(sheet.rows)
            for across, content in enumerate(row.cells, 1)
            if content != ""
        ]
        for sheet in book.sheets
    }


def deflate(data: bytes) -> None:
    """Pack the parts of a workbook, and do nothing else."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            zlib.compress(package.read(name))


def of_feedback(here: Path) -> Figure:
    """What goes back of 100 returns with 20 findings each beside issuing their workbooks: in one process, in turn."""
    root = build(here / "sent back", SUBGROUPS, ACTIONS)
    shutil.rmtree(root / "inbox")
    folder = open_folder(root)
    fill_in(folder, root / "inbox", rag="Purple", next_step_by="by and by")
    receive.receive(folder, [root / "inbox"], datetime(2016, 7, 8))  # noqa: DTZ001 - an office's date
    folder.register.close()
    kept, taken = (root / FILE).read_bytes(), []
    for _ in range(3):
        (root / FILE).write_bytes(kept)
        shutil.rmtree(root / "feedback", ignore_errors=True)
        opened = open_folder(root)
        back = spent(lambda: feedback.make_feedback(opened, datetime(2016, 7, 8)))  # noqa: DTZ001, B023
        next_round = "2016-17-Q2", date(2016, 10, 15), datetime(2016, 9, 20)  # noqa: DTZ001 - an office's date
        taken.append((back, spent(lambda: issue.issue_round(opened, *next_round))))  # noqa: B023
        opened.register.close()
    back, issued = (min(each) for each in zip(*taken, strict=True))
    return Figure("100 feedback workbooks with 20 findings each", "issuing them", back / issued, 8, goal=1.5)


def of_drafts(folder: Folder) -> Iterator[Figure]:
    """Drafts of e-mails for all subgroups, beyond the reading of the workbooks that go with them."""
    for kind in ("issue", "chase"):
        made = spent(lambda: mail.draft_mails(folder, None, LATER, [kind]))  # noqa: B023
        read = spent(lambda: [*folder.list_made("issued/2016-17-q1")])
        yield Figure(f"drafts ({kind}) for {SUBGROUPS} subgroups, CPU beyond the workbooks", "", made - read, 1, "s")
