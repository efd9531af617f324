"""The list of proposed policies: its columns, and a proposal as a row of two lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.policy_texts import simulated_share, source_name
from components.two_line_grid import two_line_column
from core.i18n import EMPTY, _, number, percent, signed

Row = dict[str, Any]
RISES, FALLS = "▲", "▼"


def policy_columns() -> list[dict[str, Any]]:
    """Columns of the list; what is sorted are the figures behind the words."""
    right = {"type": "rightAligned", "cellClass": "two-lines figure"}
    was = _("With what is in force on the second line")
    return [
        two_line_column("code", _("Item"), pinned="left", minWidth=150, maxWidth=210),
        two_line_column("location", _("Place"), minWidth=84, maxWidth=110),
        two_line_column("source", _("From"), minWidth=112),
        two_line_column("stock_money_change", _("Stock RM"), minWidth=92, **right),
        two_line_column("change_share", _("Change"), minWidth=82, **right),
        two_line_column("safety_stock", _("Safety stock"), minWidth=104, headerTooltip=was, **right),
        two_line_column("reorder_point", _("Reorder at"), minWidth=98, headerTooltip=was, **right),
        two_line_column("order_up_to", _("Order up to"), minWidth=102, headerTooltip=was, **right),
        two_line_column("service_target", _("Promised"), minWidth=92, headerTooltip=was, **right),
        two_line_column("simulated", _("Simulated"), minWidth=98, headerTooltip=was, sortable=False, **right),
    ]


def policy_row(row: Row) -> Row:
    """One proposal as the grid shows it."""
    return {
        **{name: row[name] for name in ("id", "version", "product_id", "location_id")},
        "code": f"{row['code']}\n{row['name']}",
        "location": f"{row['location']}\n{row['location_name']}",
        "source": f"{source_name(row['source'])}\n{row['created_by'] or _('Tandem')}",
        "stock_money_change": money_change(row["stock_money_change"]),
        "change_share": share_text(row["change_share"]),
        **{name: _pair(row, name, number) for name in ("safety_stock", "reorder_point", "order_up_to")},
        "service_target": _pair(row, "service_target", percent),
        "simulated": _simulated(row),
    }


def money_change(value: float | None) -> str:
    """A change of money with its direction by shape and sign."""
    text = signed(value)
    if value is None or round(value) == 0:
        return text
    return f"{RISES if value > 0 else FALLS} {text}"


def share_text(share: float | None) -> str:
    """How large a change is; a level that was nothing has no share."""
    return _("from 0") if share is None else percent(share, decimals=0)


def _pair(row: Row, name: str, shown: Callable[[float], str]) -> str:
    return _with_former(shown(row[name]), shown(row[f"now_{name}"]))


def _simulated(row: Row) -> str:
    shares = [simulated_share(row[f"{of}simulated"], row[f"{of}measure"]) for of in ("", "now_")]
    new, former = (EMPTY if share is None else percent(share) for share in shares)
    return _with_former(new, former)


def _with_former(new: str, former: str) -> str:
    return f"{new}\n" + (_("as it is") if new == former else _("was %(value)s", value=former))
