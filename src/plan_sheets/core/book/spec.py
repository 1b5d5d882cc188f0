"""What `schemas/` says, as facts: the sheets of each kind of workbook before any row is known; the RAG thresholds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from plan_sheets.core.book.layout import Chart, Field


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of a sheet as `schemas/workbooks/` names it."""

    field: Field
    heading: str
    input: bool
    width: float


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A sheet as `schemas/workbooks/` describes it, before any row is known; texts may hold `{fields}` of the plan."""

    name: str
    title: str
    lines: tuple[str, ...]
    record: str
    columns: tuple[ColumnSpec, ...]
    form: str = ""
    items: tuple[tuple[str, str], ...] = ()
    links: str = ""
    missing: str = ""
    identity: bool = False
    key: bool = False
    spare: int = 0
    """Empty rows for what is typed in."""
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class WorkbookSpec:
    """A kind of workbook."""

    kind: str
    title: str
    protected: bool
    sheets: tuple[SheetSpec, ...]

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
