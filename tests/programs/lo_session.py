"""A session in LibreOffice as a person has one: cells are selected, typed into, sorted and pasted over.

Run by the Python that has `uno`, which is the system's: it starts an office of its own, does the steps of a JSON list
on standard input, and prints what stood in the selected cell (the first of a range) after each:

    ["open", path]                     ["go", sheet, "D5" or "I5:L8"]     ["type", text]
    ["sort", column from 1]            ["copy"]                           ["paste"]
    ["save", path]                     (as xlsx or ods; the workbook stays open)

Commands are dispatched as menus and keys do, so the locks stop them, and the message boxes close themselves. Only what
a drop-down does to what is typed cannot be seen so: that looks at keys alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

SECONDS_TO_START = 60
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}


def connect(pipe: str) -> Any:
    """The office's service manager, once it listens on this pipe; raises TimeoutError."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    last = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < last:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
    raise TimeoutError(f"LibreOffice did not answer within {SECONDS_TO_START} seconds")


def options(**values: object) -> tuple[Any, ...]:
    """Arguments as the office takes them."""
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


class Session:
    """An open office with one workbook in front."""

    def __init__(self, context: Any) -> None:
        create = context.ServiceManager.createInstanceWithContext
        self.desktop = create("com.sun.star.frame.Desktop", context)
        self.dispatcher = create("com.sun.star.frame.DispatchHelper", context)
        self.book: Any = None

    def dispatch(self, command: str, **values: object) -> None:
        """Do what a menu entry or a key does."""
        frame = self.book.getCurrentController().getFrame()
        self.dispatcher.executeDispatch(frame, f".uno:{command}", "", 0, options(**values))

    def step(self, what: str, *details: Any) -> None:
        """One step: the method of its name."""
        getattr(self, f"do_{what}")(*details)

    def do_open(self, path: str) -> None:
        if self.book:
            self.book.close(True)  # noqa: FBT003 - UNO's own signature
        self.book = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, ())

    def do_go(self, sheet: str, cells: str) -> None:
        self.book.getCurrentController().setActiveSheet(self.book.getSheets().getByName(sheet))
        self.dispatch("GoToCell", ToPoint=cells)

    def do_type(self, text: str) -> None:
        self.dispatch("EnterString", StringName=text)

    def do_sort(self, column: int) -> None:
        self.dispatch("DataSort", ByRows=True, HasHeader=False, Col1=column, Ascending1=True, IncludeAttribs=False)

    def do_copy(self) -> None:
        self.dispatch("Copy")

    def do_paste(self) -> None:
        self.dispatch("Paste")

    def do_save(self, path: str) -> None:
        self.book.storeToURL(uno.systemPathToFileUrl(path), options(FilterName=FILTERS[Path(path).suffix]))

    def shown(self) -> str:
        """What stands in the selected cell, or in the first of the selected range."""
        selected = self.book.getCurrentSelection()
        return str(selected.getCellByPosition(0, 0).getString())


def run(steps: Sequence[Sequence[Any]], profile: str) -> list[str]:
    """Do the steps in an office of its own."""
    pipe = Path(profile).name
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
    office = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL)
    try:
        session = Session(connect(pipe))
        shown = []
        for step in steps:
            session.step(*step)
            shown.append(session.shown())
        session.desktop.terminate()
        office.wait(SECONDS_TO_START)
    finally:
        office.kill()
    return shown


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="plan-sheets-office-") as folder:
        json.dump(run(json.load(sys.stdin), folder), sys.stdout)
