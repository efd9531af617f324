"""Figures as a person reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.i18n import counted, money, number, percent


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (number(-1234.5, decimals=1), "−1,234.5"),
        (number(-0.4), "0"),
        (number(None), "–"),
        (number(float("nan")), "–"),
        (money(-12.3), "−RM 12"),
        (money(Decimal("-0.004"), decimals=2), "RM 0.00"),
        (percent(-0.0512), "−5.1 %"),
        (percent(-0.0001), "0.0 %"),
    ],
)
def test_what_is_below_zero_has_a_minus_sign_and_zero_has_none(shown: str, text: str) -> None:
    assert shown == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 rows"), (1, "1 row"), (1234, "1,234 rows")])
def test_one_thing_is_singular(count: int, text: str) -> None:
    assert counted("%(count)s row", "%(count)s rows", count) == text
