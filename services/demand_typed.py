"""What somebody types into a cell of the demand plan, as a change of its figures."""

from __future__ import annotations

import re

from core.errors import InvalidInput
from core.i18n import _
from services.demand_change import ADD, CLEAR, HOLD, LAST_YEAR, SET, SHARE

WORDS = {"=ly": LAST_YEAR, "=hold": HOLD, "=clear": CLEAR, "": CLEAR}
_FIGURE = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,14})(\.[0-9]{1,6})?\s*(%|k|m)?", re.IGNORECASE)
_TIMES = {"k": 1e3, "m": 1e6}


def typed_change(value: object) -> tuple[str, float | None]:
    """Read what was typed.

    Inputs: value: a number, or a text: 1200, 1,200, 1.2k, +200, -200, +5%, =ly, =hold, =clear, or nothing to clear.
    Returns: the mode of a Change and its value, in per cent for SHARE; None where the mode takes none.
    Raises: InvalidInput that names what can be typed.
    Source: screens.md 4.
    """
    text = str(value).strip() if isinstance(value, (int, float, str)) and not isinstance(value, bool) else ""
    text = text.replace("−", "-").replace("\u00a0", "")
    if value is None or text.casefold() in WORDS:
        return WORDS[text.casefold()], None
    found = _FIGURE.fullmatch(text)
    if found is None or (found[4] == "%" and not found[1]):
        raise InvalidInput(
            _(
                "“%(typed)s” can't be read. Type a figure such as 1200, a change such as +5%% or -200, =ly for last "
                "year, =hold, or =clear.",
                typed=text[:40],
            )
        )
    figure = float(found[2].replace(",", "") + (found[3] or "")) * _TIMES.get((found[4] or "").casefold(), 1.0)
    if not found[1]:
        return SET, figure
    return (SHARE if found[4] == "%" else ADD), -figure if found[1] == "-" else figure
