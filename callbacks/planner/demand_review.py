"""Demand › Review: the demand plan at any level, in trees, a chart and a grid that can be typed into."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, html

from components.demand_review_columns import review_columns
from components.demand_review_texts import level_names, measure_names
from components.figures.chart import Figure
from components.figures.demand_layers import demand_layers
from components.forms import chosen
from components.grid import requested_rows, selected_row
from core.i18n import _, counted
from core.identity import viewer
from core.ids import PageIds
from services import demand_review, demand_review_lines, demand_review_rows, demand_trees
from services.demand_levels import SCOPE
from services.demand_review import MONEY, Review, ReviewView
from services.demand_trees import VALUES, TreeView

PATH = "/demand/review"
VIEW = ("by", "shown", "rows", "span", *SCOPE)
TREES = ("product", "place", "channel")
LONGEST_OPENED = 200


class Ids(PageIds):
    view: str
    tree: str
    tree_key: str
    changed: str
    totals: str
    place: str
    by: str
    shown: str
    rows_shown: str
    span: str
    value: str
    search: str
    product_tree: str
    place_tree: str
    channel_tree: str
    scope: str
    chart: str
    chart_title: str
    rows: str
    count: str


TREE_IDS = (Ids.product_tree, Ids.place_tree, Ids.channel_tree)

clientside_callback(
    ClientsideFunction("review", "ask"),
    Output(Ids.view, "data"),
    Input(Ids.by, "value"),
    Input(Ids.shown, "value"),
    Input(Ids.rows_shown, "value"),
    Input(Ids.span, "value"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "choose"),
    Output(Ids.view, "data", allow_duplicate=True),
    Output(Ids.tree, "data"),
    Output(Ids.by, "value"),
    *(Input(tree, "cellClicked") for tree in TREE_IDS),
    Input(Ids.rows, "cellClicked"),
    State(Ids.view, "data"),
    State(Ids.tree, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "seek"),
    Output(Ids.tree, "data", allow_duplicate=True),
    Input(Ids.search, "value"),
    Input(Ids.value, "value"),
    State(Ids.tree, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "toggle"),
    Output(Ids.tree, "data", allow_duplicate=True),
    Input(Ids.tree_key, "data"),
    State(Ids.tree, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("review", "renew"),
    Output(Ids.count, "title"),
    Input(Ids.totals, "data"),
    State(Ids.rows, "id"),
    prevent_initial_call=True,
)


@callback(
    *(Output(tree, "rowData") for tree in TREE_IDS),
    Input(Ids.view, "data"),
    Input(Ids.tree, "data"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_trees(view: object, tree: object, _changed: object) -> tuple[Any, ...]:
    found = demand_trees.trees(demand_review.review(viewer(), wanted_view(view)), wanted_tree(tree))
    return tuple(found[name] for name in TREES)


@callback(
    Output(Ids.rows, "columnDefs"),
    Output(Ids.totals, "data"),
    Output(Ids.scope, "children"),
    Output(Ids.count, "children"),
    Input(Ids.view, "data"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_review(view: object, changed: object) -> tuple[Any, ...]:
    found = demand_review.review(viewer(), wanted_view(view))
    return review_grid_columns(found), totals_data(found, changed), scope_text(found), count_text(found)


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.chart_title, "children"),
    Input(Ids.view, "data"),
    Input(Ids.changed, "data"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_chart(view: object, _changed: object, selected: object) -> tuple[Figure, Any]:
    found = demand_review.review(viewer(), wanted_view(view))
    row = selected_row(selected)
    group = group_of(found, row.get("key") if row else None)
    return review_figure(found, group), scope_title(found, group)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.view, "data"),
    prevent_initial_call=True,
)
def show_rows(request: object, view: object) -> dict[str, Any]:
    start, count = requested_rows(request)
    found = demand_review.review(viewer(), wanted_view(view))
    page = demand_review_rows.review_rows(found, start=start, end=start + count, viewer=viewer())
    return {"rowData": [shown_row(row, found) for row in page.rows], "rowCount": page.total}


def wanted_view(asked: object) -> ReviewView:
    """What is asked for, from the page's own store or its address."""
    given = asked if isinstance(asked, dict) else {}
    return demand_review.review_view({name: chosen(given.get(name)) for name in VIEW})


