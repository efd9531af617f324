"""Supply › Transfers: order what the plan moves, ship, receive and cancel what is ordered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from dash import Input, Output, State, callback

from components.download import list_download
from components.forms import chosen
from components.grid import selected_rows
from components.two_line_grid import marked
from core.guard import requires
from core.i18n import EMPTY, _, day, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import transfers
from services.form_values import shown_quantity
from services.transfers import TransferFilters, TransferList, status_name

PATH = "/supply/transfers"
FILTERS = ("weeks", "origin", "location", "search")


class Ids(PageIds):
    filters: str
    weeks: str
    origin: str
    location: str
    search: str
    outcome: str
    rows: str
    totals: str
    selected: str
    accept: str
    orders: str
    order_totals: str
    chosen_orders: str
    ship: str
    receive: str
    reason: str
    cancel: str


AFTER_CHANGE = (
    (Ids.rows, "rowData"),
    (Ids.rows, "selectedRows"),
    (Ids.totals, "children"),
    (Ids.orders, "rowData"),
    (Ids.orders, "selectedRows"),
    (Ids.order_totals, "children"),
    (Ids.outcome, "children"),
)
CHANGED = tuple(Output(*part, allow_duplicate=True) for part in AFTER_CHANGE)


@callback(
    Output(Ids.selected, "children"),
    Output(Ids.accept, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[str, bool]:
    rows = selected_rows(selected)
    return _("%(count)s selected", count=number(len(rows))) if rows else "", not rows


@callback(
    Output(Ids.chosen_orders, "children"),
    Output(Ids.ship, "disabled"),
    Output(Ids.receive, "disabled"),
    Output(Ids.cancel, "disabled"),
    Input(Ids.orders, "selectedRows"),
    prevent_initial_call=True,
)
def show_chosen_orders(selected: object) -> tuple[str, bool, bool, bool]:
    rows = selected_rows(selected)
    states = {str(row.get("status")) for row in rows}
    text = _("%(count)s selected", count=number(len(rows))) if rows else ""
    planned, moving = states == {"planned"}, states == {"in_transit"}
    return text, not planned, not moving, not planned


@callback(
    *CHANGED,
    Input(Ids.accept, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def accept_selected(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    done = transfers.accept(viewer(), selected_rows(selected))
    text = _("%(count)s ordered: %(numbers)s", count=number(done.count), numbers=", ".join(done.orders))
    return after_change(filters, text)


@callback(
    *CHANGED,
    Input(Ids.ship, "n_clicks"),
    State(Ids.orders, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def ship_chosen(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    return _decided(transfers.ship, selected, filters, _("Shipped: %(numbers)s"))


@callback(
    *CHANGED,
    Input(Ids.receive, "n_clicks"),
    State(Ids.orders, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def receive_chosen(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    return _decided(transfers.receive, selected, filters, _("Received: %(numbers)s"))


@callback(
    *CHANGED,
    Output(Ids.reason, "value"),
    Input(Ids.cancel, "n_clicks"),
    State(Ids.orders, "selectedRows"),
    State(Ids.reason, "value"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def cancel_chosen(_clicks: object, selected: object, reason: object, filters: object) -> tuple[Any, ...]:
    numbers = transfers.cancel(viewer(), selected_rows(selected), reason=reason)
    return *after_change(filters, _("Cancelled: %(numbers)s", numbers=", ".join(numbers))), ""


def _decided(act: Callable[..., list[str]], selected: object, filters: object, text: str) -> tuple[Any, ...]:
    numbers = act(viewer(), selected_rows(selected))
    return after_change(filters, text % {"numbers": ", ".join(numbers)})


def after_change(filters: object, text: str) -> tuple[Any, ...]:
    """Both lists as they are now, nothing selected, and what was done."""
    found, orders = transfers.proposed(viewer(), wanted_list(filters)), transfers.open_transfers(viewer())
    return proposed_rows(found), [], totals_text(found), order_rows(orders), [], order_totals_text(orders), text


def wanted_list(filters: object) -> TransferFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return TransferFilters(**{name: chosen(given.get(name)) for name in FILTERS if given.get(name)})


def download(wanted: TransferFilters) -> Any:
    """The list as a file."""
    return list_download("transfers", asdict(wanted))


def proposed_rows(found: TransferList) -> list[dict[str, Any]]:
    """The proposed transfers as the grid shows them."""
    return [_proposed(row) for row in found.rows]


def order_rows(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ordered ones."""
    return [_ordered(order) for order in orders]


