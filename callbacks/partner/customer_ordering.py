"""A customer puts an order together: basket, dates that can be promised, what is held, and the order itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, html, no_update, set_props
from dash.development.base_component import Component

from components.forms import NOTHING, chosen, status
from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day, moment, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import customer_catalogue, customer_ordering, order_templates
from services.customer_catalogue import MOST_LINES, BasketLine
from services.customer_ordering import Checked, Hold
from services.customer_promises import Choice
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
    return with_lines(basket, order_templates.basket_of_template(viewer(), chosen(template)))


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
    Input(Ids.hold, "n_clicks"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def hold_lines(_clicks: object, basket: object) -> tuple[list[Component], bool]:
    lines, key = lines_of(basket), key_of(basket)
    left = customer_ordering.hold(viewer(), lines, [line.get("take") for line in lines], key=key)
    if left:
        codes = ", ".join(line.product.code for line in left)
        told = _("Nothing can be promised of %(codes)s within our plan. It is not part of the order.", codes=codes)
        set_props(Shell.toasts, {"children": [toast(told)]})
    found = customer_ordering.holds(viewer(), key=key)
    return held_lines(found), not found


@callback(
    Output(Ids.held, "children", allow_duplicate=True),
    Output(Ids.ordering, "hidden", allow_duplicate=True),
    Input(Ids.release, "n_clicks"),
    State(Ids.basket, "data"),
    prevent_initial_call=True,
)
def release_lines(_clicks: object, basket: object) -> tuple[list[Component], bool]:
    customer_ordering.release(viewer(), key=key_of(basket))
    return held_lines([]), True


@callback(
    Output(Ids.sent, "children"),
    Output(Ids.basket, "data", allow_duplicate=True),
    Output(Ids.held, "children", allow_duplicate=True),
    Output(Ids.ordering, "hidden", allow_duplicate=True),
    Output(Ids.note, "value"),
    Output(Ids.reference, "value"),
    Output(Ids.orders, "rowData"),
    Input(Ids.order, "n_clicks"),
    State(Ids.basket, "data"),
    State(Ids.note, "value"),
    State(Ids.reference, "value"),
    prevent_initial_call=True,
)
def place_order(_clicks: object, basket: object, note: object, reference: object) -> tuple[Any, ...]:
    customer_ordering.place(viewer(), key=key_of(basket), note=note, reference=reference)
    told = [status(_("Your order is with us."), "good"), " ", _("What is held stays held until we answer.")]
    return told, empty_basket(), held_lines([]), True, "", "", sent_rows()


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


def sent_rows() -> list[dict[str, Any]]:
    """What was ordered here, as grid rows of two text lines each."""
    states = {
        "pending": (_("With us"), "quiet"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Not accepted"), "bad"),
        "withdrawn": (_("Taken back"), "quiet"),
        "superseded": (_("Replaced"), "quiet"),
    }
    return [
        {
            "id": each.id,
            "status": each.status,
            "order": f"{each.reference or _('without a number')}\n{each.asked_by}, {moment(each.created_at)}",
            "lines": counted("%(count)s line", "%(count)s lines", each.lines)
            + "\n"
            + _("first for %(day)s", day=each.first_on or EMPTY),
            "state": marked(*states[each.status]) + (f"\n{each.decision_note}" if each.decision_note else ""),
            "tone": states[each.status][1],
        }
        for each in customer_ordering.sent_orders(viewer())
    ]


def empty_basket() -> dict[str, Any]:
    """A basket of a new order."""
    return {"key": customer_ordering.new_key(), "lines": []}


def with_lines(basket: object, more: Sequence[BasketLine]) -> dict[str, Any]:
    """A basket with more lines; of those that were checked, the answer is not known any more."""
    kept = [{**line, "ways": None, "take": None} for line in lines_of(basket)]
    used = max((line["id"] for line in kept if isinstance(line.get("id"), int)), default=0)
    added = [_written(line, used + place) for place, line in enumerate(more, start=1)]
    return {"key": key_of(basket), "lines": [*kept, *added][:MOST_LINES]}


def lines_of(basket: object) -> list[dict[str, Any]]:
    """The lines that the browser holds; the services check them."""
    lines = basket.get("lines") if isinstance(basket, dict) else None
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def key_of(basket: object) -> object:
    return basket.get("key") if isinstance(basket, dict) else None


def chosen_line(selected: object, basket: object) -> dict[str, Any] | None:
    """The line of the basket whose row is selected."""
    row = selected_row(selected)
    return None if row is None else next((line for line in lines_of(basket) if line.get("id") == row.get("id")), None)


def basket_rows(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The basket as grid rows of two text lines each."""
    return [
        {
            "id": line.get("id"),
            "item": line.get("title", ""),
            "wanted": line.get("terms", ""),
            "value": line.get("price", ""),
            **_promise(line),
        }
        for line in lines
    ]


