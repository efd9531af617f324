"""Demand › Value added: what steps, people and classes added, the items behind a figure, the touchless list."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from callbacks.grid_renewal import renew_rows
from components.forms import chosen
from components.grid import requested_page, selected_row
from components.override_texts import stream_name
from components.value_added_columns import judged_row, step_name
from core.guard import requires
from core.i18n import _, counted, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import plan_rules, value_added
from services.company_rules import as_entered
from services.plan_rules import TouchlessRules
from services.value_added import STEPS, ValueAdded, ValueFilters

PATH = "/demand/value-added"
FILTERS = ("lag", "kind", "box", "step", "person")
RULES = ("months", "gain")
UNCLASSIFIED = "none"


class Ids(PageIds):
    filters: str
    behind: str
    renewed: str
    lag: str
    kind: str
    box: str
    stair: str
    steps: str
    people: str
    classes: str
    items: str
    items_total: str
    touchless: str
    touchless_total: str
    changed: str
    touchless_renewed: str
    seen: str
    months: str
    gain: str
    save: str
    outcome: str


renew_rows(Ids.items, after=Ids.behind, renewed=Ids.renewed)
renew_rows(Ids.touchless, after=Ids.changed, renewed=Ids.touchless_renewed)


@callback(
    Output(Ids.behind, "data"),
    Output(Ids.steps, "selectedRows"),
    Output(Ids.people, "selectedRows"),
    Output(Ids.classes, "selectedRows"),
    Input(Ids.steps, "selectedRows"),
    Input(Ids.people, "selectedRows"),
    Input(Ids.classes, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def choose_figure(steps: object, people: object, classes: object, filters: object) -> tuple[Any, ...]:
    """The figure that was clicked; the others are let go."""
    lists = {Ids.steps: steps, Ids.people: people, Ids.classes: classes}
    row = selected_row(lists.get(str(ctx.triggered_id)))
    if row is None:
        return (no_update,) * 4
    let_go = [no_update if name == ctx.triggered_id or not lists[name] else [] for name in lists]
    return {**asdict(wanted_value(filters)), **figure_of(str(ctx.triggered_id), row)}, *let_go


@callback(
    Output(Ids.items, "getRowsResponse"),
    Output(Ids.items_total, "children"),
    Input(Ids.items, "getRowsRequest"),
    State(Ids.behind, "data"),
    prevent_initial_call=True,
)
def show_items(request: object, behind: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_value(behind)
    answer, found = requested_page(
        request,
        lambda start, end, sort: value_added.items(viewer(), wanted, start=start, end=end, sort=sort),
        judged_row,
    )
    return answer, items_text(wanted, found.total)


@callback(
    Output(Ids.touchless, "getRowsResponse"),
    Output(Ids.touchless_total, "children"),
    Input(Ids.touchless, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_touchless(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_value(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: value_added.touchless_items(viewer(), wanted, start=start, end=end, sort=sort),
        touchless_row,
    )
    return answer, counted("1 item to leave alone", "%(count)s items to leave alone", found.total)


@callback(
    Output(Ids.changed, "data"),
    Output(Ids.seen, "data"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    State(Ids.months, "value"),
    State(Ids.gain, "value"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def save_rules(_clicks: object, months: object, gain: object, seen: object) -> tuple[Any, ...]:
    entered = {"months": months, "gain": gain}
    rules = as_entered(plan_rules.save_rules(viewer(), TouchlessRules, entered, seen=seen))
    return rules, rules, _("Stored; the list follows.")


def wanted_value(filters: object) -> ValueFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    usual = ValueFilters()
    return ValueFilters(**{name: chosen(given.get(name)) or getattr(usual, name) for name in FILTERS})


def figure_of(grid: str, row: dict[str, Any]) -> dict[str, str]:
    """What a row of one of the lists narrows the items to."""
    if grid == Ids.steps:
        return {"step": str(row.get("step"))}
    if grid == Ids.people:
        return {"step": str(row.get("step")), "person": str(row.get("person_id"))}
    return {"step": "consensus", "box": str(row.get("box"))}


def step_rows(found: ValueAdded) -> list[dict[str, Any]]:
    """The steps with their names."""
    return [judged_row(row) | {"name": step_name(row["step"])} for row in found.steps]


def people_rows(found: ValueAdded) -> list[dict[str, Any]]:
    """People with the streams they spoke for."""
    return [
        judged_row(row) | {"stream": stream_name(row["step"]), "id": f"{row['person_id']}-{row['step']}"}
        for row in found.people
    ]


def class_rows(found: ValueAdded) -> list[dict[str, Any]]:
    """Classes of ABC and XYZ with what people added to their plans."""
    return [judged_row(row) | {"name": class_name(row["box"])} for row in found.classes]


def class_name(box: str) -> str:
    return _("not classified") if box == UNCLASSIFIED else box


def touchless_row(row: dict[str, Any]) -> dict[str, Any]:
    """An item to leave alone, with the last month in which people spoke."""
    return judged_row(row) | {"last_month": None, "last_spoken": f"{row['last_month']:%Y-%m}"}


def items_text(wanted: ValueFilters, total: int) -> str:
    """Whose items these are."""
    step = step_name(wanted.step) if wanted.step in STEPS else step_name("consensus")
    of = [step, *([class_name(wanted.box)] if wanted.box else [])]
    return counted("1 item · %(of)s", "%(count)s items · %(of)s", total, of=" · ".join(of))


def headline(found: ValueAdded) -> str:
    """What people added in one sentence."""
    whole = next((row for row in found.steps if row["step"] == "consensus"), None)
    if whole is None or whole["value_added"] is None:
        return _("Nothing was sold in the months that were planned.")
    return _(
        "People changed the plan of statistics and events to a consensus that is %(added)s percentage points %(how)s; "
        "they made it worse in %(worse)s cells, better in %(better)s.",
        added=number(abs(whole["value_added"]) * 100, decimals=1),
        how=_("nearer to what was sold") if whole["value_added"] >= 0 else _("further away from what was sold"),
        worse=number(whole["worse"]),
        better=number(whole["better"]),
    )
