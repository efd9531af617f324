"""Demand › Life cycle: launches on the course of look-alikes, ends with a last buy, and successor chains."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from components.figures.chart import ACTUAL, BAND, FORECAST, SECOND, Figure, empty_figure, figure
from components.grid import selected_row, selected_rows
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import launches, phase_outs, successions
from services.form_values import chosen_id, shown_quantity
from services.launches import LaunchPlan
from services.phase_outs import PhaseOut

PATH = "/demand/life-cycle"
HEIGHT = 260


class Ids(PageIds):
    product: str
    month: str
    place: str
    channel: str
    level: str
    share: str
    victims: str
    donors: str
    preview: str
    launch: str
    chart: str
    told: str
    launched: str
    ends: str
    ending: str
    last_day: str
    end: str
    ended: str
    links: str
    predecessor: str
    successor: str
    starts: str
    part: str
    join: str
    part_ways: str
    linked: str
    history: str


LAUNCH_FORM = ("product", "month", "place", "channel", "level", "share", "victims")
LAUNCH_STATES = (
    *(State(name, "value") for name in (Ids.product, Ids.month, Ids.place, Ids.channel, Ids.level, Ids.share)),
    State(Ids.victims, "value"),
    State(Ids.donors, "selectedRows"),
)


@callback(
    Output(Ids.donors, "rowData"),
    Output(Ids.donors, "selectedRows"),
    Input(Ids.product, "value"),
    prevent_initial_call=True,
)
def show_look_alikes(product: object) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    found = donor_rows(product)
    return found, found[: launches.CHOSEN]


@callback(
    Output(Ids.chart, "figure"),
    Output(Ids.told, "children"),
    Input(Ids.preview, "n_clicks"),
    *LAUNCH_STATES,
    prevent_initial_call=True,
)
def show_launch(_clicks: object, *entered: object) -> tuple[Figure, str]:
    found = launches.preview(viewer(), launches.wish(launch_form(entered)))
    return launch_figure(found), launch_text(found)


@callback(
    Output(Ids.launched, "rowData"),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.launch, "n_clicks"),
    *LAUNCH_STATES,
    prevent_initial_call=True,
)
@requires(Permission.STREAM_MARKETING)
def write_launch(_clicks: object, *entered: object) -> tuple[list[dict[str, Any]], str]:
    done = launches.apply(viewer(), launches.wish(launch_form(entered)))
    text = counted("1 figure written.", "%(count)s figures written.", done.cells)
    return tracking_rows(), text


@callback(
    Output(Ids.ends, "rowData"),
    Output(Ids.ended, "children"),
    Input(Ids.end, "n_clicks"),
    State(Ids.ending, "value"),
    State(Ids.last_day, "value"),
    State(Ids.ends, "rowData"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def write_end(_clicks: object, product: object, last_day: object, shown: object) -> tuple[list[dict[str, Any]], str]:
    wanted = chosen_id(product)
    seen = next((row.get("end") for row in selected_rows(shown) if row.get("id") == wanted), None)
    done = phase_outs.end(viewer(), wanted, last_day, seen=seen)
    if done is None:
        return end_rows(), _("The end is set; nothing was planned after it.")
    text = counted(
        "The end is set; 1 figure became smaller.", "The end is set; %(count)s figures became smaller.", done.cells
    )
    return end_rows(), text


@callback(
    Output(Ids.links, "rowData"),
    Output(Ids.linked, "children"),
    Input(Ids.join, "n_clicks"),
    State(Ids.predecessor, "value"),
    State(Ids.successor, "value"),
    State(Ids.starts, "value"),
    State(Ids.part, "value"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def join(_clicks: object, old: object, new: object, starts_on: object, share: object) -> tuple[Any, ...]:
    successions.add(viewer(), {"predecessor": old, "successor": new, "starts_on": starts_on, "share": share})
    return link_rows(), _("Linked.")


@callback(
    Output(Ids.links, "rowData", allow_duplicate=True),
    Output(Ids.linked, "children", allow_duplicate=True),
    Input(Ids.part_ways, "n_clicks"),
    State(Ids.links, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def part_ways(_clicks: object, selected: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    successions.remove(viewer(), row.get("id"), {"starts_on": row.get("starts_on"), "share": row.get("share")})
    return link_rows(), _("The link is gone.")


@callback(Output(Ids.history, "figure"), Input(Ids.links, "selectedRows"), prevent_initial_call=True)
def show_history(selected: object) -> Figure:
    row = selected_row(selected)
    return history_figure(row.get("successor_id")) if row else empty_figure(_("Choose a link."), height=HEIGHT)


def launch_form(entered: tuple[object, ...]) -> dict[str, object]:
    """What the form holds, the ticked look-alikes by id."""
    *values, donors = entered
    return {**dict(zip(LAUNCH_FORM, values, strict=True)), "donors": [row.get("id") for row in selected_rows(donors)]}


def donor_rows(product: object) -> list[dict[str, Any]]:
    return [{**one, "item": f"{one['code']} {one['name']}"} for one in launches.look_alikes(viewer(), product)]


def launch_text(found: LaunchPlan) -> str:
    lost = {code: float(part.sum()) for code, part in found.lost.items()}
    text = _(
        "%(units)s units in %(months)s on the course of %(donors)s",
        units=number(float(found.expected.sum())),
        months=counted("1 month", "%(count)s months", len(found.months)),
        donors=counted("1 look-alike", "%(count)s look-alikes", found.donors),
    )
    if not lost:
        return text
    names = ", ".join(f"{code} −{number(units)}" for code, units in lost.items())
    return _("%(course)s · taken from %(names)s", course=text, names=names)


def launch_figure(found: LaunchPlan) -> Figure:
    """The course with the band of 80 %."""
    months = [f"{month:%Y-%m-%d}" for month in found.months]
    shared = {"type": "scatter", "x": months, "hovertemplate": "%{y:,.1f}"}
    return figure(
        [
            {
                **shared,
                "mode": "lines",
                "name": _("10 %"),
                "y": found.low.tolist(),
                "line": {"width": 0},
                "showlegend": False,
            },
            {
                **shared,
                "mode": "lines",
                "name": _("80 % of look-alikes"),
                "y": found.high.tolist(),
                "line": {"width": 0},
                "fill": "tonexty",
                "fillcolor": BAND,
            },
            {
                **shared,
                "mode": "lines+markers",
                "name": _("Launch"),
                "y": found.expected.tolist(),
                "line": {"color": FORECAST, "width": 3},
            },
        ],
        height=HEIGHT,
        y_title=_("units"),
    )


def tracking_rows() -> list[dict[str, Any]]:
    """Launches with what was sold of the course, in words too."""
    return [
        {
            **one,
            "id": one["code"],
            "item": f"{one['code']} {one['name']}",
            "first": f"{one['first']:%Y-%m}",
            "state": _("not launched yet")
            if one["share"] is None
            else _("%(share)s of the course", share=percent(one["share"], decimals=0)),
        }
        for one in launches.tracking(viewer())
    ]


def end_rows() -> list[dict[str, Any]]:
    return [end_row(one) for one in phase_outs.phase_outs(viewer())]


def end_row(one: PhaseOut) -> dict[str, Any]:
    state = _("○ stock and orders last until the end")
    if one.last_buy > 0:
        state = _(
            "▲ runs out in the week of %(week)s: buy %(quantity)s a last time",
            week=day(one.runs_out),
            quantity=shown_quantity(one.last_buy),
        )
    elif one.left > 0:
        value = EMPTY if one.left_value is None else money(one.left_value)
        state = _("◆ %(left)s will be left, %(value)s", left=shown_quantity(round(one.left)), value=value)
    if one.beyond:
        state = _("%(state)s, as far as the supply plan reaches", state=state)
    return {
        "id": one.id,
        "code": one.code,
        "item": f"{one.code} {one.name}",
        "end": one.ends_on.isoformat(),
        "stock": one.stock,
        "ordered": one.ordered,
        "demand": one.demand,
        "last_buy": one.last_buy,
        "left": one.left,
        "left_value": one.left_value,
        "planned_after": one.planned_after,
        "successors": one.successors or EMPTY,
        "state": state,
    }


def link_rows() -> list[dict[str, Any]]:
    return [
        {
            **link,
            "starts_on": link["starts_on"].isoformat(),
            "old": f"{link['predecessor']} {link['predecessor_name']}",
            "new": f"{link['successor']} {link['successor_name']}",
        }
        for link in successions.chains(viewer())
    ]


def history_figure(successor: object) -> Figure:
    """What a product sold, on top of what it carries on."""
    found = successions.history(viewer(), successor)
    months = [f"{month:%Y-%m-%d}" for month in found.months]
    bars = {"type": "bar", "x": months, "hovertemplate": "%{y:,.0f}"}
    return figure(
        [
            {**bars, "name": _("Carried on from predecessors"), "y": found.carried, "marker": {"color": SECOND}},
            {**bars, "name": _("Own sales"), "y": found.own, "marker": {"color": ACTUAL}},
        ],
        height=HEIGHT,
        y_title=_("units"),
        barmode="stack",
    )
