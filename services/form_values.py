"""What a browser sent, turned into a value or into a message that says what is wrong with it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from core.errors import InvalidInput
from core.i18n import EMPTY, _, number

LARGEST_ID = 2**63 - 1
LONGEST_ID = 20
_NUMBER = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]")


def row_id(value: object) -> int:
    """The id of a stored row; anything else becomes 0, which no row has, so that all wrong ids are answered alike.

    Inputs: value: what the browser sent.
    Returns: a whole number from 0 to the largest id.
    Raises: nothing.
    Source: security.md B01.
    """
    found = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID
    return int(value) if found else 0  # type: ignore[call-overload]


def chosen_id(value: object) -> int:
    """The id in a select, which is text in a browser.

    Inputs: value: what the browser sent.
    Returns: as row_id.
    Raises: nothing.
    Source: security.md B01.
    """
    written = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < LONGEST_ID
    return row_id(int(str(value)) if written else value)


def quantity_of(value: object, *, name: str) -> Decimal:
    """A quantity with at most four decimals.

    Inputs: value: number or text; name: what the field is called.
    Returns: the quantity, of any sign.
    Raises: InvalidInput for everything that is not a plain decimal number.
    Source: security.md G10.
    """
    text = str(value).strip() if isinstance(value, (int, float, str)) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(_("%(name)s: enter a number, with at most four decimals.", name=name))
    return Decimal(text)


def shown_quantity(value: Decimal | float | None) -> str:
    """A quantity as a person reads it, with the decimals it has and no more.

    Inputs: value: a quantity in its unit of measure.
    Returns: text with thousands separators; an en dash when there is none.
    Raises: nothing.
    Source: none; ours.
    """
    if value is None:
        return EMPTY
    whole, _point, decimals = number(value, decimals=4).partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def calendar_day(value: object, *, name: str) -> date:
    """A date.

    Inputs: value: ISO text, as date fields send it, or a date; name: what the field is called.
    Returns: the date.
    Raises: InvalidInput for everything that is not a day of the calendar.
    Source: security.md G12.
    """
    if isinstance(value, date):
        return value
    text = str(value)[:10] if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError as error:
        raise InvalidInput(_("%(name)s: enter a date.", name=name)) from error


def sentence(value: object, *, name: str, longest: int) -> str:
    """A text somebody typed for others to read.

    Inputs: value: what was typed; name: what the field is called; longest: allowed characters.
    Returns: the text without surrounding blanks and without characters that can't be seen.
    Raises: InvalidInput when nothing is left or it is too long.
    Source: security.md G06.
    """
    text = _UNPRINTABLE.sub("", value).strip() if isinstance(value, str) else ""
    if not text:
        raise InvalidInput(_("%(name)s: write a few words.", name=name))
    if len(text) > longest:
        raise InvalidInput(_("%(name)s: at most %(count)s characters.", name=name, count=longest))
    return text
