"""The board of a cycle, as the page shows it and every change renews it."""

from __future__ import annotations

from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.cycle_checklist import ACCEPTED, MET, UNKNOWN, UNMET, ChecklistItem, cycle_checklist
from components.cycle_panels import (
    DecisionLine,
    StepIds,
    StepTexts,
    accept_form,
    close_form,
    decision_forms,
    decision_list,
    reopen_form,
    step_form,
)
from components.cycle_tracker import DueDay, TrackerStep, cycle_calendar, cycle_tracker
from components.grid import figure_column, grid, percent_column, said_when_empty, text_column
from components.page import empty_state, panel
from components.step_lock import CYCLE_PATH as PATH
from components.step_lock import lock_banner
from core.i18n import _, counted, day, money, number
from core.identity import viewer
from core.permissions import Permission
from services import cycle, cycle_steps, decisions, item_reviews
from services.cycle import Cycle, Step, state_text
from services.cycle_checks import Check
from services.cycle_lock import DEMAND, StepLock
from services.cycle_template import step_name


class CycleIds(StepIds, Protocol):
    """Ids of the page that has the board."""

    seen: str
    start: str
    month: str
    to_review: str
    confirm: str


def board_parts(ids: type[CycleIds], month: str = "", step: str = "") -> list[Component]:
    """The whole board: starting a cycle, the tracker, the chosen step, the calendar."""
    found = cycle.cycle(viewer(), month)
    starting = start_part(ids, found)
    if found is None:
        return starting
    held = found.step(step)
    checks = cycle_steps.checks(viewer(), found.id)
    return [
        dcc.Store(id=ids.seen, data=seen_of(found, held)),
        *starting,
        cycle_tracker([tracker_step(found, each, checks.get(each.step), held) for each in found.steps]),
        html.Div(
            [
                html.Div(
                    [
                        step_panel(ids, found, held, checks.get(held.step, [])),
                        *review_part(ids, found, held),
                        calendar_panel(found),
                    ]
                ),
                html.Div([texts_panel(ids, held), decision_panel(ids, found, held)]),
            ],
            className="two-columns",
        ),
    ]


def seen_of(found: Cycle, held: Step) -> dict[str, Any]:
    names = {"month": f"{found.month:%Y-%m}", "name": held.step}
    return {"cycle": found.id, "step": held.id, "version": held.version, **names}


def start_part(ids: type[CycleIds], found: Cycle | None) -> list[Component]:
    """The button that starts the next cycle, where one can be started."""
    month = cycle.next_month(viewer())
    if month is None:
        return []
    name = f"{month:%Y-%m}"
    if not viewer().may(Permission.CYCLE_MANAGE):
        text = _("No cycle runs. A planner can start that of %(month)s.", month=name)
        return [empty_state(text)] if found is None else [html.P(text, className="note")]
    button = dbc.Button(_("Start the cycle of %(month)s", month=name), id=ids.start, color="primary", size="sm")
    text = _("No cycle runs. The next one takes six steps, from data that are right to a plan that is published.")
    return [
        dcc.Store(id=ids.month, data=name),
        html.Div([html.P(text), button], className="empty-state" if found is None else "cycle-start"),
    ]


def tracker_step(found: Cycle, step: Step, checks: list[Check] | None, held: Step) -> TrackerStep:
    lines = [step.owner or _("no owner"), _("due %(day)s", day=day(step.due_on))]
    if checks is not None:
        met = sum(check.met is True or check.key in step.accepted for check in checks)
        lines.append(_("%(met)s of %(all)s checked", met=number(met), all=number(len(checks))))
    elif step.published:
        lines.append(_("published %(version)s", version=step.published))
    if step.decisions:
        lines.append(counted("1 open decision", "%(count)s open decisions", step.decisions))
    href = f"{PATH}?month={found.month:%Y-%m}&step={step.step}"
    name = f"{step.position} {step_name(step.step)}"
    return TrackerStep(name, step.state, state_text(step), lines, href, chosen=step.id == held.id)


