"""Supply › Scenarios: the list, the changes of one, up to four beside the plan."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from components.comparison_table import ComparedRow, comparison_table
from components.figures.chart import Figure, empty_figure
from components.figures.scenario_months import HEIGHT, scenario_months
from components.figures.waterfall import Step, waterfall
from components.forms import NOTHING, chosen, status
from components.grid import selected_row, selected_rows
from components.what_if_bar import opened_scenario
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, day, moment, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import scenario_approval, scenario_bridge, scenarios
from services.form_values import shown_quantity
from services.scenarios import Comparison

PATH = "/supply/scenarios"
MADE, DROPPED = "branch", "drop"
HIDDEN = {"display": "none"}
SHOWN: dict[str, str] = {}
TONES = {
    "draft": "warn",
    "kept": "good",
    "requested": "warn",
    "approved": "good",
    "promoted": "good",
    "archived": "quiet",
}
# Whether more of it is better; None where that depends.
BETTER = {
    "revenue": True,
    "margin": True,
    "purchases": None,
    "stock_value": False,
    "waste_value": False,
    "late_value": False,
    "service_share": True,
    "waiting_value": False,
    "overload_hours": False,
    "cash": True,
}


class Ids(PageIds):
    rows: str
    changed: str
    told: str
    new_name: str
    new_note: str
    new_base: str
    create: str
    detail: str
    seen: str
    title: str
    about: str
    editing: str
    name: str
    note: str
    rename: str
    keep: str
    archive: str
    drop: str
    deciding: str
    why: str
    ask: str
    approve: str
    reject: str
    promote: str
    effects: str
    open: str
    changes: str
    changing: str
    kind: str
    mode: str
    value: str
    discount: str
    product: str
    location: str
    category: str
    channel: str
    resource: str
    from_week: str
    to_week: str
    change_note: str
    add: str
    save: str
    remove: str
    total: str
    metric: str
    by_month: str
    months: str
    chart: str
    bridge: str


FORM = {
    "kind": Ids.kind,
    "mode": Ids.mode,
    "value": Ids.value,
    "discount": Ids.discount,
    "product": Ids.product,
    "location_id": Ids.location,
    "category": Ids.category,
    "channel_id": Ids.channel,
    "resource_id": Ids.resource,
    "from_week": Ids.from_week,
    "to_week": Ids.to_week,
    "note": Ids.change_note,
}
ASKED = tuple(State(name, "value") for name in FORM.values())
DETAIL = (
    (Ids.detail, "style"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.about, "children"),
    (Ids.name, "value"),
    (Ids.note, "value"),
    (Ids.open, "href"),
    (Ids.changes, "rowData"),
    (Ids.changes, "selectedRows"),
    (Ids.editing, "style"),
    (Ids.changing, "style"),
    (Ids.deciding, "style"),
    *((name, "style") for name in (Ids.ask, Ids.approve, Ids.reject, Ids.promote)),
    (Ids.effects, "children"),
)


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.rows, "selectedRows"),
    Output(Ids.new_base, "options"),
    Input(Ids.changed, "data"),
)
def show_list(changed: object) -> tuple[list[dict[str, Any]], Any, list[dict[str, str]]]:
    """A new scenario is ticked as soon as its row is there; a dropped one is ticked no more."""
    found = scenarios.scenarios(viewer())
    what, _blank, which = changed.partition(" ") if isinstance(changed, str) else ("", "", "")
    ticked = {MADE: {"ids": [which]}, DROPPED: []}.get(what, no_update)
    return [scenario_row(row) for row in found], ticked, base_choices(found)


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "selectedRows"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_detail(selected: object, _changed: object) -> tuple[Any, ...]:
    chosen_ids = chosen_scenarios(selected)
    if len(chosen_ids) != 1:
        return (HIDDEN, None, *(no_update,) * (len(DETAIL) - 2))
    found = scenarios.scenario(viewer(), chosen_ids[0])
    may_edit = viewer().may(Permission.PURCHASE_EDIT)
    takes = may_edit and found["status"] in scenarios.OPEN
    return (
        SHOWN,
        {name: found[name] for name in ("id", "version")},
        found["name"],
        [status(status_name(found["status"]), TONES[found["status"]]), f" {found['note'] or ''}"],
        found["name"],
        found["note"] or "",
        f"/supply/plan?scenario={found['id']}",
        [change_row(change) for change in found["changes"]],
        [],
        SHOWN if may_edit else HIDDEN,
        SHOWN if takes else HIDDEN,
        *decision_styles(found["status"]),
        effects_list(found),
    )


@callback(
    Output(Ids.total, "children"),
    Output(Ids.months, "children"),
    Output(Ids.chart, "figure"),
    Output(Ids.by_month, "style"),
    Input(Ids.rows, "selectedRows"),
    Input(Ids.metric, "value"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_comparison(selected: object, metric: object, _changed: object) -> tuple[Any, ...]:
    chosen = list(chosen_scenarios(selected))
    if not chosen:
        return html.P(_("Tick scenarios above."), className="note"), None, no_update, HIDDEN
    found = scenarios.compare(viewer(), chosen)
    wanted = metric if isinstance(metric, str) and metric in BETTER else "margin"
    return total_table(found), month_table(found, wanted), month_figure(found, wanted), SHOWN


@callback(
    Output(Ids.bridge, "figure"),
    Input(Ids.rows, "selectedRows"),
    Input(Ids.metric, "value"),
    Input(Ids.changed, "data"),
    prevent_initial_call=True,
)
def show_bridge(selected: object, metric: object, _changed: object) -> Figure:
    """Of several ticked scenarios that of the first."""
    chosen = list(chosen_scenarios(selected))
    if not chosen:
        return waterfall([])
    wanted = metric if isinstance(metric, str) and metric in BETTER else "margin"
    found = scenario_bridge.bridge(viewer(), chosen[0], wanted)
    steps = [Step(step_name(change), effect) for change, effect in found.steps]
    ends = Step(_("Plan"), found.plan, total=True), Step(found.name, found.scenario, total=True)
    unit, decimals = {"service_share": ("", 3), "overload_hours": (_("hours"), 0)}.get(wanted, ("RM", 0))
    return waterfall([ends[0], *steps, ends[1]], unit=unit, decimals=decimals)


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Output(Ids.new_name, "value"),
    Output(Ids.new_note, "value"),
    Input(Ids.create, "n_clicks"),
    State(Ids.new_name, "value"),
    State(Ids.new_note, "value"),
    State(Ids.new_base, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def create_scenario(clicks: int | None, name: object, note: object, base: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    source = opened_scenario(base)
    made = scenarios.branch(viewer(), name, note=note, based_on=source)
    told = _("Made. Add changes below, or in the supply plan by trying them there.")
    return f"{MADE} {made}", told, "", ""


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.rename, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.name, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def rename_scenario(clicks: int | None, seen: object, name: object, note: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.rename(viewer(), *held, name=name, note=note)
    return token("rename", held), _("Renamed.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.keep, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def keep_scenario(clicks: int | None, seen: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.keep(viewer(), *held)
    return token("keep", held), _("Kept.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.archive, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def archive_scenario(clicks: int | None, seen: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.archive(viewer(), *held)
    return token("archive", held), _("Archived. It can be read and kept again.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.drop, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def drop_scenario(clicks: int | None, seen: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.drop(viewer(), *held)
    return token(DROPPED, held), _("Dropped.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.ask, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.why, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def ask_for_scenario(clicks: int | None, seen: object, why: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenario_approval.ask_for(viewer(), *held, note=why)
    return token("ask", held), _("Asked for. Those who approve have it in their inbox.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.approve, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.why, "value"),
    prevent_initial_call=True,
)
@requires(Permission.SCENARIO_APPROVE)
def approve_scenario(clicks: int | None, seen: object, why: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenario_approval.approve(viewer(), *held, note=why)
    return token("approve", held), _("Approved. Who asked for it can make it the plan.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.reject, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.why, "value"),
    prevent_initial_call=True,
)
@requires(Permission.SCENARIO_APPROVE)
def reject_scenario(clicks: int | None, seen: object, why: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenario_approval.reject(viewer(), *held, note=why)
    return token("reject", held), _("Turned down. It is kept, and can be changed.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.promote, "n_clicks"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def promote_scenario(clicks: int | None, seen: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenario_approval.promote(viewer(), *held)
    return token("promote", held), _("It is the plan now; below is what was written where.")


@callback(
    *(Output(name, "value", allow_duplicate=True) for name in FORM.values()),
    Input(Ids.changes, "selectedRows"),
    prevent_initial_call=True,
)
def show_change(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(FORM)
    return tuple(row.get(f"form_{name}") for name in FORM)


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.add, "n_clicks"),
    State(Ids.seen, "data"),
    *ASKED,
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def add_change(clicks: int | None, seen: object, *given: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.add_change(viewer(), *held, **asked_change(given))
    return token("add", held), _("Added.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.save, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.changes, "selectedRows"),
    *ASKED,
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def save_change(clicks: int | None, seen: object, selected: object, *given: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.edit_change(viewer(), *held, chosen_change(selected), **asked_change(given))
    return token("save", held), _("Changed.")


@callback(
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.told, "children", allow_duplicate=True),
    Input(Ids.remove, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.changes, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def remove_change(clicks: int | None, seen: object, selected: object) -> tuple[Any, str]:
    if not clicks:
        return no_update, ""
    held = held_scenario(seen)
    scenarios.remove_change(viewer(), *held, chosen_change(selected))
    return token("remove", held), _("Removed.")


def chosen_scenarios(selected: object) -> list[object]:
    """Ids of the ticked scenarios; the browser may send rows, or the ids that were set."""
    if isinstance(selected, dict):
        ids = selected.get("ids")
        return [opened_scenario(one) for one in ids] if isinstance(ids, list) else []
    return [row.get("id") for row in selected_rows(selected)]


def held_scenario(seen: object) -> tuple[object, object]:
    """Id and version of the scenario on the screen."""
    if not isinstance(seen, dict):
        raise InvalidInput(_("Choose one scenario first."))
    return seen.get("id"), seen.get("version")


def chosen_change(selected: object) -> object:
    row = selected_row(selected)
    if row is None:
        raise InvalidInput(_("Choose a change of the scenario first."))
    return row.get("id")


def asked_change(given: tuple[object, ...]) -> dict[str, object]:
    """What the form of a change holds."""
    asked = dict(zip(FORM, given, strict=True))
    for name in ("location_id", "category", "channel_id", "resource_id"):
        asked[name] = chosen(asked[name]) or None
    return asked


def decision_styles(state: str) -> tuple[dict[str, str], ...]:
    """The form of decisions, then each of its buttons: ask for, approve, turn down, make it the plan."""
    me = viewer()
    edits, decides = me.may(Permission.PURCHASE_EDIT), me.may(Permission.SCENARIO_APPROVE)
    shown = (
        edits and state in scenarios.OPEN,
        decides and state == "requested",
        decides and state in scenarios.ASKED,
        edits and me.may(Permission.DEMAND_EDIT) and state == "approved",
    )
    return tuple(SHOWN if yes else HIDDEN for yes in (any(shown), *shown))


def effects_list(found: dict[str, Any]) -> list[Component]:
    """What its promotion wrote, or would write and what stands in its way."""
    lines: list[tuple[str, str, str, str | None]]
    if found["status"] == "promoted":
        head = _("Written when it became the plan")
        lines = [(effect["text"], number(effect["count"]), effect["href"], None) for effect in found["effects"]]
    else:
        head = _("What becoming the plan would write")
        effects = scenario_approval.effects(viewer(), found["id"])
        lines = [(effect.text, "", effect.href, effect.obstacle) for effect in effects]
    note = [html.P(found["decision_note"], className="note")] if found["decision_note"] else []
    return [html.H3(head), html.Ul([effect_line(*line) for line in dict.fromkeys(lines)]), *note] if lines else note


def effect_line(text: str, count: str, href: str, obstacle: str | None) -> Component:
    why = status(_("Not possible: %(why)s", why=obstacle), "bad") if obstacle else None
    return html.Li([dcc.Link(text, href=href), f": {count}" if count else "", why])


def token(what: str, held: tuple[object, object]) -> str:
    """Another text for each change, so that whoever waits for one is told."""
    return f"{what} {held[0]}.{held[1]}"


def base_choices(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    plan = {"value": NOTHING, "label": _("the plan")}
    return [plan, *({"value": str(row["id"]), "label": row["name"]} for row in found)]


def status_name(name: str) -> str:
    return {
        "draft": _("draft"),
        "kept": _("kept"),
        "requested": _("asked for"),
        "approved": _("approved"),
        "promoted": _("promoted"),
        "archived": _("archived"),
    }[name]


def kind_names() -> dict[str, str]:
    return {
        "demand": _("Demand"),
        "promotion": _("Promotion"),
        "price": _("Price"),
        "lead_time": _("Lead time"),
        "safety_stock": _("Safety stock"),
        "service": _("Service aimed at"),
        "moq": _("Least order"),
        "capacity": _("Capacity"),
        "calendar": _("Closed weeks"),
    }


def mode_names() -> dict[str, str]:
    return {"share": _("by %"), "set": _("to"), "add": _("by adding")}


def metric_names() -> dict[str, str]:
    return {
        "revenue": _("Revenue served"),
        "margin": _("Margin"),
        "purchases": _("Purchases"),
        "stock_value": _("Stock on average"),
        "waste_value": _("Expires"),
        "late_value": _("Served late"),
        "service_share": _("Served in its week"),
        "waiting_value": _("Components late"),
        "overload_hours": _("Hours of overload"),
        "cash": _("Cash"),
    }


def scenario_row(row: dict[str, Any]) -> dict[str, Any]:
    """One scenario as the list shows it."""
    return {
        "id": row["id"],
        "name": row["name"],
        "status": status_name(row["status"]),
        "tone": TONES[row["status"]],
        "changes": row["changes"],
        "based_on": row["based_on"] or _("the plan"),
        "note": row["note"] or EMPTY,
        "created_by": row["created_by"] or EMPTY,
        "created_at": moment(row["created_at"]),
    }


def change_row(change: dict[str, Any]) -> dict[str, Any]:
    """One change as the grid shows it, and as its form holds it."""
    shown = change["value"]
    if change["mode"] == "share" or change["kind"] == "service":
        shown = round(shown * 100, 4)
    scope = [change[name] for name in ("product", "location", "category", "channel", "resource") if change[name]]
    ids = ("location_id", "channel_id", "resource_id")
    return {
        "id": change["id"],
        "what": kind_names()[change["kind"]],
        "how": change_text(change["kind"], change["mode"], shown) + discount_text(change["discount"]),
        "of": " · ".join(scope) or _("everything"),
        "weeks": weeks_text(change["from_week"], change["to_week"]),
        "note": change["note"] or EMPTY,
        "form_kind": change["kind"],
        "form_mode": change["mode"],
        "form_value": shown,
        "form_discount": None if change["discount"] is None else round(change["discount"] * 100, 4),
        "form_product": change["product"] or "",
        **{f"form_{name}": str(int(change[name])) if change[name] else NOTHING for name in ids},
        "form_category": change["category"] or NOTHING,
        "form_from_week": day(change["from_week"]) if change["from_week"] else None,
        "form_to_week": day(change["to_week"]) if change["to_week"] else None,
        "form_note": change["note"] or "",
    }


def step_name(change: dict[str, Any] | None) -> str:
    """A change in a few words, as a bar is called."""
    if change is None:
        return _("all other changes")
    row = change_row(change)
    return f"{row['what']} {row['how']}, {row['of']}"


def change_text(kind: str, mode: str, value: float) -> str:
    """By how much: +10 %, to 3 weeks, +500."""
    if kind == "calendar":
        return _("closed")
    weeks = _(" week") if abs(value) == 1 else _(" weeks")
    unit = {"lead_time": weeks, "service": " %", "capacity": _(" hours a week")}.get(kind, "")
    if mode == "share":
        return f"{'+' if value > 0 else ''}{shown_quantity(value)} %"
    if mode == "add":
        return f"{'+' if value > 0 else ''}{shown_quantity(value)}{unit}"
    return _("to %(value)s", value=f"{shown_quantity(value)}{unit}")


def discount_text(discount: float | None) -> str:
    return "" if discount is None else _(" at %(discount)s off", discount=percent(discount, decimals=0))


def weeks_text(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{day(first)} – {day(last)}"
    if first:
        return _("from %(day)s", day=day(first))
    return _("until %(day)s", day=day(last)) if last else _("all")


def total_table(found: Comparison) -> Component:
    """A metric a row."""
    names = metric_names()
    return comparison_table(
        _("Whole plan"),
        found.names,
        [
            ComparedRow(names[metric], [total[metric] for total in found.total], shown_as(metric), BETTER[metric])
            for metric in BETTER
        ],
    )


def month_table(found: Comparison, metric: str) -> Component:
    """A month a row, of one metric."""
    return comparison_table(
        metric_names()[metric],
        found.names,
        [
            ComparedRow(
                f"{month:%b %Y}", [series[at] for series in found.by_month[metric]], shown_as(metric), BETTER[metric]
            )
            for at, month in enumerate(found.months)
        ],
    )


def month_figure(found: Comparison, metric: str) -> Figure:
    if not found.months:
        return empty_figure(_("There is nothing to plan yet."), height=HEIGHT)
    return scenario_months(found.months, found.names, found.by_month[metric], unit=metric_names()[metric])


def shown_as(metric: str) -> Any:
    """How figures of a metric are written."""
    if metric == "service_share":
        return partial(percent, decimals=2)
    return number if metric == "overload_hours" else money
