"""Zips, whoever packed them, and the relations between their parts."""

from __future__ import annotations

import io
import zipfile

import pytest

from plan_sheets.store.container.parts import Relation, read_relations
from plan_sheets.store.container.zip import list_entries, make_zip, read_entry

PARTS = {
    "[Content_Types].xml": b"<Types/>" * 100,
    "xl/worksheets/sheet1.xml": b"<a/>" * 5000,
    "folder/": b"",
    "empty": b"",
}


def packed(comment: bytes = b"") -> bytes:
    """A zip of the parts as the standard library packs it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in PARTS.items():
            archive.writestr(name, part)
        archive.comment = comment
    return made.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        packed(),
        make_zip(PARTS),
        packed(b"a comment"),
        b"in front" + packed(),
        packed() + b"behind",
    ],
    ids=["ordinary", "ours", "comment", "in front", "behind"],
)
def test_each_part_comes_out_as_it_went_in(data: bytes) -> None:
    """Wherever the directory lies."""
    assert {entry.filename: read_entry(data, entry) for entry in list_entries(data)} == PARTS


def test_a_part_whose_size_is_wrong_is_refused() -> None:
    data = packed()
    entry = list_entries(data)[1]
    for wrong in (-1, 1):
        entry.file_size += wrong
        with pytest.raises(zipfile.BadZipFile):
            read_entry(data, entry)
        entry.file_size -= wrong
    assert read_entry(data, entry) == PARTS[entry.filename]


def test_a_size_that_is_told_elsewhere_is_read_there() -> None:
    """Zip64 keeps it in an extra field, which the directory's own sizes only point to."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, archive.open("part", "w", force_zip64=True) as part:
        part.write(b"content")
    data = made.getvalue()
    assert [read_entry(data, entry) for entry in list_entries(data)] == [b"content"]


HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="r">'


@pytest.mark.parametrize(
    "part",
    [
        HEAD + b'<Relationship Id="1" Type="t/a" Target="b"/></Relationships>',
        HEAD + b"<Relationship Id='1' Target='b' Type='t/a'></Relationship></Relationships>",
        HEAD
        + b'<!--<Relationship Id="2" Type="c" Target="d"/>-->'
        + b'<Relationship Id="1" Type="t/&#97;" Target="b"/></Relationships>',
    ],
    ids=["ordinary", "other quotes and order", "comment and entity"],
)
def test_relationships_are_the_same_however_they_are_spelt(part: bytes) -> None:
    assert read_relations(part) == (Relation("1", "t/a", "b"),)
