"""Supply › Capacity: hours wanted of each resource week by week, what they are wanted for, and levers to try."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from components.capacity_effect import effect_view, lever_list, lever_text
from components.figures.chart import Figure
from components.figures.stacked_parts import stacked_parts
from components.grid import selected_row
from core.errors import UserError
from core.guard import requires
from core.i18n import _, counted, day, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import capacity
from services.capacity import Lever, ResourceLoad, ResourceWeek

PATH = "/supply/capacity"
TIGHT, FULL = 0.85, 1.0
STACKED = 7
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(PageIds):
    load: str
    totals: str
    title: str
    note: str
    chart: str
    products: str
    cell: str
    levers: str
    kind: str
    hours: str
    weeks: str
    weeks_field: str
    to: str
    to_field: str
    effect: str
    seen: str
    apply: str
    outcome: str
    applied: str
    chosen: str
    back: str
    taking: str


CELL = (
    (Ids.title, "children"),
    (Ids.note, "children"),
    (Ids.products, "rowData"),
    (Ids.chart, "figure"),
    (Ids.cell, "data"),
    (Ids.hours, "value"),
    (Ids.to, "options"),
    (Ids.levers, "style"),
)
BOARD = (
    (Ids.load, "rowData"),
    (Ids.totals, "children"),
    (Ids.applied, "children"),
    (Ids.chosen, "options"),
    (Ids.chosen, "value"),
    (Ids.taking, "style"),
    (Ids.outcome, "children"),
)
FORM = (
    State(Ids.cell, "data"),
    State(Ids.kind, "value"),
    State(Ids.hours, "value"),
    State(Ids.weeks, "value"),
    State(Ids.products, "selectedRows"),
    State(Ids.to, "value"),
)


@callback(
    *(Output(*part) for part in CELL),
    Input(Ids.load, "cellClicked"),
    prevent_initial_call=True,
)
def show_products(clicked: object) -> tuple[Any, ...]:
    cell = clicked if isinstance(clicked, dict) else {}
    code, place = cell.get("rowId"), str(cell.get("colId", "")).removeprefix("w")
    if not place.isdecimal():
        return (no_update,) * len(CELL)
    return cell_parts(capacity.resource_week(viewer(), code, int(place[:4])))


@callback(
    Output(Ids.effect, "children"),
    Output(Ids.seen, "data"),
    Output(Ids.apply, "disabled"),
    Output(Ids.weeks_field, "style"),
    Output(Ids.to_field, "style"),
    Input(Ids.cell, "data"),
    Input(Ids.kind, "value"),
    Input(Ids.hours, "value"),
    Input(Ids.weeks, "value"),
    Input(Ids.products, "selectedRows"),
    Input(Ids.to, "value"),
    prevent_initial_call=True,
)
def preview_lever(*form: object) -> tuple[Any, ...]:
    lever = form_lever(*form)
    fields = (SHOWN if lever.kind == "shift" else HIDDEN, SHOWN if lever.kind == "alternate" else HIDDEN)
    if not isinstance(form[0], dict):
        return "", None, True, *fields
    try:
        effect = capacity.preview(viewer(), lever)
    except UserError as error:  # half a form is no mistake yet: it says what is missing
        return str(error), None, True, *fields
    return effect_view(effect), capacity.seen_load(effect), False, *fields


@callback(
    *(Output(*part) for part in BOARD),
    *(Output(*part, allow_duplicate=True) for part in CELL),
    Input(Ids.apply, "n_clicks"),
    *FORM,
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def apply_lever(_clicks: object, *form: object) -> tuple[Any, ...]:
    lever = form_lever(*form[:-1])
    capacity.apply(viewer(), lever, seen=form[-1])
    again = capacity.resource_week(viewer(), lever.resource, lever.week)
    return *board_parts(_("Applied. It stands in the list of levers and can be taken back.")), *cell_parts(again)


@callback(
    *(Output(*part, allow_duplicate=True) for part in BOARD),
    *(Output(*part, allow_duplicate=True) for part in CELL),
    Input(Ids.back, "n_clicks"),
    State(Ids.chosen, "value"),
    State(Ids.cell, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def take_lever_back(_clicks: object, chosen: object, cell: object) -> tuple[Any, ...]:
    lever_id, _dot, version = str(chosen).partition(".")
    numbers = [int(part) if part.isdecimal() and len(part) < 19 else 0 for part in (lever_id, version)]
    capacity.take_back(viewer(), *numbers)
    if not isinstance(cell, dict):
        return *board_parts(_("Taken back.")), *(no_update,) * len(CELL)
    again = capacity.resource_week(viewer(), cell.get("resource"), cell.get("week"))
    return *board_parts(_("Taken back.")), *cell_parts(again)


def form_lever(*form: object) -> Lever:
    """The lever of the form: cell, kind, hours, weeks, selected products, other resource."""
    cell, kind, hours, weeks, selected, to = form
    place = cell if isinstance(cell, dict) else {}
    item = selected_row(selected) or {}
    return Lever(
        kind=kind,
        resource=place.get("resource"),
        week=place.get("week"),
        hours=hours,
        weeks=weeks,
        item=item.get("id", ""),
        to=to,
    )


def cell_parts(found: ResourceWeek) -> tuple[Any, ...]:
    """The values of CELL for a week of a resource."""
    load, week = found.resource, found.week
    title = _("%(resource)s, week of %(week)s", resource=load.name, week=day(found.weeks[week]))
    note = _(
        "%(hours)s hours wanted for %(count)s products, %(available)s hours there.",
        hours=number(load.hours[week], decimals=1),
        count=len(found.rows),
        available=number(load.available[week], decimals=1),
    )
    over = max(load.hours[week] - load.available[week], 0.0)
    return (
        title,
        note,
        found.rows,
        week_chart(found),
        {"resource": load.code, "week": week},
        round(over, 1) or None,
        [{"value": code, "label": f"{code} {name}"} for code, name in found.others],
        SHOWN if viewer().may(Permission.INVENTORY_EDIT) else HIDDEN,
    )


def week_chart(found: ResourceWeek) -> Figure:
    """Hours stacked by product under the line of those there are; small products are put together."""
    parts = found.products[:STACKED]
    rest = found.products[STACKED:]
    if rest:
        sums = [sum(values) for values in zip(*(hours for _code, hours in rest), strict=True)]
        parts = [*parts, (counted("%(count)s other", "%(count)s others", len(rest)), sums)]
    shown = stacked_parts(
        found.weeks, parts, total=(_("Hours there"), found.resource.available), unit=_("hours a week")
    )
    shown["layout"]["shapes"] = [_marked_week(found.weeks[found.week])]
    return shown


def _marked_week(week: date) -> dict[str, Any]:
    line = {"color": "rgba(127,144,153,0.7)", "width": 1, "dash": "dot"}
    day_ = f"{week:%Y-%m-%d}"
    return {"type": "line", "x0": day_, "x1": day_, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def board_parts(told: str) -> tuple[Any, ...]:
    """The values of BOARD."""
    weeks, found = capacity.board(viewer())
    view, options, style = lever_parts()
    value = options[0]["value"] if options else None
    return load_rows(found), summary(found, weeks), view, options, value, style, told


def lever_parts() -> tuple[Component, list[dict[str, str]], dict[str, str]]:
    """The list of levers, those that can be taken back as options, and whether the form for that is shown."""
    found = capacity.levers(viewer())
    options = [
        {"value": f"{lever['id']}.{lever['version']}", "label": lever_text(lever)}
        for lever in found
        if lever["status"] == "active"
    ]
    shown = bool(options) and viewer().may(Permission.INVENTORY_EDIT)
    return lever_list(found), options, SHOWN if shown else HIDDEN


def load_columns(weeks: list[date]) -> list[dict[str, Any]]:
    """The resource in front, then a week a column: its load as a share of the hours there are, or that it is closed."""
    shown = (
        "params.value > -1 ? d3.format(',.0f')(params.value * 100) + ' %' : params.value == null ? '–' : params.value"
    )
    rules = {
        "load-free": f"params.value != null && params.value <= {TIGHT}",
        "load-tight": f"params.value > {TIGHT} && params.value <= {FULL}",
        "load-over": f"params.value > {FULL} || (params.value != null && !(params.value > -1))",
    }
    first = [
        {"field": "code", "headerName": _("Resource"), "pinned": "left", "minWidth": 95, "maxWidth": 110},
        {"field": "name", "headerName": _("Name"), "minWidth": 150, "tooltipField": "name"},
        {
            "field": "over",
            "headerName": _("Weeks over"),
            "type": "rightAligned",
            "cellClass": "figure",
            "minWidth": 115,
        },
    ]
    return first + [
        {
            "field": f"w{place}",
            "headerName": f"{week:%d %b}",
            "type": "rightAligned",
            "cellClass": "figure load",
            "cellDataType": False,
            "minWidth": 128,
            "sortable": False,
            "tooltipField": f"w{place}",
            "valueFormatter": {"function": shown},
            "cellClassRules": rules,
        }
        for place, week in enumerate(weeks)
    ]


def load_rows(found: list[ResourceLoad]) -> list[dict[str, Any]]:
    """A resource a row; a week without hours says so when work is wanted, else it is empty."""
    return [
        {
            "code": resource.code,
            "name": resource.name,
            "over": len(weeks_over(resource)),
            **{
                f"w{place}": _share(wanted, hours)
                for place, (wanted, hours) in enumerate(zip(resource.hours, resource.available, strict=True))
            },
        }
        for resource in found
    ]


def weeks_over(resource: ResourceLoad) -> list[int]:
    """The weeks in which more is wanted of a resource than there is."""
    return [
        week
        for week, (wanted, hours) in enumerate(zip(resource.hours, resource.available, strict=True))
        if wanted > hours
    ]


def summary(found: list[ResourceLoad], weeks: list[date]) -> str:
    """The load of all; a week in which several resources are over counts once."""
    over = [weeks_over(resource) for resource in found]
    hours = sum(sum(resource.hours) for resource in found)
    available = sum(sum(resource.available) for resource in found)
    return _(
        "%(resources)s resources over %(weeks)s weeks are loaded to %(share)s; %(short)s of them are over in some "
        "week, %(over)s of the weeks have a resource that is over.",
        resources=number(len(found)),
        weeks=number(len(weeks)),
        share=percent(hours / available if available else 0.0),
        short=number(sum(bool(places) for places in over)),
        over=number(len(set().union(*over)) if over else 0),
    )


def _share(wanted: float, hours: float) -> float | str | None:
    if hours > 0:
        return wanted / hours
    return _("closed: %(hours)s h", hours=number(wanted)) if wanted > 0 else None
