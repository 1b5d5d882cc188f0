"""The table in `docs/programs.md`, made of what was observed; run as a program it writes it anew (`make docs`)."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.chairs import ISSUED_ON, Q1, SECRET, Plan
from tests.programs.observing import TEXTS, Observed, Round
from tests.programs.saving import PROGRAMS, Program

from plan_sheets import plan
from plan_sheets.core.model.keys import Key
from plan_sheets.core.returned.lost_on_saving import LOCKS, PROPERTIES, STRUCTURE, TABLES

DOCS = Path(__file__).parents[2] / "docs" / "programs.md"
START, END = "<!-- made by `make docs` -->\n", "<!-- end -->\n"
HEADINGS = (
    *(
        "Program",
        "File",
        "Untouched",
        "Text as typed",
        "Real dates",
        "Dates that show a month",
        "Lock of the sheets",
        "Lock on the list of sheets",
    ),
    *("Drop-downs", "Prompts", "Links", "Tables", "Custom properties", "Calls itself"),
)
LOST = "**lost**"


def with_table(text: str, seen: Sequence[tuple[Program, Observed]]) -> str:
    """The text of the page with the table of what was observed. Raises ValueError if it has no place for it."""
    before, _, rest = text.partition(START)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"No {START.strip()} and {END.strip()} in {DOCS}")
    rows = [HEADINGS, ["---"] * len(HEADINGS), *(row(program, observed) for program, observed in seen)]
    return f"{before}{START}{chr(10).join(map(line, rows))}\n{END}{after}"


def line(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def row(program: Program, seen: Observed) -> list[str]:
    """What became of everything in one program."""
    verdicts = sorted({str(receipt.verdict) for receipt in seen.untouched})
    kept = {name: "kept" if name in seen.kept else LOST for name in (LOCKS, STRUCTURE, TABLES, PROPERTIES)}
    if program.suffix == "xls":
        kept[STRUCTURE] = "not known"
    codes = {one.code for trip in seen.filled.values() for one in trip.receipt.findings}
    return [
        program.name,
        program.suffix,
        f"{', '.join(verdicts)} ({len(seen.untouched)} of them)",
        words(seen, codes),
        "as bare numbers, read back" if "date_serial" in codes else "the same",
        "the same" if "date_shown" in codes else "**the first of the month**",
        *(kept[name] for name in (LOCKS, STRUCTURE)),
        *(left(*seen.aids[name]) for name in ("lists", "prompts", "links")),
        *(kept[name] for name in (TABLES, PROPERTIES)),
        re.sub(r" [0-9].*", "", seen.untouched[0].saved_by) or "nothing",
    ]


def words(seen: Observed, codes: set[str]) -> str:
    """What became of texts."""
    if "text_perhaps_cut" in codes:
        return "**cut after 255 characters**"
    progress = seen.filled["typed"].values[Key("action", "J1a.1", "progress"), Q1]
    return "the same" if progress == TEXTS["Progress"]["J1a.1"]["Progress made"] else "**blank lines left out**"


def left(still: int, had: int) -> str:
    """How many cells of a workbook still have what they had."""
    return "kept" if still == had else f"**{still} of {had} left**" if still else LOST


def main() -> None:
    """Issue the example, take it through every program, and write the table into the page."""
    if missing := [program.missing() for program in PROGRAMS if program.missing()]:
        sys.exit("\n".join(dict.fromkeys(missing)))
    with tempfile.TemporaryDirectory() as work:
        issued = Plan(Path(work) / "issued")
        plan.new_plan(issued.path, ISSUED_ON, example=True, secret=SECRET).register.close()
        issued.issue()
        sent = Round(issued.path, Path(work))
        seen = [(program, sent.observe(program)) for program in PROGRAMS]
    DOCS.write_text(with_table(DOCS.read_text(encoding="utf-8"), seen), encoding="utf-8")


if __name__ == "__main__":
    main()
