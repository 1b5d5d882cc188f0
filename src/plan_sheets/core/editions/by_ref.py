"""The officer's sheets about rows of the plan: of a large plan not all are listed, and the officer types a ref."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Content
from plan_sheets.core.book.spec import SheetSpec, WorkbookSpec
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import plain
from plan_sheets.core.rating.plan_rows import ASKED_OF_OWNER, Rows, parent
from plan_sheets.core.rating.ratings import is_further
from plan_sheets.core.rating.rules.overrides import OVERRIDE

BY_REF = {"Owners": ("owner", "owner_status"), "Overrides": OVERRIDE, "Public text": ("text", "again")}
"""The sheets, with what can be filled in there."""
ABOUT = "about"
"""The field that names the row of the plan; in a blank row it is filled in."""
SPILLED = "paste_fell_apart"
"""The code of the question whether a text belongs to one above it: of a row that is refused nothing is asked."""
_RECORDS = ("owner", "override", "action", "public")
"""The records of the cells of a blank row."""


def choose_blank_rows(spec: WorkbookSpec, names: Collection[str]) -> WorkbookSpec:
    """The officer's workbook with blank rows on the sheets of these names alone."""
    return replace(
        spec,
        sheets=tuple(
            _without_blank_rows(sheet) if sheet.name in BY_REF and sheet.name not in names else sheet
            for sheet in spec.sheets
        ),
    )


def _without_blank_rows(sheet: SheetSpec) -> SheetSpec:
    about, *others = sheet.columns
    return replace(sheet, columns=(replace(about, input=False), *others), spare=0)


def choose_rows(name: str, rows: Iterable[RowFacts], *, lists_all: bool) -> Iterator[RowFacts]:
    """The rows of a sheet, all of them or those that hold something or wait; each with what can be filled in."""
    for row in rows:
        if lists_all or _holds_anything(name, row.contents):
            inputs = frozenset(BY_REF[name]) if row.inputs is None else row.inputs
            yield row._replace(contents={ABOUT: row.ref, **row.contents}, inputs=inputs)


def _holds_anything(name: str, contents: Mapping[str, Content]) -> bool:
    """Whether a row holds something that may be taken back or released again, or waits for the officer."""
    if name == "Owners":
        return contents["owner_status"] in ASKED_OF_OWNER
    return any(contents[each] for each in (OVERRIDE if name == "Overrides" else ("text", "last")))


@dataclass(slots=True)
class TypedRows:
    """What was typed in blank rows, by the facts that it is about."""

    cells: list[Cell] = field(default_factory=list)
    """All cells of a workbook; of a blank row those in which something was typed."""
    renamed: dict[Key, Key] = field(default_factory=dict)
    """The fact that each of these is about."""
    findings: list[Finding] = field(default_factory=list)
    refused: set[Key] = field(default_factory=set)
    """The cells that are about no row of the plan: all that was typed there is told, and nothing more is asked."""


def read_typed_rows(
    cells: Iterable[Cell], read_rows: Callable[[], Rows], find_stood: Callable[[Key, str], str], messages: Messages
) -> TypedRows:
    """The cells of an officer's workbook, those of blank rows about the rows of the plan that were typed in them.

    `read_rows`: the plan as it stands. `find_stood`: what stood of a fact (its scope) when the workbook was made, with
    which such a cell is compared. What is typed without a ref that is in the plan is told, and not taken.
    """
    typed = TypedRows()
    blank: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        if cell.key.ref.isdecimal() and cell.key.record in _RECORDS:
            blank.setdefault((cell.address.sheet if cell.address else "", cell.key.ref), []).append(cell)
        else:
            typed.cells.append(cell)
    typed_in = [row for row in blank.values() if any(cell.entered.strip() for cell in row)]
    rows = read_rows() if typed_in else {}
    for row in typed_in:
        filled = [cell for cell in row if cell.entered.strip()]
        about = next((cell for cell in filled if cell.key.field == ABOUT), None)
        said = [cell for cell in filled if cell is not about]
        if said and (record := _find_record(about, said[0], rows)):
            ref = _find_ref(about.value if about else "", rows[record])
            others = [cell for cell in row if cell is not about]
            typed.renamed |= {cell.key: Key(_name_record(cell, record), ref, cell.key.field) for cell in others}
            facts = [_as_fact(cell, typed.renamed[cell.key], find_stood) for cell in others]
            if said[0].key.field in OVERRIDE and any(fact.base and not fact.entered.strip() for fact in facts):
                typed.findings.append(_tell(about, said, messages, in_part=True))
                typed.refused |= {fact.key for fact in facts}
                facts = [_refuse(fact) for fact in facts]
            typed.cells += [fact for fact in facts if fact.entered.strip()]
        elif said or about:
            typed.findings.append(_tell(about, said, messages))
            typed.refused |= {cell.key for cell in said}
            typed.cells += [_refuse(cell) for cell in said]
        typed.cells += [about] if about else []
    return typed


def _find_record(about: Cell | None, said: Cell, rows: Rows) -> str:
    """The record of the row of the plan that a blank row is about; "" if there is none, or it cannot be given that."""
    ref = about.value if about and about.blocked is None else ""
    if ref and (found := _find_ref(ref, rows["action"])):
        return "" if is_further(rows["action"][found]) else "action"
    if ref and said.key.record != "action" and (found := _find_ref(ref, rows["priority"])):
        return "priority" if parent(found) == found else ""
    return ""


def _find_ref(typed: str, known: Mapping[str, object]) -> str:
    """The ref that was typed, capital letters apart; "" if it is not known."""
    return typed if typed in known else next((ref for ref in known if plain(ref) == plain(typed)), "")


def _name_record(cell: Cell, record: str) -> str:
    """The record of a fact: a public text has its own; an owner is the owner of a priority or an action."""
    return record if cell.key.record == "owner" else cell.key.record


def _refuse(cell: Cell) -> Cell:
    return cell._replace(blocked=Outcome.MASKED if cell.blocked is Outcome.MASKED else Outcome.ERROR)


def _as_fact(cell: Cell, key: Key, find_stood: Callable[[Key, str], str]) -> Cell:
    return cell._replace(key=key, base=find_stood(key, cell.scope))


def _tell(about: Cell | None, said: Sequence[Cell], messages: Messages, *, in_part: bool = False) -> Finding:
    """The error about a blank row of which nothing is taken, with all that was typed in it.

    `in_part`: it would take a part from the override that stands.
    """
    first = about or said[0]
    texts = [f"{cell.field.title}: {cell.entered}" for cell in (*([about] if about else []), *said)]
    if about and not said:
        return messages.finding("ref_alone", address=first.address, key=first.key, entered=about.entered)
    code = "override_in_part" if in_part else "ref_not_listed" if about else "ref_not_typed"
    details = {"ref": about.entered} if about else {}
    return messages.finding(code, address=first.address, key=first.key, entered="\n".join(texts), **details)
