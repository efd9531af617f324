"""Texts and figures as a person reads them. English now; every text passes here so that it can be translated."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal

Number = int | float | Decimal

EMPTY = "–"
MINUS = "−"


def _(text: str, **values: object) -> str:
    """The text in the reader's language, with its values filled in."""
    # Only app.py sets translation up; a command without it need not wait until Flask is loaded.
    if "flask_babel" in sys.modules:
        from flask import has_request_context
        from flask_babel import gettext

        if has_request_context():
            return str(gettext(text, **values))
    return text % values if values else text


def counted(one: str, many: str, count: int, **values: object) -> str:
    """A text about ``count`` things in its singular or plural; both may name it as %(count)s."""
    told = {"count": number(count), **values}
    if "flask_babel" in sys.modules:
        from flask import has_request_context
        from flask_babel import ngettext

        if has_request_context():
            return str(ngettext(one, many, count, **told))
    return (one if count == 1 else many) % told


def number(value: Number | None, *, decimals: int = 0) -> str:
    """A quantity with thousands separators; an en dash when there is none."""
    return EMPTY if value is None or _nan(value) else f"{_sign(value, decimals)}{abs(value):,.{decimals}f}"


def signed(value: Number | None, *, decimals: int = 0) -> str:
    """A change, with its sign; zero has none."""
    text = number(value, decimals=decimals)
    return f"+{text}" if value is not None and round(float(value), decimals) > 0 else text


def money(value: Number | None, *, decimals: int = 0) -> str:
    """Ringgit, the sign before the currency."""
    if value is None or _nan(value):
        return EMPTY
    return f"{_sign(value, decimals)}RM {abs(value):,.{decimals}f}"


def percent(share: Number | None, *, decimals: int = 1) -> str:
    """A share (0.123) as per cent (12.3 %)."""
    return EMPTY if share is None or _nan(share) else f"{number(share * 100, decimals=decimals)} %"


def day(value: date | datetime | None) -> str:
    """A date, ISO, so that it sorts and cannot be misread."""
    return EMPTY if value is None else f"{value:%Y-%m-%d}"


def moment(value: datetime | None) -> str:
    """A point in time to the minute."""
    return EMPTY if value is None else f"{value:%Y-%m-%d %H:%M}"


def _sign(value: Number, decimals: int) -> str:
    """None before what is rounded to zero."""
    return MINUS if round(float(value), decimals) < 0 else ""


def _nan(value: Number) -> bool:
    return value != value  # the only number unequal to itself
