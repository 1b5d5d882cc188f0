"""The only reader of `schemas/` and `workbooks/`: an unknown key is refused, with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from plan_sheets.core.answers.phrases import Meaning, PhraseKind, Phrases, bare
from plan_sheets.core.book.layout import Chart, Field
from plan_sheets.core.book.spec import ColumnSpec, RuleSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.editions.people import NameWords
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.core.model.messages import Message, Messages

FIELD_KEYS = (
    "name title type format scope fill width constraints required_when refers placeholders phrases prompt".split()  # noqa: SIM905 - a list of words reads best as words
)
CONSTRAINT_KEYS = {
    "required": "required",
    "enum": "choices",
    "maxLength": "max_length",
    "minimum": "minimum",
    "pattern": "pattern",
    "unique": "unique",
}
ALLOWED = {
    "record": ("record", "title", "fields"),
    "workbook": ("kind", "title", "protected", "sheets"),
    "sheet": (
        "name",
        "title",
        "lines",
        "record",
        "form",
        "items",
        "links",
        "missing",
        "identity",
        "key",
        "spare",
        "chart",
        "columns",
    ),
    "chart": ("title", "label", "parts"),
    "column": ("field", "heading", "width", "input"),
    "message": ("severity", "wrong", "do", "example", "holds", "told", "many"),
    "names": ("titles", "posts", "words"),
    "kind of phrases": ("means", "prefilled", "phrases"),
    "rag rule": ("title", "default", "unit", "means"),
}
WORDS = {
    "type": ("string", "date", "integer"),
    "format": ("", "email", "ref", "refs"),
    "scope": ("standing", "round", "form", "derived"),
    "fill": ("officer", "chair", "executive", "tool"),
    "means": ("ask", "blank", "answer"),
    "severity": tuple(Severity),
    "told": ("", "screen", "officer"),
}


@cache
def find_data_folder(name: str) -> Path:
    """`schemas` or `workbooks`: beside the code in a wheel, at the top of the checkout in an editable install."""
    package = Path(__file__).parents[1]
    shipped = package / name
    return shipped if shipped.is_dir() else package.parents[1] / name


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, where PyYAML was built with it: it is eight times as fast."""


class _Lines(_Loader):  # type: ignore[misc]  # which of the two it is, is known at run time only
    """A loader that refuses a key given twice; plain YAML would take the second and say nothing."""


def _read_mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, Any]:
    seen: set[str] = set()
    for key_node, _ in node.value:
        if key_node.value in seen and key_node.value != "<<":
            raise PlanSheetsError(
                f"{loader.name}, line {key_node.start_mark.line + 1}: '{key_node.value}' stands twice."
            )
        seen.add(key_node.value)
    loader.flatten_mapping(node)
    made: dict[str, Any] = dict(loader.construct_pairs(node, deep=True))
    made["__line__"] = node.start_mark.line + 1
    return made


_Lines.add_constructor("tag:yaml.org,2002:map", _read_mapping)


def load_yaml(path: Path) -> dict[str, Any]:
    """One file of `schemas/`; every mapping in it knows its line under `__line__`."""
    loader = _Lines(path.read_text(encoding="utf-8"))
    loader.name = path.name
    try:
        made = loader.get_single_data()
    except yaml.YAMLError as error:
        raise PlanSheetsError(f"{path.name} is not YAML: {error}", "Mend the file.") from error
    if not isinstance(made, dict):
        raise PlanSheetsError(f"{path.name}: a mapping was expected.", "Mend the file.")
    return made


def _check_keys(found: Mapping[str, Any], allowed: tuple[str, ...], file: str, what: str) -> None:
    """Raise PlanSheetsError for an unknown key, with file, line and what was probably meant."""
    for key in found:
        if key == "__line__" or key in allowed:
            continue
        near = difflib.get_close_matches(str(key), allowed, 1)
        meant = f" Was '{near[0]}' meant?" if near else ""
        raise PlanSheetsError(
            f"{file}, line {found['__line__']}: a {what} has no key '{key}'.{meant}", f"Known: {', '.join(allowed)}."
        )


