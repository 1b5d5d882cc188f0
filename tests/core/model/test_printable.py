"""What goes out holds nothing that a file cannot hold or a terminal would obey, and still says that it was there."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.printable import in_json, is_printable, on_screen, printable, readable

ANY = st.text(alphabet=st.characters() | st.sampled_from("\x00\x0b\x1b\r\n\t\x7f\x9b\u202e\ud83d\udce9\ufffe\uffff"))
SEEN = [
    ("Gwaith da \u0175, na\u00efve", "Gwaith da \u0175, na\u00efve", "Gwaith da \u0175, na\u00efve"),
    (
        "\u0645\u0631\u062d\u0628\u0627 \u200f",
        "\u0645\u0631\u062d\u0628\u0627 \u200f",
        "\u0645\u0631\u062d\u0628\u0627 \u200f",
    ),
    ("\N{WOMAN}\u200d\N{GIRL}", "\N{WOMAN}\u200d\N{GIRL}", "\N{WOMAN}\u200d\N{GIRL}"),
    ("a\x0bb", "a\u240bb", "a\u240bb"),
    ("\x1b[31mred", "\u241b[31mred", "\u241b[31mred"),
    ("two\nlines\ttab", "two\nlines\ttab", "two\u240alines\u2409tab"),
    ("two\r\nlines\r", "two\nlines\n", "two\u240d\u240alines\u240d"),
    ("\x7f \x9b31m", "\x7f \x9b31m", "\u2421 <U+009B>31m"),
    ("xslx.\u202efdp", "xslx.\u202efdp", "xslx.<U+202E>fdp"),
    ("\u2066one\u2069\u2028", "\u2066one\u2069\u2028", "<U+2066>one<U+2069><U+2028>"),
    ("half \ud83d, none \uffff", "half \ufffd, none \ufffd", "half \ufffd, none \ufffd"),
    ("caf\udce9", "caf\\xe9", "caf\\xe9"),
    ("_x000B_", "_x000B_", "_x000B_"),
]


@pytest.mark.parametrize(("text", "in_files", "shown"), SEEN)
def test_what_stands_in_files_and_on_screens(text: str, in_files: str, shown: str) -> None:
    assert printable(text) == in_files
    assert on_screen(text) == shown


@given(ANY)
def test_a_file_holds_any_text(text: str) -> None:
    told = printable(text)
    assert printable(told) == told
    assert is_printable(told)
    assert is_printable(text) is (told == text)
    element = ET.Element("t")
    element.text = told
    read = ET.fromstring(ET.tostring(element, encoding="utf-8"))  # noqa: S314 - written a line above
    assert (read.text or "") == told


@given(ANY)
def test_a_screen_obeys_nothing(text: str) -> None:
    shown = on_screen(text)
    assert on_screen(shown) == shown
    assert not any(sign < " " or "\x7f" <= sign < "\xa0" or "\u202a" <= sign <= "\u202e" for sign in shown)
    assert shown.encode() or not text


@given(ANY)
def test_json_says_the_same(text: str) -> None:
    told = in_json(json.dumps({"text": text}, ensure_ascii=False, indent=2))
    assert json.loads(told) == {"text": text}
    assert on_screen(told.replace("\n", "")) == told.replace("\n", "")


def test_a_name_that_is_no_utf_8() -> None:
    assert readable("caf\udce9 \u0175.xlsx") == "caf\\xe9 \u0175.xlsx"
