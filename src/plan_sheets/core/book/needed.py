"""What a workbook still needs, in words and by formula: of each row, of each sheet, and in all.

All of it comes from the rules of the fields (`required`, `required_when`, `required_unless`). What a formula goes out
with is what these rules say of the workbook as it goes out; nothing is ever believed from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from plan_sheets.core.book.layout import ANY_WORD, Column, Content, Field, Formula, Row, Sheet, as_fact, as_text
from plan_sheets.core.model.keys import column_letters

STILL_NEEDED = "still_needed"
"""The column that says of each row which of its cells have to be filled in."""
NOTHING_BECAUSE = "nothing_because"
"""The question of the form that excuses every row in which nothing was typed."""
FEWEST_LETTERS = 5
"""How many letters a reason has at least."""
Words = Mapping[str, str]
"""What the formulas say, as `words` of the workbook's description."""
_BEGIN, _END = "#", "~"
"""Signs that no heading holds."""
_ROW = "\N{NULL}"
"""Stands for the number of a row in a formula: rows that ask the same have the same one, which is made once."""
_APART = "; "
"""Stands between the headings of what a row still needs; no heading holds a semicolon."""


def with_still_needed(sheet: Sheet, form: Sheet | None, words: Words) -> Sheet:
    """The sheet with what each row still needs, if it has a column for it. `form`: where nothing to report is said."""
    if not _has_column(sheet):
        return sheet
    place, first = sheet.place(STILL_NEEDED), sheet.heading_row + 2
    places = [*sheet.list_watched(), *(at for at, column in enumerate(sheet.columns) if column.input)]
    known: dict[object, Content] = {}
    rows = []
    for number, row in enumerate(sheet.rows, first):
        alike = (row.inputs, *[as_fact(row.cells[at]) for at in places])
        if alike not in known:
            known[alike] = _tell_row(sheet, row, _ROW, form, words)
        rows.append(_with_cell(row, place, _at_row(known[alike], number)))
    return replace(sheet, rows=tuple(rows))


def _at_row(content: Content, number: int) -> Content:
    """What is said of a row, as the row of this number says it."""
    return Formula(content.text.replace(_ROW, str(number)), content.value) if isinstance(content, Formula) else content


def with_status(sheet: Sheet, sheets: Sequence[Sheet], steps: Mapping[str, str], words: Words) -> Sheet:
    """The sheet with the status of the whole workbook and, beside each step, how much of it is still to do.

    `steps`: the name of the sheet that a row of this one is about, by the row's ref.
    """
    named = {other.name: other for other in sheets if other.rows and _has_column(other)}
    answer = len(sheet.columns) - 1
    rows = [
        _with_cell(row, 1, _tell_status(sheet, [*named.values()], words))
        if row.ref == words.get("status")
        else _with_cell(row, answer, _tell_rows(named[steps[row.ref]], words))
        if steps.get(row.ref) in named
        else row
        for row in sheet.rows
    ]
    return replace(sheet, rows=tuple(rows))


def _has_column(sheet: Sheet) -> bool:
    return any(column.field.name == STILL_NEEDED for column in sheet.columns)


def _with_cell(row: Row, place: int, content: Content) -> Row:
    return row._replace(cells=(*row.cells[:place], content, *row.cells[place + 1 :]))


def _tell_row(sheet: Sheet, row: Row, number: str, form: Sheet | None, words: Words) -> Content:
    """The headings of what a row still needs; that it is complete; or that nothing is needed of a row left blank.

    A row may be left blank if nothing in it is always needed, and where the form says that there is nothing to report.
    """
    asked = [(column, f"{column_letters(at)}{number}") for at, column in enumerate(sheet.columns)]
    asked = [(column, cell) for column, cell in asked if sheet.is_input(row, column)]
    if not asked:
        return words["not_needed"]
    typed = {column.field.name: cell for column, cell in asked}
    texts = {column.field.name: as_fact(content) for column, content in zip(sheet.columns, row.cells, strict=True)}
    fixed = {name: text for name, text in texts.items() if name not in typed}
    tests = [_find_tests(column.field, fixed, typed) for column, _ in asked]
    always = [] in tests and not any(column.field.new_rows for column, _ in asked)
    nothing, is_said = _find_nothing(form) if always else ("", True)

    blank = f"COUNTA({','.join(typed.values())})=0"
    blank = f"AND({blank},NOT({_is_no_reason(nothing)}))" if nothing else blank
    missing = "&".join(
        f'IF({_all([_is_blank(cell), *found])},{_quote(_APART + column.heading)},"")'
        for (column, cell), found in zip(asked, tests, strict=True)
        if found is not None
    )
    rest = _without_first(missing, words["complete"]) if missing else _quote(words["complete"])
    may_be_blank = nothing or not always
    text = f"=IF({blank},{_quote(words['not_needed'])},{rest})" if may_be_blank else f"={rest}"
    return Formula(text, _name_needed([column for column, _ in asked], texts, words, may_be_blank=is_said))


