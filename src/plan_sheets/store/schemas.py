"""The only reader of `schemas/` and `workbooks/`: what is unknown, doubled or refers to nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from plan_sheets.core.answers.phrases import Meaning, PhraseKind, Phrases, bare
from plan_sheets.core.book.layout import ANY_WORD, Chart, Field
from plan_sheets.core.book.mail_text import MailText
from plan_sheets.core.book.spec import ColumnSpec, ItemSpec, RuleSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.editions.people import NameWords
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.core.model.messages import Message, Messages
from plan_sheets.core.rating.to_do import Task
from plan_sheets.core.screening.identifiers import IdentifierKind, IdentifierWords
from plan_sheets.core.screening.screen import Screen
from plan_sheets.store.schema_keys import ALLOWED, CODES, CONSTRAINT_KEYS, EACH_LENS, FIELD_KEYS, WORDS
from plan_sheets.store.strict_yaml import check_keys, check_named, find_named, load_plain_yaml, load_yaml


@cache
def find_data_folder(name: str) -> Path:
    """`schemas` or `workbooks`: beside the code in a wheel, at the top of the checkout in an editable install."""
    package = Path(__file__).parents[1]
    shipped = package / name
    return shipped if shipped.is_dir() else package.parents[1] / name


def _read_word(found: Mapping[str, Any], key: str, default: str, file: str) -> str:
    """One of the words that a key may have. Raises PlanSheetsError, with what was probably meant, for another."""
    word = str(found.get(key, default))
    check_named(WORDS[key], word, f"{file}, line {found['__line__']}: {key} cannot be so")
    return word


def _read_field(record: Mapping[str, Any], found: Mapping[str, Any], lenses: Sequence[str], file: str) -> Field:
    """A field of a record; `lenses` are the names of the considerations."""
    check_keys(found, FIELD_KEYS, file, "field", ("name", "title"))
    constraints = found.get("constraints", {"__line__": found["__line__"]})
    check_keys(constraints, tuple(CONSTRAINT_KEYS), file, "constraint")
    limits = {CONSTRAINT_KEYS[key]: value for key, value in constraints.items() if key != "__line__"}
    choices = limits.get("choices", ())
    limits["choices"] = tuple(lenses if choices == EACH_LENS else choices)
    when, unless = (
        {name: tuple(words) for name, words in found.get(key, {}).items() if name != "__line__"}
        for key in ("required_when", "required_unless")
    )
    return Field(
        record=record["record"],
        name=found["name"],
        title=found["title"],
        type=_read_word(found, "type", "string", file),
        format=_read_word(found, "format", "", file),
        scope=_read_word(found, "scope", "standing", file),
        fill=_read_word(found, "fill", "officer", file),
        width=found.get("width", 16),
        required_when=when,
        required_unless=unless,
        refers=found.get("refers", ""),
        placeholders=found.get("placeholders", True),
        phrases=_read_phrases(found, file),
        findings=_read_findings(found, file),
        asked_by=found.get("asked_by", ""),
        prompt=found.get("prompt", ""),
        blank=found.get("blank", "None"),
        lens=found.get("lens", False),
        emptied_with=found.get("emptied_with", ""),
        keyed_by=_read_word(record, "keyed_by", "", file),
        new_rows=record.get("new_rows", False),
        become=record.get("become", ""),
        one_statement=record.get("one_statement", False),
        **limits,
    )


def _read_findings(found: Mapping[str, Any], file: str) -> dict[str, str]:
    """The finding that a broken rule of a field gives, by the code of the one that it gives elsewhere."""
    named = found.get("findings", {"__line__": found["__line__"]})
    line = f"{file}, line {named['__line__']}"
    where = f"{line}: there is no such finding"
    return {
        find_named(CODES, rule, f"{line}: a rule of a field has no such key"): find_named(
            load_messages().by_code, code, where
        ).code
        for rule, code in named.items()
        if rule != "__line__"
    }


def _read_phrases(found: Mapping[str, Any], file: str) -> dict[str, str]:
    """What the phrases of a kind mean in a field, by the name of the kind."""
    meanings = found.get("phrases", {"__line__": found["__line__"]})
    check_keys(meanings, tuple(load_phrases().kinds), file, "field's phrases")
    kinds = [name for name in meanings if name != "__line__"]
    return {name: _read_word({**meanings, "means": meanings[name]}, "means", "", file) for name in kinds}


@cache
def load_phrases() -> Phrases:
    """`schemas/phrases.yaml`: what people type instead of an answer. Raises PlanSheetsError with file and line."""
    path = find_data_folder("schemas") / "phrases.yaml"
    kinds, by_text = {}, dict[str, str]()
    for name, found in _items(load_yaml(path)):
        check_keys(found, ALLOWED["kind of phrases"], path.name, "kind of phrases")
        kinds[name] = PhraseKind(Meaning(_read_word(found, "means", "", path.name)), found.get("prefilled", False))
        by_text |= {bare(text): name for text in found["phrases"]}
    return Phrases(by_text, kinds)


@cache
def load_records(folder: Path | None = None) -> Mapping[str, Mapping[str, Field]]:
    """Every record of `schemas/records/`, its fields by name. Raises PlanSheetsError with file and line."""
    paths = sorted((folder or find_data_folder("schemas") / "records").glob("*.yaml"))
    described: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in paths:
        found = load_yaml(path)
        check_keys(found, ALLOWED["record"], path.name, "record", ("record", "title", "fields"))
        if found["record"] in described:
            where = f"{path.name}, line {found['__line__']}: the record '{found['record']}'"
            raise PlanSheetsError(f"{where} stands in {described[found['record']][0]} as well.", "Rename one of them.")
        described[found["record"]] = path.name, found
    return _read_records(described)


def _read_records(described: Mapping[str, tuple[str, Mapping[str, Any]]]) -> dict[str, Mapping[str, Field]]:
    """The fields of each record, by name. `described`: the file and the contents of each record's description."""
    for file, found in described.values():
        for about in found["fields"]:
            if not isinstance(about, dict):
                raise PlanSheetsError(
                    f"{file}: '{about}' is no field.", "A field is a mapping with a name and a title."
                )
    every = [about for _, found in described.values() for about in found["fields"]]
    lenses = {about["name"]: about["title"] for about in every if about.get("lens")}
    records: dict[str, Mapping[str, Field]] = {}
    for record, (file, found) in described.items():
        fields: dict[str, Field] = {}
        for about in _repeat_for_lenses(found["fields"], lenses, file):
            field = _read_field(found, about, [*lenses], file)
            if field.name in fields:
                raise PlanSheetsError(f"{file}, line {about['__line__']}: the field '{field.name}' stands twice.")
            fields[field.name] = field
        records[record] = fields
    for record, (file, found) in described.items():
        _check_references(records, record, found, file)
    return records


