"""schemas/: what is misspelt is told with file, line and what was meant; every message is used, and can be said."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from plan_sheets.core.answers.tidy import tidy
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.core.model.found import CellKind
from plan_sheets.core.rating.rules.thresholds import Thresholds
from plan_sheets.store import schemas
from plan_sheets.store.schemas import load_messages, load_rag_rules, load_records, load_workbook_spec

KINDS = ("plan", "subgroup", "officer", "master", "region", "region_public")

RECORD = """record: action
title: Action
fields:
  - name: ref
    title: Ref
    prompt: The ref.
    constraints: {required: true, maxLength: 9}
"""
WORKBOOK = """kind: subgroup
title: Title
protected: true
sheets:
  - name: Progress
    title: Progress
    lines: []
    record: action
    columns: [{field: ref}, {field: what}]
"""
RULES = """overdue_amber_days: {title: Overdue, default: 1, unit: days, means: From this many days.}
"""
MESSAGES = """required: {severity: error, wrong: It is blank., do: Fill it in.}
"""

MISSPELT = [
    # file, text, what is changed into what, line, what was meant
    ("record", RECORD, ("title: Action", "titel: Action"), 1, "title"),
    ("record", RECORD, ("prompt:", "promt:"), 4, "prompt"),
    ("record", RECORD, ("maxLength", "maxlength"), 7, "maxLength"),
    ("record", RECORD, ("    title: Ref", "    title: Ref\n    type: strnig"), 4, "string"),
    ("record", RECORD, ("    title: Ref", "    title: Ref\n    scope: rounds"), 4, "round"),
    ("record", RECORD, ("    title: Ref", "    title: Ref\n    fill: chairs"), 4, "chair"),
    ("record", RECORD, ("title: Action", "title: Action\nkeyed_by: subgruop"), 1, "subgroup"),
    ("record", RECORD, ("title: Action", "title: Action\nbecome: acton"), 1, "action"),
    ("record", RECORD, ("    title: Ref", "    title: Ref\n    refers: acton"), 4, "action"),
    ("record", RECORD, ("    title: Ref", "    title: Ref\n    required_when: {rfe: ['*']}"), 4, "ref"),
    ("workbook", WORKBOOK, ("record: action", "record: acton"), 5, "action"),
    ("workbook", WORKBOOK, ("record: action", "record: action\n    form: from"), 5, "form"),
    ("workbook", WORKBOOK, ("{field: what}", "{field: acton.what}"), 9, "action"),
    ("workbook", WORKBOOK, ("{field: what}", "{each: lense}"), 9, "lens"),
    ("workbook", WORKBOOK, ("protected", "protect"), 1, "protected"),
    ("workbook", WORKBOOK, ("lines:", "line:"), 5, "lines"),
    ("workbook", WORKBOOK, ("{field: what}", "{field: what, imput: true}"), 9, "input"),
    ("workbook", WORKBOOK, ("field: what", "field: waht"), 9, "what"),
    ("rules", RULES, ("default", "defualt"), 1, "default"),
    ("messages", MESSAGES, ("wrong:", "wrongs:"), 1, "wrong"),
    ("messages", MESSAGES, ("severity: error", "severity: eror"), 1, "error"),
]
FILES = {
    "record": "records/action.yaml",
    "workbook": "workbooks/subgroup.yaml",
    "rules": "rag_rules.yaml",
    "messages": "messages.yaml",
}


def load(kind: str, text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load a text as this kind of file of schemas/, past the cache."""
    path = folder / FILES[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if kind == "record":
        return load_records.__wrapped__(path.parent)
    load_records()  # the records that a workbook's columns name are the real ones
    monkeypatch.setattr(schemas, "find_data_folder", lambda _: folder)
    if kind == "workbook":
        return load_workbook_spec.__wrapped__("subgroup")
    return (load_rag_rules if kind == "rules" else load_messages).__wrapped__()


@pytest.mark.parametrize(
    ("kind", "text"), [("record", RECORD), ("workbook", WORKBOOK), ("rules", RULES), ("messages", MESSAGES)]
)
def test_a_good_file_is_read(kind: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(kind, text, tmp_path, monkeypatch)


@pytest.mark.parametrize(("kind", "text", "change", "line", "meant"), MISSPELT)
def test_what_is_misspelt_is_told_with_file_line_and_what_was_meant(
    kind: str,
    text: str,
    change: tuple[str, str],
    line: int,
    meant: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert change[0] in text
    with pytest.raises(PlanSheetsError) as told:
        load(kind, text.replace(*change, 1), tmp_path, monkeypatch)
    assert Path(FILES[kind]).name in str(told.value)
    assert f"line {line}" in str(told.value)
    assert f"'{meant}'" in str(told.value)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (RECORD + "title: Again\n", "line 8: 'title' stands twice"),
        (RECORD + "  - ref\n", "action.yaml"),
        ("- a\n- b\n", "a mapping was expected"),
        ("a: [", "not YAML"),
        (RECORD.replace("    title: Ref\n", ""), "action.yaml, line 4.*title"),
        (RECORD.replace("title: Action\n", ""), "action.yaml, line 1: this record has no title"),
        (RECORD.replace("maxLength: 9", "maxLength: nine"), "line 7: maxLength is 'nine'"),
        (RECORD + "  - {name: a, title: A, lens: ture}\n", "line 8: lens is 'ture'"),
        (RECORD + "  - {name: a, title: A, constraints: {pattern: '[a'}}\n", "line 8: pattern is"),
        (RECORD + "  - {name: a, title: A, constraints: {enum: Low}}\n", "line 8: enum is 'Low'"),
        (RECORD + "  - {name: a, title: A, required_when: {ref: Low}}\n", "line 8: required_when is"),
        (RECORD + "  - {name: a, title: A, fill: chair, refers: action}\n", "line 8: 'a' refers to 'action', of which"),
        (RECORD + "  - {name: ref, title: Again}\n", "action.yaml, line 8: the field 'ref' stands twice"),
        (
            RECORD
            + "  - {name: a, title: A, constraints: {enum: [B]}}\n  - {name: c, title: C, required_when: {a: [X]}}\n",
            "line 9: 'c' is required by what 'a' never is: 'X'",
        ),
    ],
)
def test_what_is_no_record_is_told(text: str, match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PlanSheetsError, match=match):
        load("record", text, tmp_path, monkeypatch)


def test_two_files_for_one_record_are_told(tmp_path: Path) -> None:
    for name in ("action", "activity"):
        (tmp_path / f"{name}.yaml").write_text(RECORD)
    with pytest.raises(
        PlanSheetsError, match=r"activity.yaml, line 1: the record 'action' stands in action.yaml as well"
    ):
        load_records.__wrapped__(tmp_path)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            ("{field: what}", "{field: what}, {field: further.what}"),
            r"line 5: .*two columns for 'what' \(of action and further\)",
        ),
        (("{field: what}", "{heading: What}"), "line 9: this column has no field"),
        (("    lines: []\n", ""), "line 5: this sheet has no lines"),
    ],
)
def test_what_is_no_sheet_is_told(
    change: tuple[str, str], match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PlanSheetsError, match=match):
        load("workbook", WORKBOOK.replace(*change), tmp_path, monkeypatch)