def step_panel(ids: type[CycleIds], found: Cycle, held: Step, checks: list[Check]) -> Component:
    """The checklist with what closes the step."""
    closed = held.state == cycle.CLOSED
    return panel(
        lock_banner(lock_of(found, held)) if closed else None,
        html.P(entry_text(found, held), className="note"),
        cycle_checklist([checklist_item(check, held) for check in checks]) if checks else accepted_list(held),
        *gate(ids, held, checks),
        html.Nav(
            [dcc.Link(name, href=href) for name, href in links_of(held.step)],
            className="cycle-links",
            **{"aria-label": _("Pages of this step")},
        ),
        title=_("%(step)s of %(month)s", step=step_name(held.step), month=f"{found.month:%Y-%m}"),
    )


def lock_of(found: Cycle, held: Step) -> StepLock:
    return StepLock(found.month, held.step, held.closed_by, held.closed_at, held.published)


def entry_text(found: Cycle, held: Step) -> str:
    """When a step begins and ends."""
    if held.position == 1:
        begins = _("Begins with the cycle.")
    else:
        before = found.steps[held.position - 2]
        begins = _("Begins when %(step)s is closed.", step=step_name(before.step))
    return f"{begins} {_('Ends when each item is met, or accepted with a reason.')}"


def checklist_item(check: Check, held: Step) -> ChecklistItem:
    accepted = held.accepted.get(check.key)
    state = MET if check.met else ACCEPTED if accepted else UNKNOWN if check.met is None else UNMET
    return ChecklistItem(
        check.text, state, check.now, check.target, check.href, accepted_text(accepted) if state == ACCEPTED else ""
    )


def accepted_text(accepted: Any) -> str:
    held = accepted if isinstance(accepted, dict) else {}
    return _("%(who)s, %(when)s: %(why)s", who=held.get("by"), when=held.get("at"), why=held.get("reason"))


def accepted_list(held: Step) -> Component | None:
    """What a closed step was closed without."""
    if not held.accepted:
        return html.P(_("Every item was met."), className="note")
    texts = [accepted_text(each) for each in held.accepted.values()]
    return html.Div([html.H3(_("Closed although")), html.Ul([html.Li(text) for text in texts])])


def gate(ids: type[CycleIds], held: Step, checks: list[Check]) -> list[Component | None]:
    """Accepting, closing, opening again: what the viewer may do now."""
    person = viewer()
    manages = person.may(Permission.CYCLE_MANAGE)
    if held.state == cycle.CLOSED:
        return [reopen_form(ids)] if person.may(Permission.CYCLE_REOPEN) else []
    if held.state == cycle.WAITING:
        return [html.P(_("It waits for the step before it."), className="note")]
    missing = [(check.key, check.text) for check in checks if not check.met and check.key not in held.accepted]
    parts: list[Component | None] = [accept_form(ids, missing) if manages else None]
    if manages or person.user_id == held.owner_id:
        parts.append(close_form(ids, publishes=publishes_text(held.step), ready=not missing))
    return parts


def publishes_text(step: str) -> str:
    return {
        "demand": _("Publishes the demand plan and locks its edits."),
        "supply": _("Publishes the supply plan and locks decisions about policies."),
        "reconcile": _("Publishes the consensus and locks it."),
        "executive": _("Publishes the final supply plan and closes the cycle."),
        "data": _("Locks nothing: data are brought in every day."),
        "product": _("Locks launches, phase-outs and successors."),
    }[step]


def links_of(step: str) -> list[tuple[str, str]]:
    return {
        "data": [(_("Data health"), "/data/health"), (_("Forecast runs"), "/demand/forecast-runs")],
        "product": [(_("Recipes"), "/data/recipes"), (_("Master data"), "/data/records")],
        "demand": [
            (_("Review"), "/demand/review"),
            (_("Forecast"), "/demand/forecast"),
            (_("Overrides"), "/demand/overrides"),
        ],
        "supply": [(_("Supply plan"), "/supply/plan"), (_("Capacity"), "/supply/capacity")],
        "reconcile": [
            *((_("Consensus"), "/sop/consensus"), (_("Gap to AOP"), "/sop/gap"), (_("Risks"), "/sop/risks")),
            (_("Scenarios"), "/supply/scenarios"),
        ],
        "executive": [
            (_("Executive"), "/sop/executive"),
            (_("Decisions"), "/sop/decisions"),
            (_("Meeting"), "/sop/meeting"),
        ],
    }[step]


