"""What `schemas/` says, as facts: the sheets of each kind of workbook before any row is known; the RAG thresholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from plan_sheets.core.book.layout import Chart, Field


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of a sheet as `schemas/workbooks/` names it."""

    field: Field
    heading: str
    input: bool
    width: float


class ItemSpec(NamedTuple):
    """One row of a sheet of items, or the place where several rows go."""

    ref: str = ""
    what: str = ""
    target: str = ""
    """What a link leads to: a sheet or an e-mail address; "" where it is no link."""
    each: str = ""
    """status: what is still needed in all; step: a row for each sheet to fill in; question: those of the form;
    other: a link to each other sheet. "" where it is one row."""


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A sheet as `schemas/workbooks/` describes it, before any row is known; texts may hold `{fields}` of the plan."""

    name: str
    title: str
    lines: tuple[str, ...]
    record: str
    columns: tuple[ColumnSpec, ...]
    form: str = ""
    items: tuple[ItemSpec, ...] = ()
    step: str = ""
    """What there is to do on it: stands on the sheet that lists the steps."""
    in_view: int = 1
    identity: bool = False
    key: bool = False
    spare: int = 0
    """Empty rows for what is typed in."""
    chart: Chart | None = None
    filter: bool = False
    """Whether its rows can be filtered."""
    answers: str = ""
    """The question that it answers, as the sheet Contents puts it; "" is its first line."""


@dataclass(frozen=True, slots=True)
class WorkbookSpec:
    """A kind of workbook."""

    kind: str
    title: str
    protected: bool
    sheets: tuple[SheetSpec, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    """What formulas, prompts and rows of steps say, by what it is for; lines and items may hold it in `{}`."""
    unlocked: Mapping[str, str] = field(default_factory=dict)
    """What is said instead where sheets are not locked."""

    @property
    def names(self) -> list[str]:
        """The names of its sheets."""
        return [sheet.name for sheet in self.sheets]

    def without(self, name: str) -> WorkbookSpec:
        """The workbook without the sheet of this name."""
        return replace(self, sheets=tuple(sheet for sheet in self.sheets if sheet.name != name))

    def without_columns(self, drops: Callable[[SheetSpec, ColumnSpec], bool]) -> WorkbookSpec:
        """The workbook without the columns of which `drops` says so."""
        sheets = (
            replace(sheet, columns=tuple(column for column in sheet.columns if not drops(sheet, column)))
            for sheet in self.sheets
        )
        return replace(self, sheets=tuple(sheets))


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A threshold of the RAG rules, with its default."""

    ref: str
    title: str
    default: int
    unit: str
    means: str