# What stands in schemas/ fits together


def test_what_fields_refer_to_is_there() -> None:
    records = load_records()
    places = {
        column.field.name for kind in KINDS for sheet in load_workbook_spec(kind).sheets for column in sheet.columns
    }
    for record, fields in records.items():
        for one in fields.values():
            assert one.record == record
            assert not one.refers or one.refers in records, one
            for other, words in one.required_when.items():
                assert other in fields or other in places, f"{record}.{one.name} is required when {other}"
                choices = fields[other].choices if other in fields else ()
                assert set(words) <= {"*", *choices}, f"{record}.{one.name}: {words}"
            if one.scope != "derived":
                assert not one.choices or one.prompt or one.fill == "tool", one
            assert len(one.prompt) <= 255


def test_forms_and_inputs_are_described() -> None:
    for kind in KINDS:
        for sheet in load_workbook_spec(kind).sheets:
            assert not sheet.form or sheet.form in load_records()
            for column in sheet.columns:
                assert not column.input or column.field.scope != "derived"
                assert not column.input or column.field.prompt or column.field.record == "item", column


HEADINGS = {
    "Start here": "Item | What it is | Your answer",
    "Progress": "Ref | What we will do | Executive's reply | Still needed | Last progress | Progress made"
    " | Last next step | Last next step done | Stage | Last RAG | RAG | Next step | Next step by"
    " | What will bring it back | Due | New date | Asked of the executive | Evidence | Contribution",
    "Action plan": "Ref | Priority | What we will do | How we will do it | Who is responsible | Action owner"
    " | Owner status | Impact",
    "Grid": "Ref | Theme | Actions required | Learning and improvement | Competent, confident workforce"
    " | Voice of the service user | Data | Information sharing",
    "New actions": "Row | Theme | What we will do | How we will do it"
    " | Who is responsible | Action owner | Due | Impact | Still needed",
    "Guidance": "Consideration | Prompt",
    "About": "Item | What it is",
}
"""Fixed in 3-workbooks.md, word for word; the key comes last where a table has one."""
FORM = (
    "Completed by | Role | Date completed | Statement of accuracy | Second name"
    " | This corrects an earlier return of ours | Nothing to report because | Message to the board officer"
)
LOCKED = {
    "Progress": {
        *("Ref", "What we will do", "Executive's reply", "Still needed"),
        *("Last progress", "Last next step", "Last RAG", "Due"),
    },
    "Action plan": {"Ref", "Priority", "What we will do"},
    "Grid": {"Ref", "Theme", "Actions required"},
    "New actions": {"Row", "Still needed"},
}