def review_part(ids: type[CycleIds], found: Cycle, held: Step) -> list[Component]:
    """A items that nobody has looked at yet, while the demand step is not closed."""
    if held.step != DEMAND or held.state == cycle.CLOSED or found.status != cycle.OPEN:
        return []
    rows, count = item_reviews.to_review(viewer())
    columns = [
        text_column("product", _("Item"), minWidth=90, maxWidth=120),
        text_column("product_name", _("Name"), minWidth=120, tooltipField="product_name"),
        text_column("location", _("Place"), minWidth=70, maxWidth=90),
        figure_column("near", _("Next 3 months"), minWidth=110),
        figure_column("last_year", _("A year before"), minWidth=110),
        percent_column("change", _("Change"), minWidth=80, maxWidth=95),
    ]
    confirm = dbc.Button(_("Confirm selected"), id=ids.confirm, color="primary", size="sm")
    return [
        panel(
            grid(
                ids.to_review,
                columns,
                rows,
                row_id="id",
                selection="multiple",
                height=300,
                options={**said_when_empty(_("All A items were looked at."))},
            ),
            title=_("A items to review"),
            note=counted("1 item that nobody has looked at", "%(count)s items that nobody has looked at", count),
            actions=[confirm] if viewer().may(Permission.DEMAND_EDIT) else [],
        )
    ]


def texts_panel(ids: type[CycleIds], held: Step) -> Component:
    person = viewer()
    manages = person.may(Permission.CYCLE_MANAGE)
    texts = StepTexts(str(held.owner_id or ""), day(held.due_on), held.agenda, held.notes)
    may_write = manages or person.user_id == held.owner_id
    owners = [(str(number_), name) for number_, name in cycle.owners(person)]
    form = step_form(ids, texts, owners=owners, may_manage=manages, may_write=may_write)
    return panel(*form, title=_("Agenda and notes"))


def decision_panel(ids: type[CycleIds], found: Cycle, held: Step) -> Component:
    own = [row for row in decisions.decisions(viewer(), found.id) if row["step"] == held.step]
    lines = [decision_line(row) for row in own]
    open_ones = [
        (f"{row['id']}:{row['version']}", row["title"][:60]) for row in own if row["status"] in ("asked", "open")
    ]
    owners = [(str(number_), name) for number_, name in cycle.owners(viewer())]
    may = viewer().may(Permission.DECISION_EDIT)
    forms = decision_forms(ids, owners=owners, open_ones=open_ones) if may else []
    return panel(decision_list(lines), *forms, title=_("Decisions and actions"))


def decision_line(row: dict[str, Any]) -> DecisionLine:
    names = {"asked": _("asked"), "open": _("open"), "done": _("done"), "dropped": _("dropped")}
    about = [
        row["owner"] or "",
        _("due %(day)s", day=day(row["due_on"])) if row["due_on"] else "",
        _("expected %(money)s", money=money(row["expected_value"])) if row["expected_value"] is not None else "",
    ]
    state = "late" if row["late"] else row["status"]
    text = _("late") if row["late"] else names[row["status"]]
    said = " · ".join(part for part in about if part)
    return DecisionLine(row["id"], row["title"], state, text, said, f"{decisions.PATH}?decision={row['id']}")


def calendar_panel(found: Cycle) -> Component:
    month, days = cycle.upcoming(viewer())
    coming = dict(days)
    due = [DueDay(step_name(step.step), day(step.due_on), day(coming[step.step])) for step in found.steps]
    return panel(
        cycle_calendar(due, this=f"{found.month:%Y-%m}", following=f"{month:%Y-%m}"),
        title=_("Calendar"),
    )
