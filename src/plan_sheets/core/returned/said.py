"""What the officer was told otherwise than by a return: each row of `Said to me` is one answer to one question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.phrases import Meaning, Phrases
from plan_sheets.core.answers.tidy import tidy
from plan_sheets.core.book.layout import Field
from plan_sheets.core.book.spec import WorkbookSpec
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Stage
from plan_sheets.core.model.text import plain
from plan_sheets.core.rating.plan_rows import Rows, lead_of, parent, subgroups_of
from plan_sheets.core.rating.ratings import is_further

ENDED = (Stage.CLOSED, Stage.WITHDRAWN)


class Sayable(NamedTuple):
    """A field that a subgroup fills in, with the heading that stands over it."""

    field: Field
    heading: str

    def is_named(self, words: str) -> bool:
        """Whether these words, as `plain` writes them, are its heading, its title or its name."""
        return words in {plain(name) for name in (self.heading, self.field.title, self.field.name)}


class Statement(NamedTuple):
    """What a row says: of which fact, for which round (its code, "" before the first), who said it, how and when.

    Where it proposes a further action, `key` has the record of the sheet `New actions` and the theme as its ref.
    `answers`: the number of the e-mail that is dealt with by it, "" if none.
    """

    key: Key
    field: Field
    round: str
    who: str
    answers: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the plan may be spoken of."""

    history: History
    rows: Rows
    """The plan as it stands now."""
    rounds: Sequence[str]
    """The codes of the rounds issued, oldest first."""
    fields: Sequence[Sayable]
    messages: Messages
    today: date
    find_message: Callable[[str], str]
    """The number of the e-mail without a workbook that has this number; "" if none has."""


def list_sayable(spec: WorkbookSpec) -> list[Sayable]:
    """What can be said: all that a subgroup fills in under the headings of its workbook, each heading once."""
    columns = [column for sheet in spec.sheets if sheet.key for column in sheet.columns]
    filled = [column for column in columns if column.input and column.field.fill == "chair" and not column.field.refers]
    found: dict[tuple[str, str], Sayable] = {}
    for column in filled:
        place = column.field.become or column.field.record, column.field.name
        found.setdefault(place, Sayable(column.field, column.heading))
    return [*found.values()]


def read_statement(cells: Mapping[str, Cell], asked: Asked) -> tuple[Statement | None, list[Finding]]:
    """What a row says, None if that is not plain; and what is wrong with it. `cells`: those of the row, by field."""
    code = cells["round"].value or next(reversed(asked.rounds), "")
    findings = [*_check_round(cells, asked), *_check_day(cells["when"], code, asked), *_check_message(cells, asked)]
    if not cells["about"].value or not cells["field"].entered.strip():
        return None, findings
    place = _find_place(cells, code, asked)
    if isinstance(place, Finding):
        return None, [*findings, place]
    key, field = place
    if field.scope == "round" and not asked.rounds:
        return None, [*findings, _tell("said_before_rounds", cells["field"], asked, heading=field.title)]
    who = f"{cells['who'].value} ({cells['how'].value.lower()}, {cells['when'].value})"
    return Statement(key, field, code, who, asked.find_message(cells["answers"].value)), findings


def make_cell(
    statement: Statement, key: Key, typed: Cell, base: str, phrases: Phrases, messages: Messages, *, year: int
) -> tuple[Cell, list[Finding]]:
    """The cell as if it stood in a return, and what was found in it. `typed`: the cell in which it was typed.

    `key`: the fact, where a further action has its ref by now. `year`: in whose April the plan begins.
    """
    about = statement.field
    cell = Cell(key, about, typed.address, typed.entered, typed.value, base, typed.blocked)
    if typed.blocked is not None:
        return cell, []
    details = {"heading": about.title, "ref": key.ref, "cell": typed.address.cell if typed.address else ""}
    meaning = phrases.meaning(typed.value, about, base)
    if meaning is not Meaning.ANSWER:
        value = {Meaning.STANDS: base, Meaning.BLANK: ""}.get(meaning, typed.value)
        where = {"address": typed.address, "key": key, "entered": typed.entered}
        return cell._replace(value=value), [messages.finding(f"phrase_{meaning}", **where, **details)]  # type: ignore[arg-type]
    tidied = tidy(typed.value, about, year=year)
    return cell._replace(value=tidied.value), [
        messages.remark(
            about.findings.get(remark.code, remark.code),
            {**details, **remark.details},
            address=typed.address,
            key=key,
            entered=typed.entered,
        )
        for remark in tidied.remarks
    ]


def _tell(code: str, cell: Cell, asked: Asked, **details: object) -> Finding:
    """A finding about a cell of the row."""
    return asked.messages.finding(code, address=cell.address, key=cell.key, entered=cell.entered, **details)


def _check_round(cells: Mapping[str, Cell], asked: Asked) -> Iterator[Finding]:
    """Whether the round was issued; where any was, the list of the workbook says so already."""
    cell = cells["round"]
    if cell.blocked is None and cell.value and cell.value not in asked.rounds:
        yield _tell("said_round_unknown", cell, asked, rounds=", ".join(asked.rounds) or "none yet")


def _check_day(cell: Cell, code: str, asked: Asked) -> Iterator[Finding]:
    """Whether it can have been said on that day."""
    day = PartialDate.from_words(cell.value) if cell.blocked is None and cell.value else None
    if day and day.first > asked.today:
        yield _tell("said_in_future", cell, asked, heading=cell.field.title)
    elif day and code in asked.rounds and day.last < Round.parse(code).first_day:
        yield _tell("date_before_round", cell, asked, heading=cell.field.title)


