"""Where a value came from: every time that it was given, oldest first; and what was said beside the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from plan_sheets.core.model.findings import Outcome, PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.text import plain, quoted
from plan_sheets.core.rating.declined import KEEP, NO
from plan_sheets.core.rating.succession import FIELD as SUCCEEDS
from plan_sheets.core.rating.succession import Succession, find_succession
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.reads import TracedValue, list_traced_values
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.declined import list_declined
from plan_sheets.store.register.settling.held import FilePutAside, list_put_aside
from plan_sheets.store.register.tracing.texts import SaidElsewhere, list_known, list_texts

HEADED_IN = ("plan", "subgroup", "officer", "master")
"""The kinds of workbooks by whose headings a field may be asked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One time that a value was given: in which file and cell, by whom, and what became of it.

    `field`: of a text that came in no cell of a table, what it is: `message`, `e-mail`, `cell_comment`. `before`: what
    stood then, "" if nothing. `sheet` and `cell` are "" where the officer settled a query. Of what was declined or kept
    `value` is what does not stand, and `before` what does.
    """

    field: str
    round: str
    value: str
    before: str
    outcome: str
    entered: str
    """What was typed, from which the value was read; "" if nothing was."""
    number: str
    """Of the return, `DA-1`."""
    file: str
    sha256: str
    sheet: str
    cell: str
    completed_by: str
    received: str
    saved_by: str
    replaces: str = ""
    """The number of the return in whose place it came; "" if in none's."""
    mail: Mail | None = None
    """The e-mail that the file came in; None if it came in none."""
    reason: str = ""
    """Why the return was withdrawn, where the value stands again because of that; else ""."""
    ref: str = ""
    """Of what it was said; "" of a text that stood beside no row."""


def trace_value(folder: Folder, about: str, field: str | None = None, *, everything: bool = False) -> Sequence[Step]:
    """Every value that a ref was given, oldest first, with the texts that stood beside it.

    `about`: the ref; or the number of a return (`DA-1`), for all that it said; a subgroup's code, for the messages,
    e-mails and texts outside tables of all its returns, too. Capital letters make no difference. `field`: only those of
    this field, by its name or heading. `everything`: with what came back untouched.
    Raises PlanSheetsError if the register knows no such ref, return or field.
    """
    check_folder(folder)
    with folder.register.as_it_stands():
        steps = _list_steps(folder.register, about)
        if not steps:
            steps = _list_steps(folder.register, _find_meant(folder.register, about))
    if field is not None:
        wanted = _find_fields(about, field, steps)
        steps = [(record, step) for record, step in steps if (record, step.field) in wanted]
    return [step for _, step in steps if everything or step.outcome != Outcome.UNTOUCHED]


def _find_meant(register: Register, about: str) -> str:
    """The ref or number that differs from `about` by capital letters. Raises PlanSheetsError, with what is near it."""
    known = list_known(register)
    meant = [name for name in known if plain(name) == plain(about)]
    if not meant:
        near = _list_near(about, known)
        hint = "Refs look like J2a.1, and returns like DA-1; the master lists them."
        raise PlanSheetsError(
            f"The register knows nothing of '{about}'.", f"Was {' or '.join(near)} meant?" if near else hint
        )
    return meant[0]


def _list_near(name: str, known: Iterable[str]) -> list[str]:
    """The names that are most like this one, at most three."""
    by_words = {plain(each): each for each in known}
    return [by_words[words] for words in get_close_matches(plain(name), by_words, 3)]


def _find_fields(about: str, field: str, steps: Sequence[tuple[str, Step]]) -> set[tuple[str, str]]:
    """Record and name of the fields that are meant. Raises PlanSheetsError, with what is near, if there is none."""
    said = {(record, step.field) for record, step in steps}
    known = schemas.load_records()
    asked = {
        (record, about_it.name)
        for record in {record for record, _ in said} & set(known)
        for about_it in known[record].values()
        if about_it.scope != "derived"
    }
    names = _list_names({*said, *asked})
    wanted = {place for place, words in names.items() if plain(field) in map(plain, words)}
    if not wanted:
        titles = sorted({_title_of(*place) for place in said})
        near = _list_near(field, {word for words in names.values() for word in words})
        hint = f"Was {' or '.join(map(quoted, near))} meant? " if near else ""
        raise PlanSheetsError(f"There is no field '{field}' of {about}.", f"{hint}Said so far: {', '.join(titles)}.")
    return wanted


