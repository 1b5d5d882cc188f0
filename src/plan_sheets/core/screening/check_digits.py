"""Check digits and check letters: whether a number can be what it looks like."""

from __future__ import annotations


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass the check of NHS numbers; of ten random ones, nine in a hundred do."""
    from stdnum.gb import nhs  # noqa: PLC0415 - most texts hold no number

    return nhs.is_valid(digits)


def is_upn(code: str) -> bool:
    """Whether thirteen characters, in capital letters, begin with the check letter of a UPN.

    Which authority gave it is not looked at: the library lists those of 2011.
    """
    from stdnum.gb import upn  # noqa: PLC0415 - most texts hold no number

    return upn.calc_check_digit(code[1:]) == code[0]
