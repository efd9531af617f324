"""Wording that the lists of orders share."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc
from dash.development.base_component import Component

from core.i18n import _, counted, number

ORDERS_PATH = "/supply/purchase-orders"


def days(count: int) -> str:
    return counted("1 day", "%(count)s days", count)


def list_length(listed: int, total: int) -> str:
    """How much of a list is on the screen."""
    if total > listed:
        return _(
            "The first %(listed)s of %(total)s lines; search to find others.",
            listed=number(listed),
            total=number(total),
        )
    return _("1 line") if total == 1 else _("%(total)s lines", total=number(total))


def days_to(left: int) -> str:
    """Days left to a date: "2 days left", "today", "4 days late"."""
    if left == 0:
        return _("today")
    return _("%(days)s left", days=days(left)) if left > 0 else _("%(days)s late", days=days(-left))


def order_links(numbers: Sequence[str]) -> list[str | Component]:
    """Purchase orders by number, each leading to its page."""
    return [part for order in numbers for part in (" ", dcc.Link(order, href=f"{ORDERS_PATH}?order={order}"))]