def _read_word(found: Mapping[str, Any], key: str, default: str, file: str) -> str:
    word = str(found.get(key, default))
    if word not in WORDS[key]:
        near = difflib.get_close_matches(word, WORDS[key], 1)
        meant = f" Was '{near[0]}' meant?" if near else ""
        raise PlanSheetsError(
            f"{file}, line {found['__line__']}: {key} cannot be '{word}'.{meant}", f"Known: {', '.join(WORDS[key])}."
        )
    return word


def _read_field(record: str, found: Any, file: str) -> Field:
    if not isinstance(found, dict):
        raise PlanSheetsError(f"{file}: '{found}' is no field.", "A field is a mapping with a name and a title.")
    _check_keys(found, tuple(FIELD_KEYS), file, "field")
    for key in ("name", "title"):
        if key not in found:
            raise PlanSheetsError(f"{file}, line {found['__line__']}: this field has no {key}.", "Give it one.")
    constraints = found.get("constraints", {"__line__": found["__line__"]})
    _check_keys(constraints, tuple(CONSTRAINT_KEYS), file, "constraint")
    limits = {CONSTRAINT_KEYS[key]: value for key, value in constraints.items() if key != "__line__"}
    limits["choices"] = tuple(limits.get("choices", ()))
    when = {name: tuple(words) for name, words in found.get("required_when", {}).items() if name != "__line__"}
    return Field(
        record=record,
        name=found["name"],
        title=found["title"],
        type=_read_word(found, "type", "string", file),
        format=_read_word(found, "format", "", file),
        scope=_read_word(found, "scope", "standing", file),
        fill=_read_word(found, "fill", "officer", file),
        width=found.get("width", 16),
        required_when=when,
        refers=found.get("refers", ""),
        placeholders=found.get("placeholders", True),
        phrases=_read_phrases(found, file),
        prompt=found.get("prompt", ""),
        **limits,
    )


def _read_phrases(found: Mapping[str, Any], file: str) -> dict[str, str]:
    """What the phrases of a kind mean in a field, by the name of the kind."""
    meanings = found.get("phrases", {"__line__": found["__line__"]})
    _check_keys(meanings, tuple(load_phrases().kinds), file, "field's phrases")
    kinds = [name for name in meanings if name != "__line__"]
    return {name: _read_word({**meanings, "means": meanings[name]}, "means", "", file) for name in kinds}


@cache
def load_phrases() -> Phrases:
    """`schemas/phrases.yaml`: what people type instead of an answer. Raises PlanSheetsError with file and line."""
    path = find_data_folder("schemas") / "phrases.yaml"
    kinds, by_text = {}, dict[str, str]()
    for name, found in load_yaml(path).items():
        if name == "__line__":
            continue
        _check_keys(found, ALLOWED["kind of phrases"], path.name, "kind of phrases")
        kinds[name] = PhraseKind(Meaning(_read_word(found, "means", "", path.name)), found.get("prefilled", False))
        by_text |= {bare(text): name for text in found["phrases"]}
    return Phrases(by_text, kinds)


@cache
def load_records(folder: Path | None = None) -> Mapping[str, Mapping[str, Field]]:
    """Every record of `schemas/records/`, its fields by name. Raises PlanSheetsError with file and line."""
    records: dict[str, Mapping[str, Field]] = {}
    for path in sorted((folder or find_data_folder("schemas") / "records").glob("*.yaml")):
        found = load_yaml(path)
        _check_keys(found, ALLOWED["record"], path.name, "record")
        fields = [_read_field(found["record"], about, path.name) for about in found["fields"]]
        records[found["record"]] = {field.name: field for field in fields}
    return records


def _read_column(found: dict[str, Any], record: str, file: str) -> ColumnSpec:
    _check_keys(found, ALLOWED["column"], file, "column")
    owner, _, name = found["field"].rpartition(".")
    fields = load_records()[owner or record]
    if name not in fields:
        near = difflib.get_close_matches(name, list(fields), 1)
        meant = f" Was '{near[0]}' meant?" if near else ""
        raise PlanSheetsError(f"{file}, line {found['__line__']}: '{owner or record}' has no field '{name}'.{meant}")
    field = fields[name]
    heading, width = found.get("heading", field.title), found.get("width", field.width)
    return ColumnSpec(field, heading, found.get("input", False), width)