def _name_needed(asked: Sequence[Column], texts: Mapping[str, str], words: Words, *, may_be_blank: bool) -> str:
    """What the formula of a row says, given its texts by field name."""
    if may_be_blank and not any(texts[column.field.name] for column in asked):
        return words["not_needed"]
    needed = (column for column in asked if not texts[column.field.name].strip() and column.field.is_needed(texts.get))
    return _APART.join(column.heading for column in needed) or words["complete"]


def _find_tests(field: Field, fixed: Mapping[str, str], typed: Mapping[str, str]) -> list[str] | None:
    """The tests that all must hold for a field to be needed: [] if it always is, None if it never is.

    `fixed`: the locked texts of its row, which are known; `typed`: the addresses of its other cells; by field name.
    """
    if field.is_excused(fixed.get):
        return None
    excuses = [
        f"{typed[other]}<>{_quote(word)}"
        for other, others in field.required_unless.items()
        if other in typed
        for word in others
    ]
    if field.is_needed(fixed.get):
        return excuses
    reasons = [
        f'TRIM({typed[other]})<>""' if word == ANY_WORD else f"{typed[other]}={_quote(word)}"
        for other, others in field.required_when.items()
        if other in typed
        for word in others
    ]
    return [*excuses, f"OR({','.join(reasons)})" if len(reasons) > 1 else reasons[0]] if reasons else None


def _without_first(listed: str, otherwise: str) -> str:
    """A list without what stands apart before its first part, or another text where it is empty: said once, it is long.

    A sign stands before and one behind it. Where nothing is between them they become the other text.
    """
    text = f'"{_BEGIN}"&{listed}&"{_END}"'
    for old, new in ((_BEGIN + _END, otherwise), (_BEGIN + _APART, ""), (_END, "")):
        text = f"SUBSTITUTE({text},{_quote(old)},{_quote(new)})"
    return text


def _is_blank(cell: str) -> str:
    return f'TRIM({cell})=""'


def _is_no_reason(cell: str) -> str:
    """Whether a cell holds no reason: "No", "None" and "n/a" are none."""
    return f"LEN(TRIM({cell}))<{FEWEST_LETTERS}"


def _all(tests: Sequence[str]) -> str:
    return f"AND({','.join(tests)})" if len(tests) > 1 else tests[0]


def _find_nothing(form: Sheet | None) -> tuple[str, bool]:
    """Where the form says that there is nothing to report ("" if it does not ask), and whether it does say so."""
    for place, row in enumerate(form.rows if form else ()):
        if form and row.answer and row.answer.name == NOTHING_BECAUSE:
            return f"{_name(form)}!{_answer(form, place, fixed='$')}", len(
                as_text(row.cells[-1]).strip()
            ) >= FEWEST_LETTERS
    return "", False


def _answer(form: Sheet, place: int, fixed: str = "") -> str:
    """The address of the answer in a row (counted from 0) of a form."""
    return f"{fixed}{column_letters(len(form.columns) - 1)}{fixed}{form.heading_row + 2 + place}"


def _tell_rows(sheet: Sheet, words: Words) -> Formula:
    """How many rows of a sheet are still to do."""
    texts = _list_texts(sheet)
    complete, not_needed = words["complete"], words["not_needed"]
    cells, begun = _range(sheet), _count_begun(sheet, words)
    counts = {
        "rows": (str(len(texts)), len(texts)),
        "begun": (f"({begun})", sum(text != not_needed for text in texts)),
        "open": (f"({begun}-COUNTIF({cells},{_quote(complete)}))", sum(_is_open(text, words) for text in texts)),
    }
    return _make_formula(words["rows_added" if _takes_new_rows(sheet) else "rows"], counts)