def test_the_subgroup_workbook_has_the_sheets_and_headings_of_the_design() -> None:
    spec = load_workbook_spec("subgroup")
    assert {sheet.name: " | ".join(column.heading for column in sheet.columns) for sheet in spec.sheets} == HEADINGS
    assert [sheet.name for sheet in spec.sheets if sheet.key] == list(LOCKED)
    for sheet in spec.sheets:
        if sheet.name in LOCKED:
            assert {column.heading for column in sheet.columns if not column.input} == LOCKED[sheet.name]
    assert " | ".join(one.title for one in load_records()["form"].values()) == FORM
    assert next(sheet.spare for sheet in spec.sheets if sheet.name == "New actions") == 30


# Messages

SOURCE = sorted((Path(schemas.__file__).parents[1]).rglob("*.py"))
MAKERS = {"finding", "remark", "_tell", "Remark", "Refusal", "RefusedError", "_Rule", "refuse", "_told", "Vote"}
"""What is called with a code."""
GIVEN = {"entered", "heading"}
"""Details that every message has."""
GIVEN_OF_A_CELL = {("read", "_tell"): {"ref", "cell"}}
"""Details that a call which is handed a cell gives itself, by module and name."""
CHECKED = {"prompt", "because", "refers", "length", "choices", "longest", "least"}
"""Details that `check_rows` gives."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the source that makes a message, with the module it stands in."""
    for path in SOURCE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in MAKERS:
                    yield path.stem, node


