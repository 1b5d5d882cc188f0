"""Make the workbooks of this folder anew: the empty grid template, and the worked example from its source."""

from __future__ import annotations

from pathlib import Path

from plan_sheets.plan_workbook import example_book, template_book
from plan_sheets.store.writing.hand_over import hand_over

HERE = Path(__file__).parent

if __name__ == "__main__":
    (HERE / "plan-template.xlsx").write_bytes(hand_over(template_book()))
    (HERE / "plan-2016-17.xlsx").write_bytes(hand_over(example_book()))
