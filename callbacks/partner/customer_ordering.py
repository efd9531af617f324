"""A customer puts an order together: basket, dates that can be promised, what is held, and the order itself."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update, set_props
from dash.development.base_component import Component

from callbacks.order_basket import (
    basket_length,
    basket_rows,
    chosen_line,
    empty_basket,
    key_of,
    lines_of,
    with_lines,
    with_ways,
)
from callbacks.ordering_views import held_lines, no_way, nothing_chosen, sent_rows, template_options
from components.forms import NOTHING, chosen, status
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from core.i18n import _, counted
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import customer_catalogue, customer_ordering, order_templates
from services.form_values import chosen_id, shown_quantity

PATH = "/portal/customer/new-order"
CLOSED, OPENED = "panel detail", "panel detail detail-open"


class Ids(PageIds):
    basket: str
    product: str
    count: str
    unit: str
    wanted: str
    add: str
    pasted: str
    paste: str
    template: str
    load: str
    forget: str
    name: str
    keep: str
    lines: str
    total: str
    check: str
    hold: str
    detail: str
    close: str
    title: str
    ways: str
    about: str
    remove: str
    kept: str
    held: str
    release: str
    reference: str
    note: str
    order: str
    sent: str
    ordering: str
    orders: str
    back: str


@callback(
    Output(Ids.unit, "options"),
    Output(Ids.unit, "value"),
    Output(Ids.count, "value"),
    Input(Ids.product, "value"),
    prevent_initial_call=True,
)
def show_units(product: object) -> tuple[list[dict[str, str]], str, float | None]:
    wanted = chosen_id(chosen(product))
    found = next((each for each in customer_catalogue.catalogue(viewer()) if each.id == wanted), None)
    if found is None:
        return [], "", None
    options = [
        {"value": unit, "label": unit if size == 1 else f"{unit} ({shown_quantity(size)} {found.uom})"}
        for unit, size in found.packs.items()
    ]
    return options, found.uom, None if found.usual_quantity is None else float(found.usual_quantity)


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Input(Ids.add, "n_clicks"),
    State(Ids.product, "value"),
    State(Ids.count, "value"),
    State(Ids.unit, "value"),
    State(Ids.wanted, "value"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def add_line(
    _clicks: object, product: object, count: object, unit: object, wanted: object, basket: object
) -> dict[str, Any]:
    line = customer_catalogue.line_of(
        viewer(), product_id=chosen_id(chosen(product)), count=count, unit=unit or None, wanted_on=wanted
    )
    return with_lines(basket, [line])


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Output(Ids.pasted, "value"),
    Input(Ids.paste, "n_clicks"),
    State(Ids.pasted, "value"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def paste_lines(_clicks: object, content: object, basket: object) -> tuple[dict[str, Any], str]:
    return with_lines(basket, customer_catalogue.pasted(viewer(), content)), ""


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Input(Ids.load, "n_clicks"),
    State(Ids.template, "value"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def load_template(_clicks: object, template: object, basket: object) -> dict[str, Any]:
    more = order_templates.basket_of_template(viewer(), chosen(template))
    told = counted("%(count)s line is in the basket.", "%(count)s lines are in the basket.", len(more))
    set_props(Shell.toasts, {"children": [toast(told)]})
    return with_lines(basket, more)


@callback(
    Output(Ids.template, "options", allow_duplicate=True),
    Output(Ids.template, "value", allow_duplicate=True),
    Output(Ids.name, "value"),
    Input(Ids.keep, "n_clicks"),
    State(Ids.name, "value"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def keep_template(_clicks: object, name: object, basket: object) -> tuple[list[dict[str, str]], str, str]:
    kept = order_templates.save(viewer(), name, lines_of(basket))
    set_props(Shell.toasts, {"children": [toast(_("Kept as a template for you and your colleagues."))]})
    return template_options(), str(kept), ""


@callback(
    Output(Ids.template, "options", allow_duplicate=True),
    Output(Ids.template, "value", allow_duplicate=True),
    Input(Ids.forget, "n_clicks"),
    State(Ids.template, "value"),
    prevent_initial_call=True,
)
def forget_template(_clicks: object, template: object) -> tuple[list[dict[str, str]], str]:
    order_templates.remove(viewer(), chosen(template))
    set_props(Shell.toasts, {"children": [toast(_("The template is removed."))]})
    return template_options(), NOTHING


@callback(
    Output(Ids.lines, "rowData"),
    Output(Ids.total, "children"),
    Output(Ids.check, "disabled"),
    Output(Ids.hold, "disabled"),
    Input(Ids.basket, "data"),
    prevent_initial_call=True,
)
def show_basket(basket: object) -> tuple[list[dict[str, Any]], str, bool, bool]:
    lines = lines_of(basket)
    checked = bool(lines) and all(isinstance(line.get("ways"), list) for line in lines)
    may = viewer().permissions
    return (
        basket_rows(lines),
        basket_length(lines),
        not lines or Permission.PORTAL_ANSWER not in may,
        not checked or Permission.PORTAL_COMMIT not in may,
    )


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Input(Ids.check, "n_clicks"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def check_dates(_clicks: object, basket: object) -> dict[str, Any]:
    found = customer_ordering.check(viewer(), lines_of(basket), key=key_of(basket))
    lines = [with_ways(line, checked) for line, checked in zip(lines_of(basket), found, strict=True)]
    return {"key": key_of(basket), "lines": lines}


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.ways, "options"),
    Output(Ids.ways, "value"),
    Output(Ids.remove, "disabled"),
    Input(Ids.lines, "selectedRows"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def show_line(selected: object, basket: object) -> tuple[Any, ...]:
    line = chosen_line(selected, basket)
    if line is None:
        return CLOSED, _("Line"), nothing_chosen(), [], None, True
    ways = line.get("ways")
    told = _("Check the dates to see when you can have it.") if ways is None else "" if ways else no_way()
    options = [way for way in ways if isinstance(way, dict) and "value" in way] if isinstance(ways, list) else []
    return OPENED, str(line.get("title", "")), told, options, line.get("take"), False


@callback(Output(Ids.lines, "selectedRows"), Input(Ids.close, "n_clicks"), prevent_initial_call=True)
def close_line(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Input(Ids.ways, "value"),
    State(Ids.lines, "selectedRows"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def take_way(way: object, selected: object, basket: object) -> Any:
    line = chosen_line(selected, basket)
    if line is None or way is None or line.get("take") == way:
        return no_update
    taken = [{**each, "take": way} if each.get("id") == line.get("id") else each for each in lines_of(basket)]
    return {"key": key_of(basket), "lines": taken}


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Output(Ids.lines, "selectedRows", allow_duplicate=True),
    Input(Ids.remove, "n_clicks"),
    State(Ids.lines, "selectedRows"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def remove_line(_clicks: object, selected: object, basket: object) -> tuple[dict[str, Any], list[object]]:
    row = selected_row(selected) or {}
    left = [line for line in lines_of(basket) if line.get("id") != row.get("id")]
    return {"key": key_of(basket), "lines": left}, []


@callback(
    Output(Ids.held, "children"),
    Output(Ids.ordering, "hidden"),
    Output(Ids.kept, "data"),
    Input(Ids.hold, "n_clicks"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def hold_lines(_clicks: object, basket: object) -> tuple[list[Component], bool, object]:
    lines, key = lines_of(basket), key_of(basket)
    left = customer_ordering.hold(viewer(), lines, [line.get("take") for line in lines], key=key)
    if left:
        codes = ", ".join(line.product.code for line in left)
        told = _("Nothing can be promised of %(codes)s within our plan. It is not part of the order.", codes=codes)
        set_props(Shell.toasts, {"children": [toast(told)]})
    found = customer_ordering.holds(viewer(), key=key)
    return held_lines(found), not found, key if found else None


@callback(
    Output(Ids.basket, "data", allow_duplicate=True),
    Output(Ids.held, "children", allow_duplicate=True),
    Output(Ids.ordering, "hidden", allow_duplicate=True),
    Input(Ids.kept, "modified_timestamp"),
    State(Ids.kept, "data"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def resume_hold(_at: object, kept: object, basket: object) -> tuple[Any, ...]:
    """What is held is found again after the page was opened anew in the same tab of the browser."""
    found = customer_ordering.holds(viewer(), key=kept) if kept and kept != key_of(basket) else []
    if not found:
        return no_update, no_update, no_update
    return {"key": kept, "lines": lines_of(basket)}, held_lines(found), False


@callback(
    Output(Ids.held, "children", allow_duplicate=True),
    Output(Ids.ordering, "hidden", allow_duplicate=True),
    Output(Ids.kept, "data", allow_duplicate=True),
    Input(Ids.release, "n_clicks"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def release_lines(_clicks: object, basket: object) -> tuple[list[Component], bool, None]:
    customer_ordering.release(viewer(), key=key_of(basket))
    return held_lines([]), True, None


@callback(
    Output(Ids.sent, "children"),
    Output(Ids.basket, "data", allow_duplicate=True),
    Output(Ids.held, "children", allow_duplicate=True),
    Output(Ids.ordering, "hidden", allow_duplicate=True),
    Output(Ids.note, "value"),
    Output(Ids.reference, "value"),
    Output(Ids.orders, "rowData"),
    Output(Ids.kept, "data", allow_duplicate=True),
    Input(Ids.order, "n_clicks"),
    State(Ids.basket, "data"),
    State(Ids.note, "value"),
    State(Ids.reference, "value"),
    prevent_initial_call=True,
)
def place_order(_clicks: object, basket: object, note: object, reference: object) -> tuple[Any, ...]:
    customer_ordering.place(viewer(), key=key_of(basket), note=note, reference=reference)
    told = [status(_("Your order is with us."), "good"), " ", _("What is held stays held until we answer.")]
    return told, empty_basket(), held_lines([]), True, "", "", sent_rows(), None


@callback(
    Output(Ids.back, "disabled"),
    Input(Ids.orders, "selectedRows"),
    prevent_initial_call=True,
)
def offer_taking_back(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or row.get("status") != "pending" or not viewer().may(Permission.PORTAL_COMMIT)


@callback(
    Output(Ids.orders, "rowData", allow_duplicate=True),
    Output(Ids.orders, "selectedRows"),
    Input(Ids.back, "n_clicks"),
    State(Ids.orders, "selectedRows"),
    prevent_initial_call=True,
)
def take_back(_clicks: object, selected: object) -> tuple[list[dict[str, Any]], list[object]]:
    customer_ordering.take_back(viewer(), (selected_row(selected) or {}).get("id"))
    set_props(Shell.toasts, {"children": [toast(_("Taken back. What was held for it is free again."))]})
    return sent_rows(), []