def _repeat_for_lenses(
    described: Sequence[Mapping[str, Any]], lenses: Mapping[str, str], file: str
) -> Iterator[Mapping[str, Any]]:
    """The descriptions of fields, that of `each: lens` once for each consideration (its title by its name)."""
    for about in described:
        if "each" not in about:
            yield about
            continue
        _read_word(about, "each", "", file)
        common = {key: value for key, value in about.items() if key != "each"}
        yield from ({"name": name, "title": title, **common} for name, title in lenses.items())


def _check_references(
    records: Mapping[str, Mapping[str, Field]], record: str, found: Mapping[str, Any], file: str
) -> None:
    """Refuse a rule that speaks of a record or a field that is not there."""
    if found.get("become"):
        find_named(records, found["become"], f"{file}, line {found['__line__']}: become names a record that is missing")
    for about in found["fields"]:
        where = f"{file}, line {about['__line__']}: '{about.get('name')}'"
        if about.get("refers"):
            find_named(records, about["refers"], f"{where} refers to a record that is not there")
            if about.get("fill") == "chair" and about["refers"] != "priority":
                raise PlanSheetsError(
                    f"{where} refers to '{about['refers']}', of which chairs are offered no list.",
                    "Only refers: priority has a drop-down. Give an enum, or leave refers out.",
                )
        if about.get("emptied_with"):
            find_named(records[record], about["emptied_with"], f"{where} is emptied with a field that is not there")
        for other, words in _items(about.get("required_when", {})) + _items(about.get("required_unless", {})):
            choices = find_named(records[record], other, f"{where} is required by a field that is not there").choices
            for word in words if choices else ():
                check_named((*choices, ANY_WORD), word, f"{where} is required by what '{other}' never is")


