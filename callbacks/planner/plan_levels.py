"""Supply › Demand and supply: the plan added up at any level, week by week or month by month."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, no_update

from components.figures.chart import Figure
from components.figures.projected_stock import projected_stock
from components.forms import NOTHING, chosen
from components.grid import requested_rows, selected_row
from components.what_if_bar import opened_scenario
from core.i18n import _, counted, number
from core.identity import viewer
from core.ids import PageIds
from services import plan_levels
from services.plan_levels import BELOW, MEASURES, MONTH, SCOPE, UNITS, Levels, LevelView

PATH = "/supply/levels"
VIEW = ("by", "bucket", "shown", *SCOPE)


class Ids(PageIds):
    view: str
    scenario: str
    go: str
    by: str
    bucket: str
    shown: str
    location: str
    kind: str
    plan: str
    as_of: str
    as_of_rows: str
    rows: str
    totals: str
    chart: str
    chart_title: str


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.view, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_levels(request: object, view: object, scenario: object) -> dict[str, Any]:
    start, count = requested_rows(request)
    found = plan_levels.levels(viewer(), wanted_view(view), scenario=opened_scenario(scenario))
    page = plan_levels.level_rows(found, start=start, end=start + count)
    return {"rowData": [level_row(row) for row in page.rows], "rowCount": page.total}


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.chart_title, "children"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.view, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_group(selected: object, view: object, scenario: object) -> tuple[Figure, str]:
    row = selected_row(selected)
    found = plan_levels.levels(viewer(), wanted_view(view), scenario=opened_scenario(scenario))
    key = row.get("key") if row else None
    at = found.keys.index(key) if isinstance(key, str) and key in found.keys else None
    return level_figure(found, at), everything_text(found) if at is None else found.names[at]


@callback(
    Output(Ids.go, "href"),
    Input(Ids.rows, "cellClicked"),
    State(Ids.view, "data"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def open_group(clicked: object, view: object, scenario: object) -> Any:
    """The name of a group opens the level below it."""
    if not isinstance(clicked, dict) or clicked.get("colId") != "group" or not isinstance(clicked.get("rowId"), str):
        return no_update
    wanted, opened = wanted_view(view), opened_scenario(scenario)
    place = clicked["rowId"]
    found = plan_levels.levels(viewer(), wanted, scenario=opened)
    if not place.isdecimal() or int(place[:9]) >= len(found.keys) * plan_levels.PER_GROUP:
        return no_update
    return below_href(found, int(place[:9]), opened)


def wanted_view(asked: object) -> LevelView:
    """What is asked for, from the page's own store or its address."""
    given = asked if isinstance(asked, dict) else {}
    return plan_levels.level_view({name: chosen(given.get(name)) for name in VIEW})


def view_href(view: LevelView, scenario: int | None) -> str:
    """The address of a view."""
    asked = {name: value for name, value in asdict(view).items() if value}
    return f"{PATH}?{urlencode({**asked, **({'scenario': str(scenario)} if scenario else {})})}"


def below_href(found: Levels, place: int, scenario: int | None) -> str:
    """Where a row of the grid leads: the level below, of an item the supply plan."""
    group = int(found.order[place // plan_levels.PER_GROUP])
    key, by = found.keys[group], found.view.by
    if by == "item":
        code, _dot, location = key.partition(" · ")
        asked = {"search": code, "location": location, **({"scenario": str(scenario)} if scenario else {})}
        return f"/supply/plan?{urlencode(asked)}"
    scope = {} if by == "all" else {by: key}
    return view_href(replace(found.view, by=next_level(found.view, by), **scope), scenario)


def next_level(view: LevelView, by: str) -> str:
    """The level below that the view is not narrowed to already."""
    below = BELOW[by]
    while below != "item" and getattr(view, below):
        below = BELOW[below]
    return below


def level_names() -> dict[str, str]:
    return {
        "all": _("Everything"),
        "category": _("Category"),
        "family": _("Family"),
        "product": _("Item"),
        "item": _("Item and place"),
        "location": _("Place"),
        "kind": _("Kind"),
        "supplier": _("Supplier"),
    }


def measure_names() -> dict[str, str]:
    return {
        "start": _("Stock at the start"),
        "independent": _("Customers' demand"),
        "dependent": _("Used or moved on"),
        "firm": _("Firm receipts"),
        "planned": _("Planned receipts"),
        "waste": _("Expires"),
        "end": _("Stock at the end"),
        "safety": _("Safety stock"),
        "owed": _("Owed, served late"),
        "cover": _("Days of cover"),
    }


def level_columns(buckets: list[date], view: LevelView) -> list[dict[str, Any]]:
    """Group and measure in front, then a column a bucket; the current one is outlined."""
    shown = "params.value == null ? '–' : d3.format(',.0f')(params.value)"
    rules = {
        "level-now": "params.colDef.field == 'b0'",
        "tone-bad": "params.data && params.value != null && "
        "((params.data.code == 'owed' && params.value > 0) || (params.data.code == 'end' && params.value < 0))",
    }
    first = [
        {
            "field": "group",
            "headerName": level_names().get(view.by, _("Group")),
            "pinned": "left",
            "minWidth": 96,
            "width": 150,
            "sortable": False,
            "cellClass": "level-name",
            "tooltipField": "name",
        },
        {
            "field": "measure",
            "headerName": _("Measure"),
            "pinned": "left",
            "minWidth": 140,
            "width": 176,
            "sortable": False,
            "tooltipField": "measure",
        },
    ]
    return first + [
        {
            "field": f"b{at}",
            "headerName": f"{bucket:%b %Y}" if view.bucket == MONTH else f"{bucket:%d %b}",
            "type": "rightAligned",
            "cellClass": "figure",
            "headerClass": "level-now" if not at else "",
            "minWidth": 98,
            "sortable": False,
            "valueFormatter": {"function": shown},
            "cellClassRules": rules,
        }
        for at, bucket in enumerate(buckets)
    ]


def level_row(row: dict[str, Any]) -> dict[str, Any]:
    """One measure of a group; the group's name stands on its first row, its unit on the second."""
    place = MEASURES.index(row["measure"])
    beside = {0: row["group"], 1: row["unit"] or _("several units")}
    return {
        **{name: value for name, value in row.items() if name not in ("group", "item", "unit")},
        "name": row["group"],
        "group": beside.get(place, ""),
        "code": row["measure"],
        "measure": measure_names()[row["measure"]],
    }


def level_figure(found: Levels, at: int | None) -> Figure:
    """Receipts, demand, stock and safety stock of a group, or of all together."""
    if at is None:
        lines, unit = plan_levels.totals(found), shared_unit(found)
    else:
        lines = {name: [value or 0.0 for value in values] for name, values in found.group(at).items()}
        unit = found.units[at]
    return projected_stock(found.buckets, {**lines, "stock": lines["end"]}, tried=None, unit=unit)


def shared_unit(found: Levels) -> str:
    units = set(found.units)
    return units.pop() if len(units) == 1 else ""


def everything_text(found: Levels) -> str:
    if found.view.shown == UNITS and len(set(found.units)) > 1:
        return _("All groups together, in units of any kind: choose a group, or money")
    return _("All groups together")


def totals_text(found: Levels) -> str:
    """How many groups there are and how many owe something at some time."""
    owing = int((found.figures["owed"] > 0).any(axis=1).sum())
    return _(
        "%(groups)s · %(owing)s served late at some time · a click on a name opens what it is made of",
        groups=counted("%(count)s group", "%(count)s groups", len(found.keys)),
        owing=number(owing),
    )


def choice_of(value: str) -> str:
    return value or NOTHING