def words(node: ast.AST | None) -> set[str]:
    """The texts that an argument may be: a text, or a choice between several."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return words(node.body) | words(node.orelse)
    return set()


def codes_of(call: ast.Call) -> set[str]:
    """The codes that a call names."""
    place = 1 if isinstance(call.func, ast.Name) and call.func.id == "Vote" else 0
    return words(call.args[place]) if len(call.args) > place else set()


def texts_in_source() -> set[str]:
    return {
        node.value
        for path in SOURCE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def fields_of(code: str) -> set[str]:
    message = load_messages().by_code[code]
    whole = f"{message.wrong} {message.do} {message.example}"
    return {name for _, name, _, _ in string.Formatter().parse(whole) if name}


def test_every_code_in_the_source_is_a_message() -> None:
    known = load_messages().by_code
    named = {code for _, call in calls() for code in codes_of(call)} - {""}
    assert len(named) > 50, "the test still finds them"
    assert named - set(known) == set()


def test_every_message_is_said_somewhere() -> None:
    of_fields = {
        code for fields in load_records().values() for field in fields.values() for code in field.findings.values()
    }
    assert set(load_messages().by_code) - texts_in_source() - of_fields == set()


def test_every_message_is_named_by_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("*.py"))
    assert set(load_messages().by_code) - set(re.findall(r"\w+", tests)) == set()


def details_of(call: ast.Call) -> set[str] | None:
    """The names of the details that a call gives; None if they cannot be told from the call alone."""
    names = {keyword.arg for keyword in call.keywords}
    if None in names:
        return None
    for one in call.args[1:]:
        if isinstance(one, ast.Dict):
            if None in one.keys:  # another mapping is poured in
                return None
            names |= {str(key.value) for key in one.keys if isinstance(key, ast.Constant)}
        elif not isinstance(one, ast.Constant | ast.IfExp | ast.Name | ast.Attribute):
            return None
    return {str(name) for name in names}


def test_every_message_can_be_said_with_what_its_calls_give() -> None:
    seen = 0
    for module, call in calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in ("finding", "_tell", "Remark", "Refusal"):
            continue
        details = details_of(call)
        for code in codes_of(call):
            wanted = fields_of(code) - GIVEN - GIVEN_OF_A_CELL.get((module, name), set())
            passed_on = any(isinstance(one, ast.Name | ast.Attribute | ast.Call) for one in call.args[1:]) and name in (
                "Remark",
                "Refusal",
            )
            if details is None or passed_on:
                continue
            seen += 1
            assert wanted <= details, f"{module}, line {call.lineno}: {code} needs {sorted(wanted - details)}"
    assert seen > 40, "the test still finds them"


TYPED = {
    "date": [
        "31.2.16",
        "03/04/2016",
        "3/31/2016",
        "04/16",
        "March",
        "Monday 31 March 2017",
        "March 2017?",
        "soon",
        "2017",
        "42000",
        "31/03/17",
        "March 2045",
        "spring",
        "Q5",
        "1/2/3",
        "31 March",
    ],
    "integer": ["three", "3", "3.5"],
    "email": ["a@b", "chair@example.org", "<chair@example.org>"],
    "choice": ["red", "Reed", "Red or Amber", "Red, because", "not red?", "purple", "?", "  Red", "TBC"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TYPED.items() for text in texts])
def test_whatever_tidying_has_to_say_can_be_said(kind: str, text: str) -> None:
    records = load_records()
    one = {
        "date": records["action"]["due"],
        "integer": records["rag_rule"]["value"],
        "email": records["subgroup"]["email"],
        "choice": records["action"]["rag"],
    }[kind]
    for cell in (CellKind.TEXT, CellKind.NUMBER, CellKind.ERROR, CellKind.FORMULA):
        for remark in tidy(text, one, year=2016, kind=cell).remarks:
            told = load_messages().remark(remark.code, remark.details, entered=text, heading=one.title)
            assert told.message


@pytest.mark.parametrize(
    "code",
    [
        "required",
        "not_a_choice",
        "too_long",
        "not_of_the_form",
        "too_small",
        "ref_twice",
        "unknown_ref",
        "date_unreadable",
    ],
)
def test_what_the_check_says_can_be_said(code: str) -> None:
    assert fields_of(code) <= GIVEN | CHECKED


@pytest.mark.parametrize("code", sorted(load_messages().by_code))
def test_every_message_is_whole_sentences(code: str) -> None:
    message = load_messages().by_code[code]
    details: Mapping[str, object] = dict.fromkeys(fields_of(code), "Something")
    told = load_messages().finding(code, **{name: text for name, text in details.items() if name != "entered"})  # type: ignore[arg-type]  # details are texts
    assert told.severity is message.severity
    assert told.message.endswith((".", "?", "!", "Something")), told.message
    assert told.message[0].isupper() or told.message[0] == "'" or told.message.startswith("{")
    assert "  " not in told.message
    assert "{" not in told.message


def test_what_somebody_typed_never_breaks_a_message() -> None:
    told = load_messages().finding("conflict", entered="{0} {head} }{", heading="RAG", ref="{ref}", head="%s", who="A")
    assert "{0} {head} }{" in told.message
    long = load_messages().finding("row_unknown", entered="long " * 100, sheet="Progress")
    assert len(long.message) < 400
    assert long.entered == "long " * 100


def test_only_queries_hold_a_file() -> None:
    holding = {code for code, one in load_messages().by_code.items() if one.holds}
    assert holding == {
        "mail_without_workbook",
        "feedback_withdrawn",
        "answers_permuted",
        "rows_parted",
        "no_identity",
        "identity_disagrees",
        "reference_edited",
        "subgroups_disagree",
        "rounds_disagree",
        "issues_disagree",
        "rows_of_two_issues",
        "issue_after_register",
        "made_after_register",
        "issue_not_its_own",
        "other_plan",
        "plan_itself",
        "reference_unknown",
        "signature_differs",
    }
    assert {load_messages().by_code[code].severity for code in holding} == {Severity.QUERY}


def test_the_thresholds_of_the_rules_are_those_of_the_description() -> None:
    assert asdict(Thresholds()) == {rule.ref: rule.default for rule in load_rag_rules()}
