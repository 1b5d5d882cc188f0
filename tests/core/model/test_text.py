"""Texts as parts of file names."""

from __future__ import annotations

import pytest

from plan_sheets.core.model.text import make_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Domestic Abuse", "domestic-abuse"),
        ("  Prevent  ", "prevent"),
        ("Grŵp Môn", "grwp-mon"),
        ("🎉", ""),
        ("a" * 59 + " b", "a" * 59),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_a_slug_is_plain(title: str, slug: str) -> None:
    assert make_slug(title) == slug