def _takes_new_rows(sheet: Sheet) -> bool:
    return any(column.field.new_rows for column in sheet.columns)


def _count_begun(sheet: Sheet, words: Words) -> str:
    """How many rows of a sheet anything was typed in, or is needed in: a part of a formula."""
    cells = _range(sheet)
    return f"ROWS({cells})-COUNTIF({cells},{_quote(words['not_needed'])})"


def _tell_status(form: Sheet, sheets: Sequence[Sheet], words: Words) -> Formula:
    """Whether the workbook may be sent, and else how many cells are still needed, and where."""
    questions = [(place, row) for place, row in enumerate(form.rows) if row.answer and row.answer.required]
    here = "+".join(f"({_is_blank(_answer(form, place))})" for place, _ in questions) or "0"
    counts = [(words["on"].replace("{sheet}", sheet.name), *_count_needed(sheet, words)) for sheet in sheets]
    counts.append((words["here"], f"({here})", sum(not as_text(row.cells[-1]).strip() for _, row in questions)))

    parts = [_make_formula(f", {part}", {"count": (test, count)}) for part, test, count in counts]
    shown = "&".join(
        f'IF({test}>0,{part.text.removeprefix("=")},"")' for (_, test, _), part in zip(counts, parts, strict=True)
    )
    nothing, is_said = _find_nothing(form)
    reports = [sheet for sheet in sheets if not _takes_new_rows(sheet)]
    ready = _quote(words["ready"])
    if nothing and reports:
        begun = "+".join(_count_begun(sheet, words) for sheet in reports)
        excused = f"IF({begun}=0,{_quote(words['nothing'])},{_quote(words['contradicts'])})"
        ready = f"IF({_is_no_reason(nothing)},{ready},{excused})"
    has_begun = any(text != words["not_needed"] for sheet in reports for text in _list_texts(sheet))
    excused_by = "contradicts" if has_begun else "nothing"
    total = "+".join(test for _, test, _ in counts)
    space = words["needed_of"]
    text = f'=IF({total}=0,{ready},{_quote(words["not_ready"])}&SUBSTITUTE(MID({shown},3,255)," ",{_quote(space)},1))'
    said = "".join(str(part.value) for part, (_, _, count) in zip(parts, counts, strict=True) if count)
    value = words["not_ready"] + said[2:].replace(" ", space, 1) if said else words[excused_by if is_said else "ready"]
    return Formula(text, value)


def _count_needed(sheet: Sheet, words: Words) -> tuple[str, int]:
    """How many cells of a sheet are still needed, as a formula's part and as a number: one more than a row has `;`."""
    cells, mark = _range(sheet), _APART.strip()
    tests = "*".join(f"({cells}<>{_quote(words[word])})" for word in ("complete", "not_needed"))
    count = f'SUMPRODUCT({tests}*(1+LEN({cells})-LEN(SUBSTITUTE({cells},"{mark}",""))))'
    return count, sum(1 + text.count(mark) for text in _list_texts(sheet) if _is_open(text, words))


def _is_open(text: str, words: Words) -> bool:
    return text not in (words["complete"], words["not_needed"])


def _list_texts(sheet: Sheet) -> list[str]:
    place = sheet.place(STILL_NEEDED)
    return [as_text(row.cells[place]) for row in sheet.rows]


def _make_formula(template: str, counts: Mapping[str, tuple[str, int]]) -> Formula:
    """A sentence with counts in it: each is a formula's part, and the number that it is now."""
    pieces = re.split(r"\{(\w+)\}", template)
    parts = [counts[piece][0] if at % 2 else _quote(piece) for at, piece in enumerate(pieces) if piece]
    return Formula("=" + "&".join(parts), template.format(**{name: number for name, (_, number) in counts.items()}))


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _name(sheet: Sheet) -> str:
    return "'" + sheet.name.replace("'", "''") + "'"


def _range(sheet: Sheet) -> str:
    """The cells of Still needed, as another sheet names them."""
    letters, first = column_letters(sheet.place(STILL_NEEDED)), sheet.heading_row + 2
    return f"{_name(sheet)}!{letters}{first}:{letters}{first + len(sheet.rows) - 1}"
