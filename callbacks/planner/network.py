"""Inventory › Network: an item and the wait of its customers chosen, stages answered at once, and proposed."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, dcc, no_update
from dash.development.base_component import Component

from components.figures.chart import Figure
from components.figures.network import Stage, network_figure
from components.forms import chosen
from components.two_line_grid import marked
from core.guard import requires
from core.i18n import EMPTY, _, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import network
from services.form_values import row_id, shown_quantity
from services.network import Network

PATH = "/inventory/network"
REVIEW_PATH = "/inventory/policies"
CLICKED = "clickData"


class Ids(PageIds):
    search: str
    item: str
    wait: str
    totals: str
    left_out: str
    picture: str
    rows: str
    propose: str
    outcome: str


ANSWER = (
    (Ids.totals, "children"),
    (Ids.left_out, "children"),
    (Ids.picture, "figure"),
    (Ids.rows, "rowData"),
    (Ids.propose, "disabled"),
    (Ids.outcome, "children"),
)


@callback(
    *(Output(*part) for part in ANSWER),
    Input(Ids.item, "value"),
    Input(Ids.wait, "value"),
    prevent_initial_call=True,
)
def answer(item: object, wait: object) -> tuple[Any, ...]:
    return parts(network.network(viewer(), number_of(item), wait))


@callback(
    Output(Ids.rows, "selectedRows"),
    Output(Ids.rows, "scrollTo"),
    Input(Ids.picture, CLICKED),
    prevent_initial_call=True,
)
def select_stage(clicked: object) -> tuple[Any, Any]:
    stage = clicked_stage(clicked)
    return ({"ids": [stage]}, {"rowId": stage}) if stage else (no_update, no_update)


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Input(Ids.propose, "n_clicks"),
    State(Ids.item, "value"),
    State(Ids.wait, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def propose(_clicks: object, item: object, wait: object) -> list[str | Component]:
    count = network.propose(viewer(), number_of(item), wait)
    told = _("1 policy proposed. ") if count == 1 else _("%(count)s policies proposed. ", count=number(count))
    return [told, dcc.Link(_("Review them"), href=f"{REVIEW_PATH}?source=network")]


def number_of(item: object) -> int:
    """The product in a choice, which is text in a browser."""
    text = chosen(item)
    return row_id(int(text)) if text.isascii() and text.isdigit() and len(text) < 20 else row_id(item)


def clicked_stage(clicked: object) -> str:
    """The id of the stage that was clicked, whatever the browser wrote there."""
    points = clicked.get("points") if isinstance(clicked, dict) else None
    first = points[0] if isinstance(points, list) and points else None
    stage = first.get("customdata") if isinstance(first, dict) else None
    return stage[:50] if isinstance(stage, str) else ""


def parts(found: Network) -> tuple[Any, ...]:
    """What the page shows of an answer, in the order of ANSWER."""
    none_possible = not found.possible or bool(found.lacking)
    return totals_text(found), left_out_text(found), picture(found), stage_rows(found), none_possible, ""


def totals_text(found: Network) -> str:
    """What the network costs, and what would change."""
    text = _(
        "Safety stock only this item uses: %(proposed)s, now %(now)s · holding it costs %(cost)s a year · %(count)s of "
        "%(stages)s stages would change",
        proposed=money(found.money_proposed),
        now=money(found.money_now),
        cost=money(found.cost),
        count=number(found.possible),
        stages=number(len(found.stages)),
    )
    if found.lacking:
        text += _(" · nothing can be proposed: no policy yet at %(stages)s", stages=", ".join(found.lacking))
    return text


def left_out_text(found: Network) -> str:
    """Which ways the tree has no room for."""
    if not found.left_out:
        return ""
    names = {stage["id"]: f"{stage['code']} {stage['location']}" for stage in found.stages}
    pairs = [f"{names[start]} → {names[end]}" for start, end in found.left_out]
    return _(
        "The method needs a tree: it keeps the ways with most money and leaves out %(pairs)s.", pairs=", ".join(pairs)
    )


def picture(found: Network) -> Figure:
    """The stages from left to right."""
    most = max((stage["money_proposed"] for stage in found.stages), default=0.0) or 1.0
    stages = [
        Stage(
            id=stage["id"],
            name=stage["location"] if stage["product_id"] == found.product_id else stage["code"],
            tip=f"{stage['code']} {stage['name']} · {stage['location']}<br>{_stock(stage)} · {_promise(stage)}",
            step=stage["step"],
            size=stage["money_proposed"] / most,
            holds=_holds(stage),
        )
        for stage in found.stages
    ]
    return network_figure(stages, found.arcs)


def stage_rows(found: Network) -> list[dict[str, Any]]:
    """The stages as the grid shows them."""
    return [_row(stage) for stage in found.stages]


def _row(stage: dict[str, Any]) -> dict[str, Any]:
    tone, state = _state(stage)
    cover = _("covers %(days)s days", days=number(stage["net_replenishment_days"]))
    faster, longer, shorter = (
        _worth(stage[name]) for name in ("saving_faster_stage", "saving_longer_promise", "cost_shorter_promise")
    )
    now = _now(stage["safety_stock"], shown_quantity)
    return {
        "id": stage["id"],
        "stage": f"{stage['code']} {stage['name']}\n{stage['location']} · {stage['location_name']}",
        "source": f"{_source(stage)}\n{_time(stage)}",
        "days": f"{_promise(stage)}\n{cover}",
        "stock": f"{_stock(stage)}\n{now}",
        "money": f"{number(stage['money_proposed'])}\n{_now(stage['money_now'], number)}",
        "price": f"{_('faster %(money)s', money=faster)}\n"
        + _("longer %(longer)s · shorter %(shorter)s", longer=longer, shorter=shorter),
        "state": f"{marked(state, tone)}\n{_note(stage)}",
        "tone": tone,
    }


def _holds(stage: dict[str, Any]) -> bool:
    return bool(stage["net_replenishment_days"] > 0)


def _stock(stage: dict[str, Any]) -> str:
    return f"{shown_quantity(round(stage['proposed']))} {stage['uom']}"


def _now(value: float | None, shown: Any) -> str:
    return _("no policy") if value is None else _("now %(value)s", value=shown(round(value)))


def _promise(stage: dict[str, Any]) -> str:
    return _(
        "waits %(inbound)s, promises %(service)s",
        inbound=number(stage["inbound_service_days"]),
        service=number(stage["service_days"]),
    )


def _source(stage: dict[str, Any]) -> str:
    kinds = {
        "buy": _("Purchase from %(name)s", name=stage["supplier"] or EMPTY),
        "make": _("Production"),
        "move": _("Transfer from %(name)s", name=stage["supplier"] or EMPTY),
    }
    return kinds.get(stage["kind"] or "", _("No source"))


def _time(stage: dict[str, Any]) -> str:
    lead = EMPTY if stage["lead_time_days"] is None else number(stage["lead_time_days"])
    return _("%(lead)s + %(review)s days", lead=lead, review=number(stage["review_days"]))


def _worth(value: float | None) -> str:
    return EMPTY if value is None else number(value)


def _state(stage: dict[str, Any]) -> tuple[str, str]:
    if not stage["cost_known"]:
        return "warn", _("no cost known")
    return ("good", _("holds stock")) if _holds(stage) else ("quiet", _("holds none"))


def _note(stage: dict[str, Any]) -> str:
    if stage["shared"]:
        others = stage["shared"]
        return _("1 other uses it") if others == 1 else _("%(count)s others use it", count=number(others))
    return EMPTY if stage["safety_stock"] is not None else _("no policy yet")
