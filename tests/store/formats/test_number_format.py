"""What a cell shows of a number, as Excel shows it."""

from __future__ import annotations

import pytest

from plan_sheets.store.formats.number_format import format_number


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("0.75", "0%", "75%"),
        ("0.7512", "0.0%", "75.1%"),
        ("7", "000", "007"),
        ("3.7", "0", "4"),
        ("2.5", "0", "3"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("1200", '"£"#,##0', "£1,200"),
        ("1200", "[$£-809]#,##0.00", "£1,200.00"),
        ("-3", "0.0", "-3.0"),
        ("-0.001", "0.0", "0.0"),
        ("12", '0" cases"', "12 cases"),
        ("5", "#,##0_);(#,##0)", "5"),
        ("-5", "#,##0_);(#,##0)", None),
        ("0.5", "# ?/?", None),
        ("12345", "0.00E+00", None),
        ("5", '[Red]0;"none"', None),
        ("1e+300", "0.00", None),
        ("1e-300", "0.00", "0.00"),
        ("0", "0%", "0%"),
    ],
)
def test_as_shown(number: str, code: str, shown: str | None) -> None:
    assert format_number(number, code) == shown
