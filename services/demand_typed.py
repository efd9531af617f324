"""What somebody types into a cell of the demand plan, as a change of its figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import InvalidInput
from core.i18n import _
from services.demand_change import ADD, CLEAR, HOLD, LAST_YEAR, SET, SHARE, UNITS, VALUE, Change, Scope
from services.demand_levels import BETWEEN, NAMED
from services.demand_review import MONEY, Review, scope_of
from services.demand_review_rows import month_field, stream_of
from services.form_values import calendar_day

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
    text = "" if value is None else str(value).strip().replace("−", "-").replace("\u00a0", "")
    if text.casefold() in WORDS:
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


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed where: the number of the group (None for everything), the row's measure, the fields of months."""

    group: int | None
    measure: str
    months: Sequence[str]
    value: object


def change_of(
    found: Review, typed: Typed, *, seen: int, rule: str = "forecast", reason: str = "", expires_on: object = None
) -> Change:
    """The change of the plan that somebody means.

    Inputs: found: the review it was typed into; typed; the newest edit on the screen; how to split, why, until when (a
        day as a date field sends it, or nothing).
    Returns: Change, in RM where the review shows RM.
    Raises: InvalidInput for what can't be read, a row that takes no figures, or a month that is not shown.
    Source: screens.md 4.
    """
    stream = stream_of(typed.measure)
    if not stream:
        raise InvalidInput(_("This row is only read. Type into the consensus, or into what your department says."))
    mode, value = typed_change(typed.value)
    return Change(
        stream=stream,
        scope=Scope(**scope_of(found, typed.group)),
        months=_months(found, typed.months),
        mode=mode,
        value=value,
        measure=VALUE if found.view.shown == MONEY else UNITS,
        rule=rule,
        reason=reason or None,
        expires_on=calendar_day(expires_on, name=_("Counts until")) if expires_on else None,
        seen=seen,
    )


def _months(found: Review, fields: Sequence[str]) -> tuple[date, ...]:
    known = {month_field(month): month for month in found.plan_months}
    months = tuple(known[field] for field in fields if field in known)
    if not months:
        raise InvalidInput(_("This month is over: type into a month that is planned."))
    return months


def pasted_cells(found: Review, measure: object, cells: object) -> tuple[str, list[dict[str, object]]]:
    """A pasted block as cells of the plan.

    Inputs: found: the review it was pasted into; the measure of the rows; cells as a browser sent them: key of the
        group, field of the month, quantity, row (its line in the block).
    Returns: the stream, and cells as services.demand_paste takes them.
    Raises: InvalidInput for a row that takes no figures, or a view that is not of single series in units.
    Source: screens.md 22.
    """
    stream = stream_of(measure) if isinstance(measure, str) else ""
    if not stream:
        raise InvalidInput(_("This row is only read. Paste into the consensus, or into what your department says."))
    if found.view.by != "leaf" or found.view.shown == MONEY:
        raise InvalidInput(
            _("Blocks are pasted in units, into single series: choose “Product, location, channel” and “Units”.")
        )
    months = {month_field(month): f"{month:%Y-%m}" for month in found.months}
    given = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    return stream, [_pasted(cell, months) for cell in given]


def _pasted(cell: dict[str, object], months: dict[str, str]) -> dict[str, object]:
    codes = str(cell.get("key", "")).split(BETWEEN)
    named = dict(zip(NAMED, [*codes, "", "", ""], strict=False))
    field = str(cell.get("month", ""))
    return {**named, "month": months.get(field, field), "quantity": cell.get("quantity"), "row": cell.get("row")}
