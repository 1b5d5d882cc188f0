"""The common way: an openpyxl template filled in for each subgroup; pandas over openpyxl, then pandera on each table.

It locks, signs, guards, identifies, tidies, merges and records nothing, and looks at nothing that it made: it is what
`issue` and `receive` are measured against.

    python benchmarks/common_way.py FOLDER
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pandera.pandas as pa

STAGES = ["Not started", "In progress", "Complete", "Closed to business as usual", "Withdrawn"]


def column(check: pa.Check | None = None) -> pa.Column:
    return pa.Column(None, check or pa.Check.str_length(0, 2000), nullable=True, required=False)


TABLES = {
    "Progress": {
        "Progress made": column(),
        "Stage": column(pa.Check.isin(STAGES)),
        "RAG": column(pa.Check.isin(["Red", "Amber", "Green", "green", "amber"])),
        "Next step": column(),
        "What will bring it back": column(),
    },
    "Action plan": {name: column() for name in ("How we will do it", "Who is responsible", "Action owner", "Impact")},
    "Grid": {name: column() for name in ("Learning and improvement", "Voice of the service user", "Data")},
    "New actions": {name: column() for name in ("Theme", "What we will do", "Due")},
}
SCHEMAS = {sheet: pa.DataFrameSchema(columns) for sheet, columns in TABLES.items()}


def check(file: Path) -> int:
    """The faults of a returned workbook."""
    sheets, faults = pd.read_excel(file, sheet_name=None, header=None, engine="openpyxl", dtype=object), 0
    for name, schema in SCHEMAS.items():
        sheet = sheets[name]
        heading = sheet.index[sheet[0].isin(["Ref", "Row"])][0]
        table = sheet.iloc[heading + 1 :].copy()
        table.columns = list(sheet.iloc[heading])
        try:
            schema.validate(table.dropna(axis=1, how="all"), lazy=True)
        except pa.errors.SchemaErrors as errors:
            faults += len(errors.failure_cases)
    return faults


def fill_template(template: bytes, cells: Mapping[str, Sequence[tuple[int, int, object]]]) -> bytes:
    """A workbook made from a template: the cells of each sheet (row and column from 1, and value)."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for name, values in cells.items():
        for row, across, value in values:
            book[name].cell(row, across).value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def write_frames(sheets: Mapping[str, pd.DataFrame], target: Path) -> None:
    """The sheets of a workbook, without any format."""
    with pd.ExcelWriter(target, engine="openpyxl") as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name)


if __name__ == "__main__":
    for one in sorted(Path(sys.argv[1]).iterdir()):
        if faults := check(one):
            print(one.name, faults)
