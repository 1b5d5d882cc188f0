"""Receiving workbooks in the common way: pandas over openpyxl, then pandera on each table of each file.

It guards nothing, identifies nothing, tidies, merges and records nothing: it is what `receive` is measured against.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

STAGES = ["Not started", "In progress", "Complete", "Closed to business as usual", "Withdrawn"]


def column(check: pa.Check | None = None) -> pa.Column:
    return pa.Column(None, check or pa.Check.str_length(0, 2000), nullable=True, required=False)


TABLES = {
    "Progress": {
        "Progress made": column(),
        "Stage": column(pa.Check.isin(STAGES)),
        "RAG": column(pa.Check.isin(["Red", "Amber", "Green", "green"])),
        "Next step": column(),
        "What will bring it back": column(),
    },
    "Action plan": {name: column() for name in ("How we will do it", "Who is responsible", "Action owner", "Impact")},
    "Grid": {name: column() for name in ("Learning and improvement", "Voice of the service user", "Data")},
    "New actions": {name: column() for name in ("Theme", "What we will do", "Due")},
}
SCHEMAS = {sheet: pa.DataFrameSchema(columns) for sheet, columns in TABLES.items()}


def check(file: Path) -> None:
    sheets = pd.read_excel(file, sheet_name=None, header=None, engine="openpyxl", dtype=object)
    for name, schema in SCHEMAS.items():
        sheet = sheets[name]
        heading = sheet.index[sheet[0].isin(["Ref", "Row"])][0]
        table = sheet.iloc[heading + 1 :].copy()
        table.columns = list(sheet.iloc[heading])
        try:
            schema.validate(table.dropna(axis=1, how="all"), lazy=True)
        except pa.errors.SchemaErrors as errors:
            print(file.name, len(errors.failure_cases))


if __name__ == "__main__":
    for one in sorted(Path(sys.argv[1]).iterdir()):
        check(one)