def _list_names(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """What each field (record and name) is called: its name, its title, and every heading of a workbook over it."""
    names = {(record, name): {name, _title_of(record, name)} for record, name in places}
    for kind in HEADED_IN:
        for sheet in schemas.load_workbook_spec(kind).sheets:
            for column in sheet.columns:
                if (place := (column.field.record, column.field.name)) in names:
                    names[place].add(column.heading)
    return names


def _title_of(record: str, name: str) -> str:
    """The heading of a field; of a text outside the tables what it is in words."""
    return schemas.title_of(record, name) if record else schemas.title_of("form", name).replace("_", " ")


def _list_steps(register: Register, about: str) -> list[tuple[str, Step]]:
    """Record and step of every value that was given, by the day it came, settlements last; then of every text.

    Of an action that took the place of others, what was said of those too; and of one that went on, as what.
    """
    before: dict[Key, str] = {}
    steps = []
    succession = find_succession(register.history(field=SUCCEEDS))
    line = [about, *succession.list_forebears(about)]
    given = [value for ref in line for value in list_traced_values(register, ref)]
    given += _list_heirs(register, about, succession)
    declined = [value for ref in line for value in _list_declined(register, ref)]
    for value in sorted([*given, *declined], key=lambda each: (each.received, _is_settled(each))):
        key, head, rest = value.key, value.head, value[4:]
        head = before.get(key, "") if value.outcome in _STANDS_AFTER else head
        steps.append((key.record, Step(key.field, value.round, value.value, head, *rest, ref=key.ref)))
        if value.outcome in (Outcome.TAKEN, *_STANDS_AFTER):
            before[key] = value.value
    texts = list_texts(register, about, given)
    done = (file for file in list_put_aside(register).values() if file.number == about)
    beside = [*(step for text in texts for step in _make_steps(text)), *map(_make_step_of_file, done)]
    return [*steps, *(("", step) for step in beside)]


def _make_step_of_file(file: FilePutAside) -> Step:
    """Why a held or refused file was put aside, or what was done about it."""
    came = file.settled_in, file.settled_file, file.settled_sha, "", "", file.by, file.at, ""
    return Step(file.choice.lower().replace(" ", "_"), "", file.reason, "", "settled", "", *came)


def _list_heirs(register: Register, ref: str, succession: Succession) -> Iterator[TracedValue]:
    """By what others took the place of an action, and others the place of these."""
    heirs = [*succession.after.get(ref, ())]
    for heir in heirs:
        yield from (value for value in list_traced_values(register, heir) if value.key.field == SUCCEEDS)
        heirs += [far for far in succession.after.get(heir, ()) if far not in heirs]


def _make_steps(said: SaidElsewhere) -> Iterator[Step]:
    """A text that came in no cell; and the officer's Keep, where there was a query about it."""
    where = said.number, said.file, said.sha256, said.sheet, said.cell, said.completed_by, said.received, said.saved_by
    yield Step(said.kind, said.round, said.text, "", said.outcome, said.text, *where, ref=said.ref)
    if said.settled and said.settled[0] == KEEP:
        _, by, received = said.settled
        of_officer = (said.number, said.file, said.sha256, "", "", by, received, "")
        yield Step(said.kind, said.round, said.text, "", Outcome.KEPT, "", *of_officer, ref=said.ref)


def _list_declined(register: Register, ref: str) -> Iterator[TracedValue]:
    """What of a ref the officer declined (No) and what was not taken (Keep), by whom and when."""
    for declined in list_declined(register, register.history(ref=ref)):
        if declined.key.ref.partition("/")[0] == ref:
            (file,) = register.returns(id=declined.source.return_id)
            came = file.number, file.file, file.sha256, "", "", declined.source.who, file.received, file.saved_by, ""
            outcome = Outcome.DECLINED if declined.choice == NO else Outcome.KEPT
            yield TracedValue(declined.key, declined.round, declined.text, declined.stands, outcome, "", *came, None)


_STANDS_AFTER = (Outcome.SETTLED, Outcome.WITHDRAWN)


def _is_settled(value: TracedValue) -> bool:
    return value.outcome in (*_STANDS_AFTER, Outcome.DECLINED, Outcome.KEPT)
