"""YAML read strictly: a key that stands twice, that nobody knows or that is missing is refused, with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.schema_keys import VALUE_KINDS

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


def load_plain_yaml(path: Path) -> dict[str, Any]:
    """One file of `workbooks/`, whose keys are checked by nobody: rows of texts."""
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a safe loader
    return found


def check_keys(
    found: Mapping[str, Any], allowed: tuple[str, ...], file: str, what: str, needed: tuple[str, ...] = ()
) -> None:
    """Raise PlanSheetsError for an unknown key, with file, line and what was probably meant; and for one that lacks."""
    where = f"{file}, line {found['__line__']}"
    for key, value in found.items():
        if key == "__line__":
            continue
        check_named(allowed, key, f"{where}: a {what} has no such key")
        kind = VALUE_KINDS.get(key)
        if kind and not kind.fits(value):
            raise PlanSheetsError(f"{where}: {key} is {value!r}.", f"It has to be {kind.words}.")
    for key in needed:
        if key not in found:
            raise PlanSheetsError(f"{where}: this {what} has no {key}.", "Give it one.")


Found = TypeVar("Found")


def find_named(known: Mapping[str, Found], name: str, trouble: str) -> Found:
    """What has this name. Raises PlanSheetsError with the trouble, the name, and the name that was probably meant."""
    check_named(known, name, trouble)
    return known[name]


def check_named(known: Collection[str], name: str, trouble: str) -> None:
    """Raise PlanSheetsError as `find_named` does, unless the name is one of these."""
    if name in known:
        return
    near = difflib.get_close_matches(str(name), list(known), 1)
    meant = f" Was '{near[0]}' meant?" if near else ""
    raise PlanSheetsError(f"{trouble}: '{name}'.{meant}", f"Known: {', '.join(map(str, known))}.")
