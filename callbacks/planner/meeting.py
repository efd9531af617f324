"""S&OP › Meeting: the figures of one item of the agenda, and writing a decision down at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Input, Output, State, callback, html
from dash.development.base_component import Component

from callbacks.executive_views import (
    capacity_heat,
    decision_list,
    family_heat,
    gap_figure,
    gap_sentence,
    hit_rate_sentence,
    indicator_cards,
    open_decisions,
    risk_list,
)
from callbacks.planner.plan_gap import bridge_figure, bridge_text
from components.executive_views import legend, line_list
from components.figures.aop_months import HEIGHT
from components.figures.chart import chart
from components.forms import chosen, facts
from components.page import empty_state
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import decisions, plan_gap, plan_versions, scenarios
from services import meeting as agenda
from services.executive import VOLUME

PATH = "/sop/meeting"
MOST_VERSIONS = 5
MOST_RISKS = 8


class Ids(PageIds):
    about: str
    item: str
    title: str
    shown: str
    figure: str
    bridge: str
    decision: str
    owner: str
    due_on: str
    expected: str
    write: str
    written: str


@callback(
    Output(Ids.title, "children"), Output(Ids.shown, "children"), Input(Ids.item, "value"), State(Ids.about, "data")
)
def show_item(item: object, about: object) -> tuple[str, Component]:
    items = about.get("items", {}) if isinstance(about, dict) else {}
    title = items.get(item, "") if isinstance(items, dict) and isinstance(item, str) else ""
    return str(title), item_view(item, cycle_of(about))


@callback(
    Output(Ids.written, "children"),
    Output(Ids.decision, "value"),
    Output(Ids.expected, "value"),
    Output(Ids.shown, "children", allow_duplicate=True),
    Input(Ids.write, "n_clicks"),
    State(Ids.decision, "value"),
    State(Ids.owner, "value"),
    State(Ids.due_on, "value"),
    State(Ids.expected, "value"),
    State(Ids.item, "value"),
    State(Ids.about, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DECISION_EDIT)
def write_decision(_clicks: object, *form: object) -> tuple[Any, ...]:
    title, owner, due_on, expected, item, about = form
    if not isinstance(about, dict):
        raise InvalidInput(_("There is no cycle to decide in. Start one under S&OP › Cycle."))
    decisions.add(
        viewer(),
        cycle_of(about),
        about.get("step"),
        "decision",
        title,
        owner_id=chosen(owner),
        due_on=due_on,
        expected_value=expected,
    )
    return _("Written down: %(title)s", title=title), "", None, item_view(item, cycle_of(about))


def cycle_of(about: object) -> int:
    found = about.get("cycle") if isinstance(about, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 2**63 else 0


def item_view(item: object, cycle_id: int) -> Component:
    """The figures behind an item; a line of the agenda of its own has what was decided so far."""
    view = VIEWS.get(item) if isinstance(item, str) else None
    if view is not None:
        return view()
    decided = [html.H3(_("Decided in this cycle")), open_decisions(cycle_id)]
    return html.Div([decision_list(), *decided] if item == agenda.ASKED else decided)


def _gap(measure: str) -> Component:
    figure = chart(Ids.figure, gap_figure(measure), summary=_("The year by month beside its target"), height=HEIGHT)
    return html.Div([html.P(gap_sentence(measure)), figure])


def _gap_and_bridge() -> Component:
    """Where the year lands, and why it is not where it was planned to be."""
    found = plan_gap.aop_bridge(viewer())
    told = bridge_text(found)
    return html.Div([_gap(""), html.P(told), chart(Ids.bridge, bridge_figure(found), summary=told)])


def _versions() -> Component:
    """The demand plans that were published last."""
    found = plan_versions.versions(viewer(), plan_versions.DEMAND)[:MOST_VERSIONS]
    lines = [
        (
            plan_versions.version_name(row["first_period"], row["number"]),
            _("%(units)s units, published %(day)s by %(who)s", **_version(row)),
            money(row["summary"].get("revenue")),
            "quiet",
            "/demand/forecast",
        )
        for row in found
    ]
    nothing = empty_state(_("No demand plan has been published. Closing the demand step publishes one."))
    return line_list(lines, empty=nothing)


def _version(row: dict[str, Any]) -> dict[str, str]:
    return {
        "units": number(row["summary"].get("consensus")),
        "day": day(row["published_at"]),
        "who": row["published_by"] or _("nobody known"),
    }


def _supply() -> Component:
    """What the supply plan comes to."""
    total = scenarios.compare(viewer(), []).total[0]
    money_of = {
        "revenue": _("Revenue served"),
        "margin": _("Margin"),
        "purchases": _("Planned purchases"),
        "stock_value": _("Average stock"),
        "waste_value": _("Waste"),
        "late_value": _("Demand served late"),
    }
    pairs = [(_("Served in its week"), percent(total["service_share"]))]
    pairs += [(name, money(total[key])) for key, name in money_of.items()]
    return facts([*pairs, (_("Hours over capacity"), number(total["overload_hours"]))])


def _scenarios() -> Component:
    found = [row for row in scenarios.scenarios(viewer()) if row["status"] != "archived"]
    lines = [
        (row["name"], row["note"] or EMPTY, str(row["status"]), "quiet", f"/supply/scenarios?scenario={row['id']}")
        for row in found
    ]
    nothing = empty_state(_("There is no scenario to decide on."), action=_("Make one"), href="/supply/scenarios")
    return line_list(lines, empty=nothing)


VIEWS: dict[str, Callable[[], Component]] = {
    agenda.LAST: lambda: html.Div([html.P(hit_rate_sentence()), open_decisions()]),
    agenda.FIGURES: lambda: html.Div(indicator_cards(""), className="indicators"),
    agenda.RANGE: lambda: html.Div([legend(), family_heat("", "")]),
    agenda.GAP: _gap_and_bridge,
    agenda.DEMAND: lambda: html.Div([_gap(VOLUME), _versions()]),
    agenda.SUPPLY: _supply,
    agenda.CAPACITY: capacity_heat,
    agenda.SCENARIOS: _scenarios,
    agenda.RISKS: lambda: risk_list(MOST_RISKS),
}
