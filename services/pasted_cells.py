"""Cells of a spreadsheet as they were typed or pasted: months, quantities, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from analytics.demand_split import LARGEST
from core.errors import UserError
from core.i18n import _, counted
from services.form_values import calendar_day, quantity_of

TOLD = 5
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def told(head: str, problems: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a block, the first bad cells in full.

    Inputs: a sentence to begin with; of each bad cell row, column, value, problem and remedy.
    Returns: lines of text.
    Raises: nothing.
    Source: none; ours.
    """
    lines = [_("Row %(row)s, %(column)s “%(value)s”: %(problem)s %(remedy)s", **problem) for problem in problems[:TOLD]]
    more = len(problems) - TOLD
    if more > 0:
        lines.append(counted("And %(count)s more bad cell.", "And %(count)s more bad cells.", more))
    return "\n".join([head, *lines])


def typed_month(value: object) -> date | None:
    """A month as a column is headed by it.

    Inputs: its first day, or YYYY-MM.
    Returns: a day of it; None for anything else.
    Raises: nothing.
    Source: none; ours.
    """
    text = f"{value}-01" if isinstance(value, str) and _MONTH.fullmatch(value.strip()) else value
    try:
        return calendar_day(text.strip() if isinstance(text, str) else text, name=_("Month"))
    except UserError:
        return None


def typed_quantity(value: object) -> tuple[Decimal | None, str]:
    """A quantity as a spreadsheet shows it, groups of thousands included.

    Inputs: a number or text.
    Returns: the quantity, or None and what is wrong with it.
    Raises: nothing.
    Source: none; ours.
    """
    text = str(value).strip() if isinstance(value, str) else value
    if isinstance(text, str) and _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    try:
        found = quantity_of(text, name=_("Quantity"))
    except UserError:
        return None, _("It is no number with at most four decimals.")
    if not 0 <= found <= LARGEST:
        return None, _("It is below zero or too large.")
    return found, ""
