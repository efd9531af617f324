"""S&OP › Limits and assumptions: floors and ceilings kept by the plan, and what it takes for granted."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from callbacks.planner.consensus import layer_names
from components.grid import selected_row
from core.guard import requires
from core.i18n import EMPTY, _, counted, money, number, percent, signed
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import plan_assumptions, plan_bounds
from services.plan_assumptions import Assumption
from services.plan_bounds import BoundMonth
from services.plan_scope import COMPANY, REVENUE

PATH = "/sop/limits"


class Ids(PageIds):
    bounds: str
    totals: str
    whose: str
    starts: str
    ends: str
    measure: str
    floor: str
    ceiling: str
    note: str
    save: str
    remove: str
    preview: str
    inside: str
    told: str
    outcome: str
    assumptions: str
    body: str
    of: str
    since: str
    until: str
    layer: str
    in_measure: str
    tolerance: str
    write: str
    confirm: str
    refute: str
    written: str


BOUND_FORM = {
    "whose": Ids.whose,
    "starts_on": Ids.starts,
    "ends_on": Ids.ends,
    "measure": Ids.measure,
    "floor": Ids.floor,
    "ceiling": Ids.ceiling,
    "note": Ids.note,
}
ASSUMPTION_FORM = {
    "body": Ids.body,
    "whose": Ids.of,
    "starts_on": Ids.since,
    "ends_on": Ids.until,
    "layer": Ids.layer,
    "measure": Ids.in_measure,
    "tolerance": Ids.tolerance,
}


@callback(
    Output(Ids.bounds, "rowData"),
    Output(Ids.totals, "children"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    *(State(name, "value") for name in BOUND_FORM.values()),
    prevent_initial_call=True,
)
@requires(Permission.AOP_EDIT)
def save_bound(_clicks: object, *entered: object) -> tuple[Any, ...]:
    plan_bounds.save(viewer(), dict(zip(BOUND_FORM, entered, strict=True)))
    return *shown_bounds(), _("Saved.")


@callback(
    Output(Ids.bounds, "rowData", allow_duplicate=True),
    Output(Ids.totals, "children", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Input(Ids.remove, "n_clicks"),
    State(Ids.bounds, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.AOP_EDIT)
def remove_bound(_clicks: object, selected: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    plan_bounds.remove(viewer(), row.get("bound"), row.get("version"))
    return *shown_bounds(), _("Removed, of all its months.")


@callback(
    Output(Ids.told, "children"),
    Input(Ids.preview, "n_clicks"),
    State(Ids.bounds, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def show_inside(_clicks: object, selected: object) -> str:
    row = selected_row(selected) or {}
    change, found = plan_bounds.inside_preview(viewer(), row.get("bound"), row.get("month"))
    shown = money if change.measure == "value" else number
    return _(
        "%(what)s, %(month)s: %(before)s becomes %(after)s, every part in proportion, %(cells)s.",
        what=change.scope,
        month=f"{change.months[0]:%Y-%m}",
        before=shown(found.before_total),
        after=shown(found.after_total),
        cells=counted("1 figure changes", "%(count)s figures change", found.cells),
    )


@callback(
    Output(Ids.bounds, "rowData", allow_duplicate=True),
    Output(Ids.totals, "children", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.inside, "n_clicks"),
    State(Ids.bounds, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def bring_inside(_clicks: object, selected: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    done = plan_bounds.bring_inside(viewer(), row.get("bound"), row.get("month"))
    text = counted("1 figure of the planner changed.", "%(count)s figures of the planner changed.", done.cells)
    return *shown_bounds(), text, ""


@callback(
    Output(Ids.assumptions, "rowData"),
    Output(Ids.written, "children"),
    Output(Ids.body, "value"),
    Input(Ids.write, "n_clicks"),
    *(State(name, "value") for name in ASSUMPTION_FORM.values()),
    prevent_initial_call=True,
)
@requires(Permission.PLAN_SIGN_OFF)
def write_assumption(_clicks: object, *entered: object) -> tuple[Any, ...]:
    plan_assumptions.add(viewer(), dict(zip(ASSUMPTION_FORM, entered, strict=True)))
    return shown_assumptions(), _("Written down with the figure as it is now."), ""


@callback(
    Output(Ids.assumptions, "rowData", allow_duplicate=True),
    Output(Ids.written, "children", allow_duplicate=True),
    Input(Ids.confirm, "n_clicks"),
    State(Ids.assumptions, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.PLAN_SIGN_OFF)
def confirm(_clicks: object, selected: object) -> tuple[Any, ...]:
    return decided(selected, plan_assumptions.CONFIRMED)


@callback(
    Output(Ids.assumptions, "rowData", allow_duplicate=True),
    Output(Ids.written, "children", allow_duplicate=True),
    Input(Ids.refute, "n_clicks"),
    State(Ids.assumptions, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.PLAN_SIGN_OFF)
def refute(_clicks: object, selected: object) -> tuple[Any, ...]:
    return decided(selected, plan_assumptions.WRONG)


def decided(selected: object, status: str) -> tuple[Any, ...]:
    """What has become of the selected assumption."""
    row = selected_row(selected) or {}
    plan_assumptions.decide(viewer(), row.get("id"), row.get("version"), status)
    return shown_assumptions(), _("Noted: %(status)s.", status=status_names()[status])


def shown_bounds() -> tuple[list[dict[str, Any]], str]:
    """Rows of bounds, and how much the plan breaks them by."""
    found = plan_bounds.bound_months(viewer())
    if not found:
        return [], ""
    broken = [one for one in found if one.gap]
    over = sum(abs(one.gap_value) for one in broken)
    text = _(
        "%(broken)s of %(all)s outside, by %(money)s in all",
        broken=number(len(broken)),
        all=counted("1 month with a bound", "%(count)s months with a bound", len(found)),
        money=money(over),
    )
    return [bound_row(one) for one in found], text


def bound_row(one: BoundMonth) -> dict[str, Any]:
    above, below = _("◆ above by %(gap)s"), _("◆ below by %(gap)s")
    shown = money if one.measure == REVENUE else number
    state = (above if one.gap > 0 else below) % {"gap": shown(abs(one.gap))} if one.gap else _("● inside")
    return {
        "id": f"{one.id} {one.month:%Y-%m}",
        "bound": one.id,
        "version": one.version,
        "month": f"{one.month:%Y-%m}",
        "whose": scope_text(one.level, one.member),
        "measure": _("RM") if one.measure == REVENUE else _("units"),
        "floor": one.floor,
        "ceiling": one.ceiling,
        "planned": one.planned,
        "state": state,
        "broken": bool(one.gap),
        "gap_value": one.gap_value,
        "note": one.note or "",
        "who": one.created_by or EMPTY,
    }


def scope_text(level: str, member: str) -> str:
    return _("Company") if level == COMPANY else member


def shown_assumptions() -> list[dict[str, Any]]:
    return [assumption_row(one) for one in plan_assumptions.assumptions(viewer())]


def assumption_row(one: Assumption) -> dict[str, Any]:
    months = f"{one.starts_on:%Y-%m}" + ("" if one.ends_on == one.starts_on else f" … {one.ends_on:%Y-%m}")
    unit = _("RM") if one.measure == REVENUE else _("units")
    return {
        "id": one.id,
        "version": one.version,
        "body": one.body,
        "rests": f"{layer_names().get(one.layer, one.layer)} · {scope_text(one.level, one.member)} · {months} · {unit}",
        "figure": one.figure,
        "now": one.now,
        "moved": moved_text(one),
        "has_moved": one.moved,
        "status": status_names()[one.status],
        "owner": one.owner or EMPTY,
        "cycle": EMPTY if one.cycle is None else f"{one.cycle:%Y-%m}",
    }


def moved_text(one: Assumption) -> str:
    """Whether the figure is still what it was, in words."""
    if one.now is None:
        return _("a month of it is over")
    if not one.moved:
        return _("● as it was, within %(share)s", share=percent(one.tolerance, decimals=0))
    if one.change is None:
        return _("▲ moved")
    return _("▲ moved by %(change)s %%", change=signed(one.change * 100, decimals=1))


def status_names() -> dict[str, str]:
    return {"open": _("open"), "confirmed": _("confirmed"), "wrong": _("wrong")}