def _check_message(cells: Mapping[str, Cell], asked: Asked) -> Iterator[Finding]:
    """Whether there is such an e-mail."""
    cell = cells["answers"]
    if cell.blocked is None and cell.value and not asked.find_message(cell.value):
        yield _tell("said_message_unknown", cell, asked)


def _find_place(cells: Mapping[str, Cell], code: str, asked: Asked) -> tuple[Key, Field] | Finding:
    """The fact that is meant, with its field; or why that is none."""
    about, named = cells["about"], cells["field"]
    meant = [sayable for sayable in asked.fields if sayable.is_named(plain(named.entered))]
    meant = meant or [sayable for sayable in asked.fields if named.blocked is None and sayable.heading == named.value]
    if not meant:
        return _tell("said_field_unknown", named, asked, choices=", ".join(each.heading for each in asked.fields))
    ref = _find_ref(about.value, asked)
    places = [(key, sayable.field) for sayable in meant if (key := _find_key(sayable.field, ref, code, asked))]
    return places[0] if places else _tell_why_not(about, named, meant[0], ref, code, asked)


def _find_ref(typed: str, asked: Asked) -> str:
    """A ref as the plan writes it; what the plan does not know stays as it was typed. `J2.1/MH` is of a subgroup."""
    first, slash, subgroup = typed.partition("/")
    known = {plain(ref): ref for _, ref in asked.history.by_row}
    return f"{known.get(plain(first), first.strip())}{slash}{subgroup.strip().upper()}"


def _find_key(field: Field, typed: str, code: str, asked: Asked) -> Key | None:
    """The fact that a field of this ref is; None where it is not asked of it."""
    ref, _, subgroup = typed.partition("/")
    action = asked.rows["action"].get(ref)
    if field.keyed_by == "subgroup" and not field.new_rows:
        beside = _list_contributors(ref, asked)
        whose = subgroup or (beside[0] if len(beside) == 1 else "")
        is_asked = whose in beside and not _why_ended(ref, code, asked)
        return Key(field.record, f"{ref}/{whose}", field.name) if is_asked else None
    if subgroup:
        return None
    if field.become:
        proposed = action is not None and is_further(action) and not _why_ended(ref, code, asked)
        if field.become == "action" and proposed:
            return Key(field.become, ref, field.name)
        is_asked = field.required and ref in _list_themes(asked.rows) and find_group(asked.rows, ref) != ""
        return Key(field.record, ref, field.name) if is_asked else None
    if field.record == "action":
        is_asked = action is not None and not _why_ended(ref, code, asked)
        is_asked = is_asked and not (field.scope == "round" and action is not None and is_further(action))
    else:
        is_asked = ref in (_list_themes(asked.rows) if field.record == "grid" else asked.history.refs(field.record))
    return Key(field.record, ref, field.name) if is_asked else None


def _list_contributors(ref: str, asked: Asked) -> list[str]:
    """The subgroups that are asked for a contribution to an action: all of its own but the one that leads."""
    return subgroups_of(asked.rows, ref)[1:] if ref in asked.rows["action"] else []


def find_group(rows: Rows, theme: str) -> str:
    """The subgroup that a further action of a theme would belong to; "" if nobody works on it."""
    return lead_of({"priority": rows["priority"], "action": {theme: {"theme": theme}}}, theme)


def _list_themes(rows: Rows) -> Collection[str]:
    """The refs of the themes, and of the priorities that have none."""
    parents = {parent(ref) for ref in rows["priority"] if parent(ref) != ref}
    return rows["priority"].keys() - parents


def _why_ended(ref: str, code: str, asked: Asked) -> str:
    """Why nothing is asked about an action any more in a round (its code); "" if something is."""
    history = asked.history
    if history.text("action", ref, "removed") == "Yes":
        return "was taken out of the plan"
    if history.text("action", ref, "agreement") == "Declined":
        return "was proposed, and you declined it"
    ended = history.standing(Key("action", ref, "confirmed_stage"))
    is_over = ended.value in ENDED and ended.round < code
    return f"has ended: its stage is {ended.value}" if is_over else ""


def _tell_why_not(about: Cell, named: Cell, meant: Sayable, ref: str, code: str, asked: Asked) -> Finding:
    """Why a field is not asked of a ref."""
    first, _, subgroup = ref.partition("/")
    removed = asked.history.text("priority", first, "removed") == "Yes"
    if why := "was taken out of the plan" if removed else _why_ended(first, code, asked):
        return _tell("said_ref_ended", about, asked, ref=first, why=why)
    if not any(known == first for _, known in asked.history.by_row):
        return _tell("said_ref_unknown", about, asked)
    beside = _list_contributors(first, asked)
    if beside and (subgroup or meant.field.keyed_by == "subgroup"):
        refs = " or ".join(f"{first}/{each}" for each in beside)
        return _tell("said_contribution_unclear", about, asked, ref=first, refs=refs)
    asked_of = [each.heading for each in asked.fields if _find_key(each.field, ref, code, asked)]
    return _tell(
        "said_not_asked",
        named,
        asked,
        heading=meant.heading,
        ref=ref,
        choices=", ".join(asked_of) or "nothing: look whether another ref was meant",
    )