def _read_columns(found: Mapping[str, Any], sheet: Mapping[str, Any], file: str) -> Iterator[ColumnSpec]:
    """One column of a sheet; of `each: lens` one for each consideration that has no column of its own there."""
    check_keys(found, ALLOWED["column"], file, "column")
    where = f"{file}, line {found['__line__']}"
    if "each" in found:
        _read_word(found, "each", "", file)
        own = {column.get("field") for column in sheet["columns"]}
        lenses = {field.name for fields in load_records().values() for field in fields.values() if field.lens}
        names = [name for name in load_records()[sheet["record"]] if name in lenses - own]
        yield from (
            column for name in names for column in _read_columns(_without(found, "each", field=name), sheet, file)
        )
        return
    if "field" not in found:
        raise PlanSheetsError(f"{where}: this column has no field.", "Name one, or each: lens.")
    owner, _, name = found["field"].rpartition(".")
    fields = find_named(load_records(), owner or sheet["record"], f"{where}: there is no such record")
    field = find_named(fields, name, f"{where}: '{owner or sheet['record']}' has no such field")
    heading, width = found.get("heading", field.title), found.get("width", field.width)
    yield ColumnSpec(field, heading, found.get("input", False), width)


def _without(found: Mapping[str, Any], key: str, **others: Any) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != key} | others


def _read_sheet(found: dict[str, Any], file: str) -> SheetSpec:
    check_keys(found, ALLOWED["sheet"], file, "sheet", ("name", "title", "lines", "record", "columns"))
    where = f"{file}, line {found['__line__']}: the sheet '{found['name']}'"
    find_named(load_records(), found["record"], f"{where} is of a record that is not there")
    if "form" in found:
        find_named(load_records(), found["form"], f"{where} is a form of a record that is not there")
    columns = tuple(column for about in found["columns"] for column in _read_columns(about, found, file))
    names = [column.field.name for column in columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        records = " and ".join(dict.fromkeys(column.field.record for column in columns if column.field.name == twice))
        raise PlanSheetsError(
            f"{where} has two columns for '{twice}' (of {records}).", "Leave one out, or rename a field."
        )
    plain = {
        key: found[key]
        for key in ("form", "step", "in_view", "identity", "key", "spare", "filter", "answers")
        if key in found
    }
    items = tuple(_read_item(item, file) for item in found.get("items", ()))
    chart = _read_chart(found["chart"], columns, file) if "chart" in found else None
    lines = tuple(found["lines"])
    return SheetSpec(found["name"], found["title"], lines, found["record"], columns, items=items, chart=chart, **plain)


def _read_item(found: Any, file: str) -> ItemSpec:
    """A row of a sheet of items: what it is called, what it says, perhaps what it leads to; or a place for several."""
    if isinstance(found, list):
        return ItemSpec(*map(str, found))
    check_keys(found, ("each",), file, "item", ("each",))
    check_named(WORDS["each item"], found["each"], f"{file}, line {found['__line__']}: each cannot be so")
    return ItemSpec(each=found["each"])


def _read_chart(found: dict[str, Any], columns: tuple[ColumnSpec, ...], file: str) -> Chart:
    """A chart of columns that stand on its sheet."""
    check_keys(found, ALLOWED["chart"], file, "chart")
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
    check_keys(found, ALLOWED["workbook"], path.name, "workbook", ("kind", "title", "protected", "sheets"))
    words, unlocked = (found.get(key, {"__line__": found["__line__"]}) for key in ("words", "unlocked"))
    check_keys(words, ALLOWED["words"], path.name, "list of words")
    check_keys(unlocked, tuple(words), path.name, "list of words")
    return WorkbookSpec(
        found["kind"],
        found["title"],
        found["protected"],
        tuple(_read_sheet(sheet, path.name) for sheet in found["sheets"]),
        *({name: str(said) for name, said in texts.items() if name != "__line__"} for texts in (words, unlocked)),
    )


def check_schemas() -> None:
    """Read every file of `schemas/`. Raises PlanSheetsError, with file and line, for what is wrong in any of them."""
    load_records(), load_messages(), load_phrases(), load_rag_rules(), load_name_words(), load_screen(), load_tasks()
    load_mails()
    for path in sorted((find_data_folder("schemas") / "workbooks").glob("*.yaml")):
        load_workbook_spec(path.stem)


def title_of(record: str, field: str) -> str:
    """The heading of a field; its name if the schemas no longer know it."""
    about = load_records().get(record, {}).get(field)
    return about.title if about else field


@cache
def load_messages() -> Messages:
    """`schemas/messages.yaml`: every coded sentence that a person may read."""
    path = find_data_folder("schemas") / "messages.yaml"
    messages = {}
    for code, found in _items(load_yaml(path)):
        check_keys(found, ALLOWED["message"], path.name, "message", ("severity", "wrong"))
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
            chair=found.get("chair", ""),
            waivable=found.get("waivable", False),
        )
        if messages[code].waivable and (messages[code].holds or severity in (Severity.QUERY, Severity.MASKED)):
            where = f"{path.name}, line {found['__line__']}: '{code}'"
            raise PlanSheetsError(f"{where} cannot be waivable.", "Only an error or a warning of the plan's rules can.")
    return Messages(messages)


