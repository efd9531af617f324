"""Inventory › Buffers: where each buffered item stands, one with its factors, orders, and items to be buffered."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from dash import Input, Output, State, callback, dcc, no_update

from callbacks.grid_renewal import renew_rows
from components.buffer_texts import TONES, buffer_bar, order_list, zone_name, zone_text
from components.forms import chosen, facts
from components.grid import requested_page, selected_row, selected_rows
from components.order_texts import order_links
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import buffer_orders, buffers
from services.buffers import DUE, ZONES, BufferDetail, BufferFilters, BufferPage
from services.form_values import shown_quantity

PATH = "/inventory/buffers"
REVIEW_PATH = "/inventory/policies"
FACTORS = ("lead_time_factor", "variability_factor", "order_cycle_days", "spike_threshold", "spike_horizon_days")
SHARES = ("lead_time_factor", "variability_factor", "spike_threshold")
SEEN = ("id", "order_quantity")
ORDERS_SHOWN = 30
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")


class Ids(PageIds):
    filters: str
    zone: str
    location: str
    category: str
    search: str
    rows: str
    totals: str
    selected: str
    order: str
    propose: str
    outcome: str
    changed: str
    renewed: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    bar: str
    about: str
    orders: str
    lead_time_factor: str
    variability_factor: str
    order_cycle_days: str
    spike_threshold: str
    spike_horizon_days: str
    save: str
    stop: str
    candidates: str
    candidate_totals: str
    candidates_renewed: str
    candidates_selected: str
    start: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.bar, "children"),
    (Ids.about, "children"),
    (Ids.orders, "children"),
    *((getattr(Ids, name), "value") for name in FACTORS),
)

for grid_id, renewed_id in ((Ids.rows, Ids.renewed), (Ids.candidates, Ids.candidates_renewed)):
    renew_rows(grid_id, after=Ids.changed, renewed=renewed_id)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_buffers(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_buffers(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: buffers.buffers(viewer(), wanted, start=start, end=end, sort=sort),
        buffer_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.candidates, "getRowsResponse"),
    Output(Ids.candidate_totals, "children"),
    Input(Ids.candidates, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_candidates(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_buffers(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: buffers.candidates(viewer(), wanted, start=start, end=end, sort=sort),
    )
    return answer, counted(
        "1 item with demand and lead time is not buffered",
        "%(count)s items with demand and lead time are not buffered",
        found.total,
    )


@callback(
    *(Output(*part) for part in DETAIL),
    Output(Ids.order, "disabled"),
    Output(Ids.propose, "disabled"),
    Output(Ids.selected, "children"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[Any, ...]:
    rows, one = selected_rows(selected), selected_row(selected)
    due = [row for row in rows if _figure(row.get("order_quantity")) > 0]
    told = selection_text(rows, due) if rows else ""
    shown: tuple[Any, ...] = (*CLOSED, *(no_update,) * (len(DETAIL) - len(CLOSED)))
    if one is not None:
        shown = detail_parts(buffers.buffer_of(viewer(), one.get("product_id"), one.get("location_id")))
    return *shown, not due, not rows, told


@callback(
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_detail(_clicks: object) -> list[Any]:
    return []


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.rows, "selectedRows"),
    Output(Ids.changed, "data"),
    Input(Ids.order, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def order_selected(clicks: int | None, selected: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    rows = [row for row in selected_rows(selected) if _figure(row.get("order_quantity")) > 0]
    done = buffer_orders.order_due(viewer(), [{name: row.get(name) for name in SEEN} for row in rows])
    told = [_("%(count)s ordered. Draft orders:", count=number(done.count)), *order_links(done.orders)]
    return told, [], f"order {clicks}"


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Input(Ids.propose, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def propose_selected(clicks: int | None, selected: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 2
    count = buffer_orders.propose_policies(viewer(), only=_selected_ids(selected))
    told = _("Policies proposed: %(count)s. They change when they are approved. ", count=number(count))
    return [told, dcc.Link(_("Review them"), href=f"{REVIEW_PATH}?source=buffer")], []


@callback(
    Output(Ids.start, "disabled"),
    Output(Ids.candidates_selected, "children"),
    Input(Ids.candidates, "selectedRows"),
    prevent_initial_call=True,
)
def show_candidate_selection(selected: object) -> tuple[bool, str]:
    count = len(selected_rows(selected))
    return not count, _("%(count)s selected", count=number(count)) if count else ""


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.candidates, "selectedRows"),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.start, "n_clicks"),
    State(Ids.candidates, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def start_buffering(clicks: int | None, selected: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    count = buffers.start_buffering(viewer(), _selected_ids(selected))
    return _("Items buffered now: %(count)s.", count=number(count)), [], f"start {clicks}"


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.save, "n_clicks"),
    State(Ids.seen, "data"),
    *(State(getattr(Ids, name), "value") for name in FACTORS),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_factors(clicks: int | None, seen: object, *given: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * (len(DETAIL) + 2)
    product_id, location_id, version = _seen(seen)
    entered = dict(zip(FACTORS, given, strict=True))
    found = buffers.change_buffer(viewer(), product_id, location_id, version, entered)
    return *detail_parts(found), _("Saved."), f"save {found.row['id']} {found.row['version']}"


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.stop, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def stop_buffering(clicks: int | None, seen: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 3
    buffers.stop_buffering(viewer(), *_seen(seen))
    return _("The item is not buffered any more."), [], f"stop {clicks}"


def wanted_buffers(filters: object) -> BufferFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    wanted = {field.name: chosen(given.get(field.name)) for field in fields(BufferFilters)}
    return BufferFilters(**{**wanted, "zone": wanted["zone"] if wanted["zone"] in (DUE, *ZONES) else ""})


def zone_choices() -> list[tuple[str, str]]:
    return [(DUE, _("Order due")), *((str(zone), zone_name(zone)) for zone in ZONES)]


def buffer_row(row: dict[str, Any]) -> dict[str, Any]:
    """One item as the grid shows it."""
    names = (
        *("id", "product_id", "location_id", "code", "name", "location", "location_name", "plan_priority"),
        *("hand_priority", "order_quantity", "order_money", "net_flow", "on_hand", "qualified_demand", "top_of_red"),
        *("top_of_yellow", "top_of_green"),
    )
    return {
        **{name: row[name] for name in names},
        "zone_text": zone_text(row["zone"]),
        "tone": TONES[row["zone"]],
        "coming": row["on_order"] + row["in_draft"],
        "supplier": _("%(supplier)s · %(why)s", supplier=row["supplier"], why=row["blocked"])
        if row.get("blocked")
        else row["supplier"],
    }


def detail_parts(found: BufferDetail) -> tuple[Any, ...]:
    """One item, for DETAIL."""
    row = found.row
    return (
        *OPEN,
        {name: row[name] for name in ("product_id", "location_id", "version")},
        f"{row['code']} {row['name']}",
        f"{row['location']} · {row['location_name']}",
        buffer_bar(row),
        facts(_about(row)),
        order_list([(order["part"], _order_text(order, row["uom"])) for order in found.orders[:ORDERS_SHOWN]]),
        *(_entered(name, row[name]) for name in FACTORS),
    )


def _order_text(order: dict[str, Any], uom: str) -> str:
    return f"{day(order['due_on'])} · {order['number']} · {_quantity(order['quantity'], uom)}"


def _quantity(value: float | None, uom: str) -> str:
    return EMPTY if value is None else f"{shown_quantity(round(value, 2))} {uom}"


def _entered(name: str, value: float | None) -> float | None:
    return round(value * 100, 4) if name in SHARES and value is not None else value


def _about(row: dict[str, Any]) -> list[tuple[str, str]]:
    uom = row["uom"]
    own = _("its own factors") if row["version"] else _("by the rule of its class")
    return [
        (_("Buffered"), own),
        (_("Planning priority"), f"{percent(row['plan_priority'], decimals=2)} · {zone_text(row['zone'])}"),
        (_("Execution priority"), f"{percent(row['hand_priority'], decimals=2)} · {zone_text(row['hand_zone'])}"),
        (_("Order due"), _quantity(row["order_quantity"], uom)),
        (_("On order, in drafts"), f"{_quantity(row['on_order'], uom)}, {_quantity(row['in_draft'], uom)}"),
        (_("Demand that counts"), _quantity(row["qualified_demand"], uom)),
        (_("Usage a day"), _quantity(row["mean_daily_demand"], uom)),
        (_("Lead time"), _("%(days)s days", days=number(row["lead_time_days"], decimals=1))),
        (_("A spike from"), _("%(quantity)s a day", quantity=_quantity(row["spike_from"], uom))),
    ]


def totals_text(found: BufferPage) -> str:
    """How many there are, and what is due of them."""
    return " · ".join(
        [
            counted("1 item", "%(count)s items", found.total),
            counted(
                "1 order due for %(money)s",
                "%(count)s orders due for %(money)s",
                found.due,
                money=money(found.due_money),
            ),
        ]
    )


def selection_text(rows: list[dict[str, Any]], due: list[dict[str, Any]]) -> str:
    return _(
        "%(count)s selected, %(due)s with an order due: %(money)s",
        count=number(len(rows)),
        due=number(len(due)),
        money=money(sum(_figure(row.get("order_money")) for row in due)),
    )


def _figure(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _selected_ids(selected: object) -> list[str]:
    return [str(row.get("id")) for row in selected_rows(selected)]


def _seen(seen: object) -> tuple[object, object, object]:
    given = seen if isinstance(seen, dict) else {}
    return given.get("product_id"), given.get("location_id"), given.get("version")