def _read_sheet(found: dict[str, Any], file: str) -> SheetSpec:
    _check_keys(found, ALLOWED["sheet"], file, "sheet")
    columns = tuple(_read_column(column, found["record"], file) for column in found["columns"])
    plain = {key: found[key] for key in ("form", "links", "missing", "identity", "key", "spare") if key in found}
    items = tuple((str(item), str(what)) for item, what in found.get("items", ()))
    chart = _read_chart(found["chart"], columns, file) if "chart" in found else None
    lines = tuple(found["lines"])
    return SheetSpec(found["name"], found["title"], lines, found["record"], columns, items=items, chart=chart, **plain)


def _read_chart(found: dict[str, Any], columns: tuple[ColumnSpec, ...], file: str) -> Chart:
    """A chart of columns that stand on its sheet."""
    _check_keys(found, ALLOWED["chart"], file, "chart")
    chart = Chart(found["title"], found["label"], tuple(found["parts"]))
    missing = {chart.label, *chart.parts} - {column.field.name for column in columns}
    if missing:
        raise PlanSheetsError(f"{file}, line {found['__line__']}: the sheet has no column {min(missing)} to draw.")
    return chart


@cache
def load_workbook_spec(kind: str) -> WorkbookSpec:
    """One kind of workbook from `schemas/workbooks/`. Raises PlanSheetsError with file and line."""
    path = find_data_folder("schemas") / "workbooks" / f"{kind}.yaml"
    found = load_yaml(path)
    _check_keys(found, ALLOWED["workbook"], path.name, "workbook")
    return WorkbookSpec(
        found["kind"],
        found["title"],
        found["protected"],
        tuple(_read_sheet(sheet, path.name) for sheet in found["sheets"]),
    )


def title_of(record: str, field: str) -> str:
    """The heading of a field; its name if the schemas no longer know it."""
    about = load_records().get(record, {}).get(field)
    return about.title if about else field


@cache
def load_messages() -> Messages:
    """`schemas/messages.yaml`: every coded sentence that a person may read."""
    path = find_data_folder("schemas") / "messages.yaml"
    messages = {}
    for code, found in load_yaml(path).items():
        if code == "__line__":
            continue
        _check_keys(found, ALLOWED["message"], path.name, "message")
        severity = Severity(_read_word(found, "severity", "", path.name))
        messages[code] = Message(
            code,
            severity,
            found["wrong"],
            found.get("do", ""),
            found.get("example", ""),
            holds=found.get("holds", False),
            told=_read_word(found, "told", "", path.name),
            many=found.get("many", ""),
        )
    return Messages(messages)


@cache
def load_rag_rules() -> tuple[RuleSpec, ...]:
    """`schemas/rag_rules.yaml`: the thresholds, in the order in which they stand on the sheet `RAG rules`."""
    path = find_data_folder("schemas") / "rag_rules.yaml"
    rules = []
    for ref, found in load_yaml(path).items():
        if ref == "__line__":
            continue
        _check_keys(found, ALLOWED["rag rule"], path.name, "RAG rule")
        rules.append(RuleSpec(ref, found["title"], found["default"], found["unit"], found["means"]))
    return tuple(rules)


def load_name_words() -> NameWords:
    """`schemas/names.yaml`: what tells the name of a person from a post."""
    found = load_yaml(find_data_folder("schemas") / "names.yaml")
    _check_keys(found, ALLOWED["names"], "names.yaml", "list of words")
    return NameWords(*(frozenset(found[name].split()) for name in ALLOWED["names"]))


@cache
def load_example() -> Mapping[str, Any]:
    """`workbooks/example-2016-17.yaml`: the source of the worked example, rows of texts by record."""
    found: dict[str, Any] = yaml.safe_load(
        (find_data_folder("workbooks") / "example-2016-17.yaml").read_text(encoding="utf-8")
    )
    return found


@cache
def load_demo() -> Mapping[str, Any]:
    """`workbooks/demo-2016-17.yaml`: what happens in the demo, and what everybody types in it."""
    found: dict[str, Any] = yaml.safe_load(
        (find_data_folder("workbooks") / "demo-2016-17.yaml").read_text(encoding="utf-8")
    )
    return found