def _proposed(row: dict[str, Any]) -> dict[str, Any]:
    tone, reason = _reason(row)
    more = [
        *([_("%(origin)s short then", origin=row["origin"])] if row["origin_short"] > 0 else []),
        *([] if row["cover_days"] is None else [_("lasts %(days)s days", days=number(row["cover_days"]))]),
    ]
    return {
        **{name: row[name] for name in ("id", "name", "quantity")},
        "item": f"{row['code']}\n{row['name']}",
        "way": f"{row['origin']}\n→ {row['location']}",
        "amount": f"{_amount(row)}\n{_there(row)}",
        "when": f"{day(row['ship_week'])}\n→ {day(row['arrival_week'])}",
        "cost": f"{number(row['cost'])}\n",
        "why": f"{marked(reason, tone)}\n{' · '.join(more)}",
        "tone": tone,
    }


def _amount(row: dict[str, Any]) -> str:
    return f"{shown_quantity(round(row['quantity'], 2))} {row['uom']}"


def _there(row: dict[str, Any]) -> str:
    return _("%(there)s there now", there=shown_quantity(round(row["at_origin"], 1)))


def _reason(row: dict[str, Any]) -> tuple[str, str]:
    if row["late"] > 0:
        late = shown_quantity(round(row["late"], 1))
        return "bad", _("%(late)s %(uom)s late already", late=late, uom=row["uom"])
    if row["short_week"]:
        return "warn", _("runs short %(week)s", week=day(row["short_week"]))
    return "quiet", _("safety stock only")


def _ordered(order: dict[str, Any]) -> dict[str, Any]:
    planned = order["status"] == "planned"
    due = order["ships_on"] if planned else order["arrives_on"]
    short = planned and order["at_origin"] < order["quantity"]
    tone = "bad" if order["overdue"] else "warn" if short else "quiet"
    when = _("ships %(day)s", day=day(due)) if planned else _("arrives %(day)s", day=day(due))
    more = [
        *([_("%(days)s days overdue", days=number(order["overdue"]))] if order["overdue"] else []),
        *([_("not enough stock yet")] if short else []),
    ]
    return {
        **{name: order[name] for name in ("id", "version", "status")},
        "order": f"{order['number']}\n{status_name(order['status'])}",
        "item": f"{order['code']}\n{order['name']}",
        "way": f"{order['origin']}\n→ {order['destination']}",
        "amount": f"{_amount(order)}\n{_there(order) if planned else ''}",
        "state": f"{marked(when, tone)}\n{' · '.join(more) or EMPTY}",
        "tone": tone,
    }


def totals_text(found: TransferList) -> str:
    """How much is to be moved."""
    text = _(
        "%(count)s transfers · %(late)s late · moving them costs %(cost)s",
        count=number(found.total),
        late=number(found.late),
        cost=money(found.cost),
    )
    if len(found.rows) < found.total:
        text += _(" · the first %(count)s are listed", count=number(len(found.rows)))
    return text


def order_totals_text(orders: list[dict[str, Any]]) -> str:
    """How many are to leave and on their way."""
    planned = sum(order["status"] == "planned" for order in orders)
    return _(
        "%(planned)s to ship · %(moving)s on their way", planned=number(planned), moving=number(len(orders) - planned)
    )
