"""Supply › Supply path: choosing a node in the network marks its row, and the other way round."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc

from components.grid import selected_row
from components.what_if_bar import opened_scenario
from core.i18n import EMPTY, _, counted, day, number
from core.ids import PageIds
from services import supply_path
from services.plan_levels import kind_names
from services.supply_path import SupplyPath

PATH = "/supply/path"


class Ids(PageIds):
    scenario: str
    code: str
    place: str
    weeks: str
    plan: str
    chart: str
    rows: str
    about: str


clientside_callback(
    ClientsideFunction("supplyPath", "pointed"),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.chart, "hoverData"),
    Input(Ids.chart, "clickData"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("supplyPath", "marked"),
    Output(Ids.chart, "figure"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.chart, "figure"),
    prevent_initial_call=True,
)


@callback(
    Output(Ids.about, "children"),
    Input(Ids.rows, "selectedRows"),
    State(Ids.scenario, "data"),
    prevent_initial_call=True,
)
def show_chosen(selected: object, scenario: object) -> list[Any]:
    row = selected_row(selected)
    if row is None:
        return [choose_text()]
    named = f"{row.get('code')} · {row.get('state')} "
    product, location = row.get("product_id"), row.get("location_id")
    if not isinstance(product, int) or not isinstance(location, int):
        return [named]
    opened = opened_scenario(scenario)
    path = path_href(product, location, opened)
    plan = {"search": str(row.get("code")), "location": str(row.get("place"))}
    asked = urlencode({**plan, **({"scenario": str(opened)} if opened else {})})
    return [
        named,
        dcc.Link(_("Its own path"), href=path),
        " · ",
        dcc.Link(_("Its weeks in the supply plan"), href=f"/supply/plan?{asked}"),
    ]


def path_href(product_id: int, location_id: int, scenario: int | None) -> str:
    """The address of the path of an item."""
    asked = {"product": product_id, "location": location_id, **({"scenario": scenario} if scenario else {})}
    return f"{PATH}?{urlencode(asked)}"


def choose_text() -> str:
    return _("Point at a node or choose a row: both show the same, with what it is linked to.")


def path_rows(path: SupplyPath) -> list[dict[str, Any]]:
    """The nodes as the table shows them."""
    kinds = {**kind_names(), "supplier": _("Supplier")}
    return [
        {
            "id": row["id"],
            "step": step_text(row["level"]),
            "code": row["code"],
            "name": row["name"],
            "place": row["location"] or EMPTY,
            "kind": kinds.get(row["kind"], row["kind"]),
            "quantity": row["quantity"],
            "unit": row["unit"] or EMPTY,
            "state": _("short %(week)s", week=day(row["short_week"])) if row["short_week"] else state_of(row["kind"]),
            "tone": "bad" if row["short_week"] else "quiet" if row["kind"] == "supplier" else "good",
            "short_quantity": row["short_quantity"] or None,
            "product_id": row["product_id"],
            "location_id": row["location_id"],
        }
        for row in supply_path.rows_of(path)
    ]


def state_of(kind: str) -> str:
    return _("supplier") if kind == "supplier" else _("covered")


def step_text(level: int) -> str:
    """Where a node stands beside the chosen one."""
    if not level:
        return _("chosen")
    return (
        counted("%(count)s step before", "%(count)s steps before", -level)
        if level < 0
        else counted("%(count)s step after", "%(count)s steps after", level)
    )


def path_text(path: SupplyPath) -> str:
    """How large the network is and what is left out of it."""
    short = sum(node.short for node in path.nodes)
    told = _(
        "%(nodes)s, %(short)s short within %(weeks)s.",
        nodes=counted("%(count)s node", "%(count)s nodes", len(path.nodes)),
        short=number(short),
        weeks=counted("%(count)s week", "%(count)s weeks", path.weeks),
    )
    if not path.hidden:
        return told
    hidden = _("%(count)s more of which less is wanted are not drawn.", count=number(path.hidden))
    return f"{told} {hidden}"
