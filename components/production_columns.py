"""The columns of planned production and of production orders, and one order with its components and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.forms import facts, status
from components.grid import figure_column
from components.order_texts import days_to
from components.two_line_grid import marked, state_column, two_line_column
from core.i18n import EMPTY, _, day, moment, number, percent

BAR = 10
STATUS_TONES = {"planned": "quiet", "released": "warn", "running": "good", "done": "good", "cancelled": "quiet"}


def make_columns() -> list[dict[str, Any]]:
    """Of planned orders to release."""
    right = {"type": "rightAligned", "cellClass": "two-lines figure"}
    return [
        two_line_column("item", _("Item, place"), minWidth=170),
        two_line_column("resource", _("Resource"), minWidth=120, maxWidth=150),
        two_line_column("when", _("Begin"), minWidth=120, maxWidth=130, headerTooltip=_("Weeks of begin and end")),
        two_line_column(
            "order", _("Quantity"), minWidth=100, maxWidth=120, headerTooltip=_("With the hours it takes"), **right
        ),
        state_column("components", _("Components"), minWidth=230, sortable=False),
        two_line_column("why", _("In time"), minWidth=170, sortable=False),
    ]


def order_columns() -> list[dict[str, Any]]:
    """Of orders to the plant."""
    return [
        state_column("state", _("State"), minWidth=110, maxWidth=125, sortable=False),
        two_line_column("number", _("Order"), minWidth=130),
        two_line_column("code", _("Item, place"), minWidth=170),
        two_line_column("progress", _("Made"), minWidth=170, sortable=False),
        figure_column("quantity", _("Ordered"), minWidth=90, cellClass="two-lines figure"),
        two_line_column("starts_on", _("Begin"), minWidth=100, maxWidth=110),
        two_line_column("due_on", _("Due"), minWidth=120, maxWidth=140),
        two_line_column("resource", _("Resource"), minWidth=120),
    ]


def make_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A planned order as the grid shows it."""
    lacking, late = row["lacking"], row["late"]
    first, *more = [f"{part['code']}: {quantity_text(part['quantity'])} {part['uom']}" for part in lacking] or [""]
    components = f"{marked(_('%(part)s short', part=first), 'bad')}\n{' · '.join(more)}" if lacking else ""
    in_time = _("%(late)s %(uom)s late already", late=quantity_text(late), uom=row["uom"]) if late > 0 else _("in time")
    hours = _("%(hours)s h", hours=number(row["hours"], decimals=1))
    needed = _("wanted from %(week)s", week=day(row["short_week"])) if row["short_week"] else _("for safety stock")
    return {
        "id": row["id"],
        "quantity": row["quantity"],
        "hours": row["hours"],
        "item": f"{row['code']} {row['name']}\n{row['location']} · {row['location_name']}",
        "resource": f"{row['resource'] or EMPTY}\n{row['resource_name'] or _('no routing')}",
        "when": f"{day(row['release_week'])}\n→ {day(row['arrival_week'])}",
        "order": f"{quantity_text(row['quantity'])} {row['uom']}\n{hours}",
        "components": components or f"{marked(_('all there'), 'good')}\n",
        "why": f"{marked(in_time, 'bad' if late > 0 else 'good')}\n{needed}",
        "tone": "bad" if lacking else "good",
    }


def order_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """An order as the grid shows it."""
    return {
        "id": row["id"],
        "state": state_text(row),
        "tone": state_tone(row),
        "number": f"{row['number']}\n{_('for %(oem)s', oem=row['oem']) if row['oem'] else _('for stock')}",
        "code": f"{row['code']} {row['name']}\n{row['location']} · {row['location_name']}",
        "progress": f"{progress_bar(row)}\n{made_text(row)}",
        "quantity": row["quantity"],
        "starts_on": day(row["starts_on"]),
        "due_on": f"{day(row['due_on'])}\n{_left(row)}",
        "resource": f"{row['resource'] or EMPTY}\n{row['resource_name'] or ''}",
    }