@cache
def load_tasks() -> Mapping[str, str]:
    """`schemas/next.yaml`: the sentence of each thing that there may be to do, by its code; commands in brackets."""
    path = find_data_folder("schemas") / "next.yaml"
    found = load_yaml(path)
    check_keys(found, tuple(Task), path.name, "list of what there is to do", tuple(Task))
    return {code: str(said) for code, said in found.items() if code != "__line__"}


@cache
def load_rag_rules() -> tuple[RuleSpec, ...]:
    """`schemas/rag_rules.yaml`: the thresholds, in the order in which they stand on the sheet `RAG rules`."""
    path = find_data_folder("schemas") / "rag_rules.yaml"
    rules = []
    for ref, found in _items(load_yaml(path)):
        check_keys(found, ALLOWED["rag rule"], path.name, "RAG rule", ALLOWED["rag rule"])
        rules.append(RuleSpec(ref, found["title"], found["default"], found["unit"], found["means"]))
    return tuple(rules)


@cache
def load_mails() -> Mapping[str, MailText]:
    """`schemas/mails.yaml`: the e-mails that are drafted, by code. Raises PlanSheetsError with file and line."""
    path = find_data_folder("schemas") / "mails.yaml"
    found = load_yaml(path)
    check_keys(found, ("names", "mails"), path.name, "list of mails", ("names", "mails"))
    return {code: _read_mail(code, about, found["names"], path.name) for code, about in _items(found["mails"])}


def _read_mail(code: str, about: Mapping[str, Any], common: Mapping[str, str], file: str) -> MailText:
    check_keys(about, ALLOWED["mail"], file, "mail", ("title", "subject", "text"))
    names = dict(_items({**common, **about.get("names", {})}))
    mail = MailText(code, about["title"], about["subject"], about["text"].strip(), names)
    if unknown := mail.find_unknown(mail.own):
        where = f"{file}, line {about['__line__']}: '{code}' holds {unknown[0]}"
        raise PlanSheetsError(f"{where}, which is not among its names.", f"It has: {', '.join(names)}.")
    return mail


def _items(found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in found.items() if name != "__line__"]


@cache
def load_name_words() -> NameWords:
    """`schemas/names.yaml`: what tells the name of a person from a post."""
    found = load_yaml(find_data_folder("schemas") / "names.yaml")
    check_keys(found, ALLOWED["names"], "names.yaml", "list of words")
    return NameWords(*(frozenset(found[name].split()) for name in ALLOWED["names"]))


@cache
def load_screen() -> Screen:
    """`schemas/identifiers.yaml`: what identifies a case. Raises PlanSheetsError with file and line."""
    path = find_data_folder("schemas") / "identifiers.yaml"
    found = load_yaml(path)
    check_keys(found, tuple(IdentifierKind), path.name, "list of identifiers", tuple(IdentifierKind))
    return Screen.of_words({kind: _read_identifier_words(found[kind], path.name) for kind in IdentifierKind})


def _read_identifier_words(found: Mapping[str, Any], file: str) -> IdentifierWords:
    """The words of one kind of identifiers: lists of texts, each once."""
    check_keys(found, ALLOWED["kind of identifiers"], file, "kind of identifiers", ("title", "words"))
    lists = {key: found.get(key, []) for key in ("words", "unless", "unless_whole", "figures", "systems")}
    for key, words in lists.items():
        where = f"{file}, line {found['__line__']}: {key}"
        if not isinstance(words, list):
            raise PlanSheetsError(f"{where} is no list.", "Put it between [ and ].")
        if wrong := [word for word in words if not isinstance(word, str) or words.count(word) > 1]:
            raise PlanSheetsError(f"{where}: '{wrong[0]}' stands twice, or is no text.", "Write it once, in quotes.")
    areas = frozenset(found.get("areas", "").split())
    return IdentifierWords(found["title"], areas=areas, **{key: tuple(words) for key, words in lists.items()})


@cache
def load_example() -> Mapping[str, Any]:
    """`workbooks/example-2016-17.yaml`: the source of the worked example, rows of texts by record."""
    found: dict[str, Any] = load_plain_yaml(find_data_folder("workbooks") / "example-2016-17.yaml")
    return found


@cache
def load_demo() -> Mapping[str, Any]:
    """`workbooks/demo-2016-17.yaml`: what happens in the demo, and what everybody types in it."""
    found: dict[str, Any] = load_plain_yaml(find_data_folder("workbooks") / "demo-2016-17.yaml")
    return found