def basket_length(lines: Sequence[dict[str, Any]]) -> str:
    """How many lines, and what they come to as far as prices are known."""
    values = [line.get("value") for line in lines]
    total = sum(value for value in values if isinstance(value, int | float))
    open_ = sum(value is None for value in values)
    told = counted("%(count)s line", "%(count)s lines", len(lines)) + f" · {money(total, decimals=2)}"
    return told + (" · " + counted("%(count)s without a price", "%(count)s without a price", open_) if open_ else "")


def with_ways(line: dict[str, Any], checked: Checked) -> dict[str, Any]:
    """A line of the basket with what can be promised of it."""
    ways = [
        {"value": way.key, "label": way_text(way), "short": _short(way), "tone": _tone(way, checked)}
        for way in checked.choices
    ]
    known = {way["value"] for way in ways}
    take = line.get("take") if line.get("take") in known else ways[0]["value"] if ways else None
    return {**line, "ways": ways, "take": take}


def way_text(way: Choice) -> str:
    """A way to get a line, in words."""
    terms = ", ".join(f"{shown_quantity(term.quantity)} {way.uom} · {day(term.day)}" for term in way.terms)
    names = {
        "whole": _("All at once: %(terms)s", terms=terms),
        "parts": _("In parts: %(terms)s", terms=terms),
        "elsewhere": _("From %(place)s: %(terms)s", place=way.location, terms=terms),
        "instead": _("%(code)s %(name)s instead: %(terms)s", code=way.code, name=way.name, terms=terms),
    }
    price = "" if way.price is None else f" · {money(way.price, decimals=2)} / {way.uom}"
    return names[way.kind] + price


def held_lines(found: Sequence[Hold]) -> list[Component]:
    """What is held, and how long still."""
    if not found:
        return [html.P(_("Nothing is held. Check the dates, then hold them while you decide."), className="note")]
    until = found[0].expires_at.isoformat()
    left = _("Held for %(minutes)s more minutes", minutes=found[0].minutes_left)
    over = {
        "data-until": until,
        "data-left": _("Held for %s more minutes"),
        "data-over": _("No longer held: check again"),
    }
    return [
        html.P(left, className="countdown", role="timer", **over),
        html.Ul(
            [
                html.Li(
                    [
                        html.Strong(f"{hold.code} {hold.name}"),
                        html.Span(
                            f"{shown_quantity(hold.quantity)} {hold.uom} · {day(hold.promised_on)} · {hold.location}"
                        ),
                    ]
                )
                for hold in found
            ],
            className="held-lines",
        ),
    ]


def template_options() -> list[dict[str, str]]:
    """Templates for a select."""
    found = order_templates.templates(viewer())
    return [
        {"value": NOTHING, "label": _("Choose a template")},
        *(
            {
                "value": str(each.id),
                "label": f"{each.name} ({counted('%(count)s line', '%(count)s lines', each.lines)})",
            }
            for each in found
        ),
    ]


def nothing_chosen() -> str:
    """What the detail says before a line is chosen."""
    return _("Choose a line to see when you can have it, or to remove it.")


def no_way() -> str:
    """What the detail says of a line that nothing can be promised of."""
    return _("Nothing can be promised within our plan. Ask for less or a later day, or write us a message.")


def _written(line: BasketLine, number: int) -> dict[str, Any]:
    product = line.product
    pack = "" if line.unit == product.uom else f" = {shown_quantity(line.quantity)} {product.uom}"
    price = EMPTY if product.price is None else f"{money(product.price, decimals=2)} / {product.uom}"
    return {
        "id": number,
        "product_id": product.id,
        "count": str(line.count),
        "unit": line.unit,
        "wanted_on": line.wanted_on.isoformat(),
        "title": f"{product.code}\n{product.name}",
        "terms": f"{shown_quantity(line.count)} {line.unit}{pack}\n{day(line.wanted_on)}",
        "price": f"{money(line.value, decimals=2)}\n{price}",
        "value": None if line.value is None else float(line.value),
        "ways": None,
        "take": None,
    }


def _promise(line: dict[str, Any]) -> dict[str, str]:
    ways = line.get("ways")
    if not isinstance(ways, list):
        return {"promise": _("not checked"), "tone": "quiet"}
    taken = next((way for way in ways if isinstance(way, dict) and way.get("value") == line.get("take")), None)
    if taken is None:
        return {"promise": marked(_("Not possible"), "bad"), "tone": "bad"}
    tone = taken.get("tone") if taken.get("tone") in ("good", "warn", "bad", "quiet") else "quiet"
    return {"promise": marked(str(taken.get("short", "")), str(tone)), "tone": str(tone)}


def _short(way: Choice) -> str:
    names = {
        "whole": _("all at once"),
        "parts": counted("in %(count)s part", "in %(count)s parts", len(way.terms)),
        "elsewhere": way.location,
        "instead": way.code,
    }
    return f"{day(way.terms[-1].day)}\n{names[way.kind]}"


def _tone(way: Choice, checked: Checked) -> str:
    if way.quantity < float(checked.line.quantity):
        return "bad"
    return "good" if way.on_time(checked.line) else "warn"