def wanted_tree(asked: object) -> TreeView:
    """What is open and searched for in the trees, whatever the browser sent."""
    given = asked if isinstance(asked, dict) else {}
    opened = given.get("opened")
    names = [name for name in opened if isinstance(name, str)] if isinstance(opened, list) else []
    value = chosen(given.get("value"))
    return TreeView(
        opened=frozenset(names[-LONGEST_OPENED:]),
        search=chosen(given.get("search"))[:80],
        value=value if value in VALUES else VALUES[0],
    )


def group_of(found: Review, key: object) -> int | None:
    """The number of a group by its key, None for none or for another view's."""
    place = found.level.place(key) if isinstance(key, str) else -1
    return place if place >= 0 and (found.order == place).any() else None


def shown_row(row: dict[str, Any], found: Review) -> dict[str, Any]:
    name = measure_names(found.published.name if found.published else "")[row["measure"]]
    return {**row, "measure_name": name}


def review_grid_columns(found: Review) -> list[dict[str, Any]]:
    months = [(demand_review_rows.month_field(month), month) for month in found.shown]
    planned = found.plan_months[0] if found.plan_months else None
    return review_columns(months, planned_from=planned, level=level_names()[found.view.by])


def totals_data(found: Review, changed: object) -> dict[str, Any]:
    """The rows that are always visible, and whether the grid is to read its rows anew or only again."""
    rows = [shown_row(row, found) for row in demand_review_rows.total_rows(found)]
    return {"rows": rows, "view": asdict(found.view), "changed": changed}


def review_figure(found: Review, group: int | None) -> Figure:
    """The layers of a group, or of all that the view is about."""
    lines = demand_review_lines.added_up(found, None if group is None else np.array([group]))
    layers = {
        name: [float(value) if np.isfinite(value) else None for value in values[0][found.first :]]
        for name, values in lines.figures.items()
    }
    # The month of today is sold in part only.
    for name in ("history", "cleaned"):
        layers[name][found.now - found.first :] = [None] * (len(found.months) - found.now)
    if layers["cleaned"] == layers["history"]:
        del layers["cleaned"]
    return demand_layers(
        found.shown,
        layers,
        now=found.now - found.first,
        names=measure_names(found.published.name if found.published else ""),
        flags=[],
        unit="RM" if found.view.shown == MONEY else _("units"),
    )


def scope_title(found: Review, group: int | None) -> str:
    """What the chart shows."""
    scope = found.view.scope
    parts = [name_of(found, level, key) for level, key in scope.items()]
    if group is not None and found.view.by != "all":
        parts.append(str(found.level.names[group]))
    return " › ".join(dict.fromkeys(parts)) or _("Everything")


def name_of(found: Review, level: str, key: str) -> str:
    place = found.levels[level].place(key)
    return str(found.levels[level].names[place]) if place >= 0 else key


def scope_text(found: Review) -> Any:
    """What the view is narrowed to."""
    scope = found.view.scope
    if not scope:
        return _("The whole plan. Choose in the trees to narrow it; a click on a name in the grid goes one level down.")
    names = level_names()
    return [
        html.Span(f"{names[level]}: {name_of(found, level, key)}", className="level-scope")
        for level, key in scope.items()
    ]


def count_text(found: Review) -> str:
    return _(
        "%(groups)s, %(leaves)s · the largest first",
        groups=counted("%(count)s group", "%(count)s groups", len(found.order)),
        leaves=counted("%(count)s series", "%(count)s series", len(found.own)),
    )
