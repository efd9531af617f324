"""Inventory › Picks: which lots to pick for an order or an item."""

from __future__ import annotations

from typing import Any

from components.forms import chosen
from core.i18n import _, counted, day, number
from core.ids import PageIds
from services.form_values import shown_quantity
from services.picks import PickFilters, PickList

PATH = "/inventory/picks"
FILTERS = ("order", "item", "location", "quantity", "days")


class Ids(PageIds):
    order: str
    item: str
    location: str
    quantity: str
    days: str
    rows: str


def wanted_picks(given: dict[str, str]) -> PickFilters:
    """What the address asks for."""
    return PickFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def pick_row(row: dict[str, Any]) -> dict[str, Any]:
    """One lot to pick as the grid shows it."""
    names = ("line_no", "code", "name", "lot", "quantity", "uom", "days_left", "left_in_lot")
    expires = day(row["expires_on"]) if row["expires_on"] else _("never")
    return {**{name: row[name] for name in names}, "expires_on": expires}


def short_text(row: dict[str, Any], *, days: int) -> str:
    """What of a line can't be picked, and why."""
    text = _(
        "Line %(line)s, %(code)s %(name)s: %(missing)s %(uom)s can't be picked.",
        line=row["line_no"],
        code=row["code"],
        name=row["name"],
        missing=shown_quantity(row["missing"]),
        uom=row["uom"],
    )
    if row["too_old"]:
        text += " " + _(
            "%(old)s %(uom)s lie there with less than %(days)s days left.",
            old=shown_quantity(row["too_old"]),
            uom=row["uom"],
            days=number(days),
        )
    return text


def totals_text(found: PickList) -> str:
    """How much of what was asked for is on the list."""
    return " · ".join(
        [
            _(
                "%(picks)s for %(lines)s, with at least %(days)s left",
                picks=counted("1 pick", "%(count)s picks", len(found.rows)),
                lines=counted("1 line", "%(count)s lines", found.lines),
                days=counted("1 day", "%(count)s days", found.days),
            ),
            counted("1 line can't be picked in full", "%(count)s lines can't be picked in full", len(found.short)),
        ]
    )
