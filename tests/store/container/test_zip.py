"""An ordinary directory is read by hand, any other by the standard library: both must tell the same."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from plan_sheets.store.container.parts import Relation, read_relations
from plan_sheets.store.container.zip import make_zip, open_zip

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


def by_library(data: bytes) -> list[tuple[object, ...]]:
    """The directory as the standard library reads it."""
    return [
        (one.filename, one.flag_bits, one.compress_type, one.CRC, one.compress_size, one.file_size, one.header_offset)
        for one in zipfile.ZipFile(io.BytesIO(data)).infolist()
    ]


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
def test_a_directory_is_read_as_the_standard_library_reads_it(data: bytes) -> None:
    """Wherever the directory lies; and each part comes out as it went in."""
    found = open_zip(data)
    assert [tuple(one) for one in found.entries] == by_library(data)
    assert {one.filename: found.read(one) for one in found.entries} == PARTS


@pytest.mark.parametrize("at", [8, 10, 12, 16, 4])
def test_an_end_that_is_wrong_is_left_to_the_standard_library(at: int) -> None:
    """A false count, size, place or disk: the same entries as the standard library finds, or the same exception."""
    end = packed()[-22:]
    data = packed()[:-22] + end[:at] + struct.pack("<H", struct.unpack_from("<H", end, at)[0] + 1) + end[at + 2 :]
    try:
        expected = by_library(data)
    except zipfile.BadZipFile:
        with pytest.raises(zipfile.BadZipFile):
            open_zip(data)
    else:
        assert [tuple(one) for one in open_zip(data).entries] == expected


def test_a_size_that_is_told_elsewhere_is_read_there() -> None:
    """Zip64 keeps it in an extra field, which the directory's own sizes only point to."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive, archive.open("part", "w", force_zip64=True) as part:
        part.write(b"content")
    found = open_zip(made.getvalue())
    assert [found.read(one) for one in found.entries] == [b"content"]
    assert [tuple(one) for one in found.entries] == by_library(made.getvalue())


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
    """Picked out or parsed."""
    assert read_relations(part) == (Relation("1", "t/a", "b"),)
