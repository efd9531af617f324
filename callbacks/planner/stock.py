"""Inventory › Stock: lots by place, one item with lots, movements and promises, corrections."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.expiry_texts import BUCKET_TONES, bucket_name
from components.forms import chosen
from components.grid import requested_page, selected_row
from components.stock_detail import lot_grid, movement_grid, promise_list, valuation_table
from core.guard import requires
from core.i18n import _, counted, day, moment, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import stock, stock_adjustments
from services.form_values import shown_quantity
from services.stock import ItemStock, StockFilters, StockPage
from services.stock_rules import reason_name

PATH = "/inventory/stock"
FILTERS = ("location", "category", "storage", "within", "search")
CLOSED = ("split", "panel detail stock-detail")
OPEN = ("split split-open", "panel detail detail-open stock-detail")
MOVEMENTS_SHOWN, MOST_PAGES = 50, 100_000
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
NEW_LOT = " new"
"""Chosen instead of a lot; no lot is called so, for names have no blanks around them."""


class Ids(PageIds):
    filters: str
    location: str
    category: str
    storage: str
    within: str
    search: str
    rows: str
    totals: str
    changed: str
    renewed: str
    outcome: str
    valuation: str
    valuation_rows: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    lots: str
    lot_rows: str
    movements: str
    movement_rows: str
    page: str
    newer: str
    older: str
    promises: str
    adjusting: str
    lot: str
    new_lot: str
    lot_name: str
    received_on: str
    expires_on: str
    quantity: str
    reason: str
    note: str
    adjust: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.lots, "children"),
    (Ids.movements, "children"),
    (Ids.page, "data"),
    (Ids.promises, "children"),
    (Ids.lot, "options"),
    (Ids.lot, "value"),
)

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_lots(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_stock(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: stock.lots(viewer(), wanted, start=start, end=end, sort=sort),
        lot_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.valuation, "children"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_valuation(_changed: object) -> Component:
    return valuation_part()


@callback(
    *(Output(*part) for part in DETAIL),
    Output(Ids.outcome, "children"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_item(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * (len(DETAIL) + 1)
    return *item_parts(row.get("product_id"), row.get("location_id"), lot=row.get("lot")), ""


@callback(
    Output(Ids.movements, "children", allow_duplicate=True),
    Output(Ids.page, "data", allow_duplicate=True),
    Input(Ids.newer, "n_clicks"),
    Input(Ids.older, "n_clicks"),
    State(Ids.page, "data"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def turn_page(_newer: object, _older: object, page: object, seen: object) -> tuple[Component, int]:
    wanted = page_number(page) + (1 if ctx.triggered_id == Ids.older else -1)
    product_id, location_id = item_of(seen)
    return movements_part(product_id, location_id, max(wanted, 0)), max(wanted, 0)


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_item(_clicks: object) -> tuple[str, str, list[Any]]:
    return *CLOSED, []


@callback(
    Output(Ids.new_lot, "style"),
    Output(Ids.quantity, "value", allow_duplicate=True),
    Input(Ids.lot, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_chosen_lot(lot: object, seen: object) -> tuple[dict[str, str], Any]:
    """What the books have stands in the field, to be corrected."""
    return (SHOWN if lot == NEW_LOT else HIDDEN), lots_seen(seen).get(str(lot))


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data"),
    Output(Ids.note, "value"),
    Output(Ids.lot_name, "value"),
    Input(Ids.adjust, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.lot, "value"),
    State(Ids.quantity, "value"),
    State(Ids.reason, "value"),
    State(Ids.note, "value"),
    State(Ids.lot_name, "value"),
    State(Ids.received_on, "value"),
    State(Ids.expires_on, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def adjust_lot(_clicks: object, seen: object, lot: object, quantity: object, *typed: object) -> tuple[Any, ...]:
    reason, note, name, received_on, expires_on = typed
    product_id, location_id = item_of(seen)
    about = {"quantity": quantity, "reason": reason, "note": note}
    if lot == NEW_LOT:
        days = {"received_on": received_on, "expires_on": expires_on}
        done = stock_adjustments.add_lot(viewer(), product_id, location_id, name, **about, **days)
        lot = name
    else:
        known = lots_seen(seen).get(str(lot))
        done = stock_adjustments.adjust(viewer(), product_id, location_id, lot, seen=known, **about)
    told = _("Corrected: ADJ-%(number)s.", number=done)
    return *item_parts(product_id, location_id, lot=lot), told, done, "", ""


def valuation_part() -> Component:
    """What the whole stock is worth."""
    found = stock.valuation(viewer())
    return valuation_table(
        Ids.valuation_rows,
        found.rows,
        categories=found.categories,
        expired=found.expired_value,
        without_cost=found.items_without_cost,
    )


def wanted_stock(filters: object) -> StockFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return StockFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def item_of(seen: object) -> tuple[object, object]:
    """Product and location that the browser remembers, unchecked."""
    given = seen if isinstance(seen, dict) else {}
    return given.get("product_id"), given.get("location_id")


def lots_seen(seen: object) -> dict[str, Any]:
    """The quantities of lots that were on the screen, unchecked."""
    lots = seen.get("lots") if isinstance(seen, dict) else None
    return lots if isinstance(lots, dict) else {}


def page_number(page: object) -> int:
    """The page of movements on the screen, whatever the browser says."""
    return page if isinstance(page, int) and not isinstance(page, bool) and 0 <= page <= MOST_PAGES else 0


def item_parts(product_id: object, location_id: object, *, lot: object) -> tuple[Any, ...]:
    """The values of DETAIL for one item, with a lot chosen."""
    found = stock.item(viewer(), product_id, location_id)
    named = found.item
    shown = {row["lot"]: row["quantity"] for row in found.lots}
    picked = lot if lot in shown else next(iter(shown), NEW_LOT)
    return (
        *OPEN,
        {"product_id": named["product_id"], "location_id": named["location_id"], "lots": shown},
        named["name"],
        f"{named['code']} · {named['location_name']}",
        lots_part(found),
        movements_part(named["product_id"], named["location_id"], 0),
        0,
        promise_list(found.promises, uom=named["uom"]),
        [*({"value": name, "label": name} for name in shown), {"value": NEW_LOT, "label": _("A new lot")}],
        picked,
    )


def lots_part(found: ItemStock) -> Component:
    """The lots of an item, those to be used first on top."""
    rows = [
        {
            "lot": row["lot"],
            "quantity": row["quantity"],
            "received": day(row["received_on"]),
            "expires": day(row["expires_on"]) if row["expires_on"] else _("never"),
            "days_left": row["days_left"],
            "tone": BUCKET_TONES[row["bucket"]],
        }
        for row in found.lots
    ]
    return lot_grid(Ids.lot_rows, rows)


def movements_part(product_id: object, location_id: object, page: int) -> Component:
    """A page of movements."""
    first = page * MOVEMENTS_SHOWN
    found = stock.movements(viewer(), product_id, location_id, start=first, end=first + MOVEMENTS_SHOWN)
    return movement_grid(Ids.movement_rows, [movement_row(row) for row in found.rows], first=first, total=found.total)


def lot_row(row: dict[str, Any]) -> dict[str, Any]:
    """One lot as the list shows it."""
    names = (
        "id", "product_id", "location_id", "lot", "code", "name", "location", "location_name", "quantity", "uom",
        "days_left", "value", "planned_quantity",
    )  # fmt: skip
    return {
        **{name: row[name] for name in names},
        "received_on": day(row["received_on"]),
        "expires_on": day(row["expires_on"]) if row["expires_on"] else _("never"),
        "state": _("no expiry") if row["expires_on"] is None else bucket_name(row["bucket"]),
        "tone": BUCKET_TONES[row["bucket"]],
    }


def movement_row(row: dict[str, Any]) -> dict[str, Any]:
    """One movement as the detail shows it; a correction tells who, what and why."""
    why = ""
    if row["reason"]:
        change = f"{shown_quantity(row['before'])} → {shown_quantity(row['after'])}"
        parts = (row["by"] or _("the operator"), moment(row["created_at"]), row["lot"], change)
        why = " · ".join([reason_name(row["reason"]), *([row["note"]] if row["note"] else []), *parts])
    names = ("reference", "quantity", "balance_after")
    return {"day": day(row["day"]), "kind": kind_name(row["kind"]), "why": why} | {name: row[name] for name in names}


def kind_name(kind: str) -> str:
    """What a movement is called."""
    return {
        "receipt": _("Receipt"),
        "issue": _("Issue"),
        "transfer": _("Transfer"),
        "production": _("Production"),
        "adjustment": _("Adjustment"),
    }[kind]


def totals_text(found: StockPage) -> str:
    """What the whole list is worth."""
    text = counted(
        "1 lot · %(value)s at cost · expired, not in it: %(expired)s",
        "%(count)s lots · %(value)s at cost · expired, not in it: %(expired)s",
        found.total,
        value=money(found.value),
        expired=money(found.expired_value),
    )
    if found.without_cost:
        text += counted(
            " · 1 lot has no cost and counts as 0", " · %(count)s lots have no cost and count as 0", found.without_cost
        )
    return text