def order_facts(order: Mapping[str, Any]) -> Component:
    """What the order is and how far."""
    shown = [
        (_("Item"), f"{order['code']} {order['name']}"),
        (_("Ordered"), f"{quantity_text(order['quantity'])} {order['uom']}"),
        (_("Made"), f"{made_text(order)} · {percent(_share(order), decimals=0)}"),
        (_("Scrap"), f"{quantity_text(order['scrap_quantity'])} {order['uom']}"),
        (_("Begin"), day(order["starts_on"])),
        (_("Due"), f"{day(order['due_on'])} · {_left(order)}"),
        (_("Finished"), day(order["finished_on"])),
        (_("Resource"), order["resource_name"] or EMPTY),
        (_("For"), order["oem"] or _("stock")),
    ]
    return html.Div([status(state_name(order), state_tone(order)), facts(shown)])


def component_list(order: Mapping[str, Any], components: Sequence[Mapping[str, Any]]) -> Component:
    """What the order takes, or took."""
    if not components:
        nothing = (
            _("No recipe holds today: nothing is taken.") if _to_come(order) else _("Nothing is known to be taken.")
        )
        return html.P(nothing, className="note")
    return html.Ul([html.Li(_component(part)) for part in components], className="production-parts")


def order_history(lines: Sequence[Mapping[str, Any]]) -> Component:
    """Who did what and when, the latest first."""
    return html.Ul([html.Li(_line(line)) for line in lines], className="production-parts note")


def progress_bar(order: Mapping[str, Any]) -> str:
    """How far, as a bar of signs with its figure."""
    filled = min(int(_share(order) * BAR), BAR)
    return f"{'█' * filled}{'░' * (BAR - filled)} {percent(_share(order), decimals=0)}"


def made_text(order: Mapping[str, Any]) -> str:
    """Made of ordered."""
    return _(
        "%(made)s of %(quantity)s %(uom)s",
        made=quantity_text(order["made_quantity"]),
        quantity=quantity_text(order["quantity"]),
        uom=order["uom"],
    )


def state_name(order: Mapping[str, Any]) -> str:
    """The state in words; an open order past its due day is late."""
    name = status_name(order)
    return _("%(state)s, late", state=name) if order["late"] else name


def status_name(order: Mapping[str, Any]) -> str:
    """How far an order is."""
    names = {
        "planned": _("Planned"),
        "released": _("Released"),
        "running": _("Running"),
        "done": _("Done"),
        "cancelled": _("Called off"),
    }
    return names[order["status"]]


def state_tone(order: Mapping[str, Any]) -> str:
    return "bad" if order["late"] else STATUS_TONES[order["status"]]


def state_text(order: Mapping[str, Any]) -> str:
    """Mark and words, for a cell of a grid."""
    return f"{marked(status_name(order), state_tone(order))}\n{_('late') if order['late'] else ''}"


def quantity_text(quantity: Any) -> str:
    """Whole units where they are, else one decimal."""
    value = round(float(quantity), 1)
    return number(value, decimals=0 if value.is_integer() else 1)


def _share(order: Mapping[str, Any]) -> float:
    return float(order["made_quantity"]) / float(order["quantity"]) if order["quantity"] else 0.0


def _left(order: Mapping[str, Any]) -> str:
    if order["status"] == "done":
        return _("finished %(day)s", day=day(order["finished_on"]))
    return "" if order["status"] == "cancelled" else days_to(order["days_left"])


def _to_come(order: Mapping[str, Any]) -> bool:
    return order["status"] in ("planned", "released")


def _component(part: Mapping[str, Any]) -> list[Any]:
    if "lot" in part:
        said = _(
            "%(taken)s %(uom)s of lot %(lot)s", taken=quantity_text(part["taken"]), uom=part["uom"], lot=part["lot"]
        )
        return [f"{part['code']} {part['name']}: {said}"]
    said = _(
        "%(needed)s %(uom)s needed, %(there)s there",
        needed=quantity_text(part["needed"]),
        uom=part["uom"],
        there=quantity_text(part["there"]),
    )
    mark = status(_("lacks %(short)s", short=quantity_text(part["short"])), "bad") if part["short"] else None
    return [f"{part['code']} {part['name']}: {said} ", mark]


def _line(line: Mapping[str, Any]) -> str:
    steps = {
        "accept": _("accepted it from the plan"),
        "pre_build": _("planned it ahead"),
        "release": _("released it"),
        "start": _("started it"),
        "report": _("reported what was made"),
        "finish": _("finished it"),
        "cancel": _("called it off"),
    }
    verb = str(line["action"]).rpartition(".")[2]
    said = f"{moment(line['at'])} · {line['who']} {steps.get(verb, verb)}"
    return f"{said}: {line['reason']}" if line["reason"] else said
