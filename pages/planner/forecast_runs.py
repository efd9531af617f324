"""Demand › Forecast runs: calculate forecasts, follow them, and approve the baseline."""

from __future__ import annotations

from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.forecast_runs import ANEW, FILL_STOCK_OUTS, JOB, PATH, Ids, progress_parts
from components.download import list_download
from components.filters import choice_filter, filter_form
from components.forecast_summary import FigureCard, figure_cards
from components.forms import NOTHING, facts, field, select, status
from components.grid import grid
from components.job_progress import job_progress
from components.page import empty_state, page_frame, panel
from components.run_columns import run_columns
from components.step_lock import lock_banner
from core.errors import NotFound
from core.i18n import _, day, moment
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from core.viewer import Viewer
from services import forecast_approval, forecast_progress, forecast_series, forecasts, jobs
from services.cycle_lock import DEMAND, step_lock
from services.forecast_approval import NOTE_LENGTH, reservations
from services.forecast_reasons import method_name
from services.forecast_request import DEFAULT_ORIGINS, LONGEST_HORIZON, METHODS, MOST_ORIGINS
from services.forecast_run_texts import badges, level_name, run_label, settings_facts
from services.forecast_texts import RunCard, run_cards, run_line
from services.forecasts import FormChoices, RunView
from services.glossary import definition

register_page(
    __name__,
    path=PATH,
    permission=Permission.FORECAST_READ,
    name="Forecast runs",
    area=Area.DEMAND,
    order=12,
    description="Forecasts being calculated and done: progress, log, settings, the approved baseline",
)

COMPARISON_PATH, EXPLORER_PATH, ACCURACY_PATH = "/demand/forecast-comparison", "/demand/forecast", "/demand/accuracy"
GRID_HEIGHT = 250
DEFAULT_HORIZON = 6
POLL_MS = 1000


def layout(run: str = "", shown: str = "", **_query: str) -> Component:
    person = viewer()
    opened = _opened(person, run)
    return page_frame(
        lock_banner(step_lock(viewer(), DEMAND)),
        dcc.Location(id=Ids.address, refresh="callback-nav"),
        dcc.Store(id=Ids.filters, data=shown),
        _form_panel(person, opened=opened is None),
        _list(shown),
        *(_detail(person, opened) if opened else [_nothing_yet(person)]),
        title=_("Forecast runs"),
        lead=_("Calculate forecasts, follow them, compare two, and approve one as the baseline."),
        actions=[
            dcc.Link(_("Compare forecasts"), href=_compare_href(opened), className="btn btn-outline-primary btn-sm")
        ],
    )


def _opened(person: Viewer, run: str) -> RunView | None:
    """The one in the address; without one that which is under way for this person, else the newest."""
    if run.isascii() and run.isdigit():
        try:
            return forecasts.run(person, int(run[:18]))
        except NotFound:
            return None
    newest = forecasts.runs(person)
    active = jobs.active_job(person, forecasts.JOB_KIND)
    return next((found for found in newest if active is not None and found.job_id == active), next(iter(newest), None))


def _compare_href(run: RunView | None) -> str:
    return COMPARISON_PATH if run is None or run.state != "done" else f"{COMPARISON_PATH}?run={run.id}"


# The form


def _form_panel(person: Viewer, *, opened: bool) -> Component | None:
    """Closed while there is a run to look at."""
    if not person.may(Permission.FORECAST_RUN):
        return None
    form = _form(forecasts.form_choices(person))
    return html.Section(html.Details([html.Summary(_("New forecast")), form], open=opened), className="panel run-panel")


def _form(choices: FormChoices) -> Component:
    until = _("Sales are known up to %(day)s.", day=day(choices.data_until)) if choices.data_until else ""
    return html.Div(
        [
            html.Div([*_periods(), *_calculation(), *_scope(choices)], className="filters run-form"),
            html.Details([html.Summary(_("Methods and options")), _pool(), _options()], className="run-options"),
            html.Div(
                [
                    dbc.Button(_("Run forecast"), id=Ids.start, color="primary"),
                    html.P("", id=Ids.estimate, className="estimate", role="status"),
                ],
                className="run-start",
            ),
            html.P(
                _(
                    "%(until)s Only whole months or weeks count; at most %(months)s months or %(weeks)s weeks ahead. "
                    "Retired products are left out. Series whose demand is unchanged since a forecast with the same "
                    "settings are taken over from it.",
                    until=until,
                    months=LONGEST_HORIZON["month"],
                    weeks=LONGEST_HORIZON["week"],
                ),
                className="note",
            ),
        ]
    )


def _periods() -> list[Component]:
    units = [("month", _("Months")), ("week", _("Weeks"))]
    ahead = dbc.Input(
        id=Ids.horizon, type="number", min=1, max=max(LONGEST_HORIZON.values()), step=1, value=DEFAULT_HORIZON
    )
    return [field(_("Periods"), select(Ids.frequency, units, "month")), field(_("How many ahead"), ahead)]


def _calculation() -> list[Component]:
    levels = [("location", level_name("location")), ("channel", level_name("channel"))]
    modes = [("fast", _("Fast: statistical methods")), ("full", _("Full: events and global model too"))]
    origins = [(str(count), str(count)) for count in range(1, MOST_ORIGINS + 1)]
    return [
        field(_("Mode"), select(Ids.mode, modes, "fast")),
        field(_("Level"), select(Ids.level, levels, "location")),
        field(_("Earlier dates"), select(Ids.origins, origins, str(DEFAULT_ORIGINS))),
    ]


def _scope(choices: FormChoices) -> list[Component]:
    every = [(NOTHING, _("All"))]
    stages = {"planned": _("Planned"), "launch": _("Launch"), "active": _("Active"), "phase_out": _("Phase-out")}
    places = [(code, f"{code} · {name}") for code, name in choices.locations]
    codes = dbc.Input(id=Ids.products, type="text", placeholder=_("all, or some with commas"), debounce=True)
    return [
        field(_("Category"), select(Ids.category, [*every, *((name, name) for name in choices.categories)], NOTHING)),
        field(
            _("Product family"), select(Ids.family, [*every, *((name, name) for name in choices.families())], NOTHING)
        ),
        field(_("Location"), select(Ids.location, [*every, *places], NOTHING)),
        field(_("Life cycle"), select(Ids.life_cycle, [*every, *stages.items()], NOTHING)),
        field(_("Product codes"), codes),
    ]


def _pool() -> Component:
    options = [{"value": key, "label": method_name(key)} for key in METHODS]
    return html.Fieldset(
        [
            html.Legend(_("Method pool")),
            dbc.Checklist(id=Ids.methods, options=options, value=list(METHODS), inline=True),
            html.P(
                _(
                    "Each series tries those of these that suit its kind of demand; where none of them does, all that "
                    "do. Seasonal naive is always the yardstick."
                ),
                className="note",
            ),
        ]
    )


def _options() -> Component:
    options = [
        {"value": FILL_STOCK_OUTS, "label": _("Fill in demand that was lost while there was no stock")},
        {"value": ANEW, "label": _("Calculate everything anew, also what is unchanged")},
    ]
    return html.Fieldset([html.Legend(_("Options")), dbc.Checklist(id=Ids.options, options=options, value=[])])


# The list


def _list(shown: str) -> Component:
    choices = [("all", _("All forecasts")), ("done", _("Finished")), ("approved", _("Approved"))]
    return panel(
        html.Div(
            [
                filter_form(PATH, choice_filter(Ids.shown, "shown", _("Show"), choices, shown or "all")),
                html.P("", id=Ids.totals, className="totals", role="status"),
                list_download("forecast-runs", {"shown": shown}),
            ],
            className="list-head",
        ),
        grid(
            Ids.rows,
            run_columns(),
            row_id="id",
            selection="single",
            height=GRID_HEIGHT,
            rowModelType="infinite",
            options={
                "localeText": {"noRowsToShow": _("No forecasts yet.")},
            },
        ),
    )


def _nothing_yet(person: Viewer) -> Component:
    if not person.may(Permission.FORECAST_RUN):
        return empty_state(_("There is no such forecast, or none yet. A planner or an analyst can run one."))
    if forecasts.form_choices(person).data_until is not None:
        return empty_state(
            _("Choose months or weeks above and run a forecast; its progress and its results show here.")
        )
    if person.may(Permission.IMPORT_RUN):
        return empty_state(
            _("A forecast needs sales, and there are none yet."), action=_("Import sales"), href="/data/import"
        )
    return empty_state(_("A forecast needs sales, and there are none yet. Ask an analyst to import them."))


# One run


def _detail(person: Viewer, run: RunView) -> list[Component]:
    found = forecast_progress.progress(person, run.id)
    line = _job_line(person, run)
    bars, speed, log = progress_parts(found, followed=line is not None)
    running = run.state == "running"
    return [
        dcc.Store(id=Ids.run, data=run.id),
        dcc.Store(id=Ids.followed, data=line is not None),
        dcc.Interval(id=Ids.tick, interval=POLL_MS, disabled=not running),
        panel(
            _badges(run),
            line,
            figure_cards(_cards(person, run)) if run.state == "done" else None,
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(
                                [
                                    html.H3(_("Series by demand class")),
                                    html.P(speed, id=Ids.speed, className="totals", role="status"),
                                    html.Div(bars, id=Ids.bars, className="class-bars"),
                                ],
                                hidden=not running and not found.series,
                            ),
                            html.H3(_("Log (UTC)")),
                            html.Ol(log, id=Ids.log, className="run-log", tabIndex=0),
                        ]
                    ),
                    html.Div([html.H3(_("Settings")), facts(settings_facts(run)), *_baseline(person, run)]),
                ],
                className="two-columns",
            ),
            title=_("Forecast #%(id)s", id=run.id),
            note=run_line(run) if run.state == "done" else run_label(run),
            actions=_actions(run),
        ),
    ]


def _badges(run: RunView) -> Component:
    return html.P([status(text, tone) for text, tone in badges(run)], className="badges")


def _actions(run: RunView) -> list[Component | None]:
    if run.state != "done":
        return []
    accuracy = urlencode({"view": "tested", "frequency": run.frequency, "run": run.id})
    button = "btn btn-outline-primary btn-sm"
    return [
        dcc.Link(_("Its series"), href=f"{EXPLORER_PATH}?run={run.id}", className=button),
        dcc.Link(_("Accuracy"), href=f"{ACCURACY_PATH}?{accuracy}", className=button),
        dcc.Link(_("Compare"), href=_compare_href(run), className=button),
        list_download("forecast-values", {"run": str(run.id)}),
    ]


def _job_line(person: Viewer, run: RunView) -> Component | None:
    """Only who asked for it, or manages jobs, can cancel it."""
    mine = run.job_id is not None and run.job_id == jobs.active_job(person, forecasts.JOB_KIND)
    if run.state != "running" or run.job_id is None or not (mine or person.may(Permission.JOBS_MANAGE)):
        return None
    return job_progress(JOB, run.job_id)


def _cards(person: Viewer, run: RunView) -> list[FigureCard]:
    return [_card(card) for card in run_cards(run, forecast_series.run_accuracy(person, run.id))]


def _card(card: RunCard) -> FigureCard:
    meaning = definition(card.anchor).href if card.anchor else ""
    return FigureCard(card.name, card.value, card.comparison, meaning, card.tone)


def _baseline(person: Viewer, run: RunView) -> list[Component]:
    """Who approved it; or what it takes to approve it."""
    if run.state != "done":
        return []
    told = []
    if run.approved_at is not None:
        text = _("Approved by %(name)s at %(at)s UTC.", name=run.approver, at=moment(run.approved_at))
        told.append(html.P([text, html.Br(), run.approval_note] if run.approval_note else text))
    if not run.baseline and person.may(Permission.FORECAST_APPROVE):
        told += _approval(person, run)
    return [html.H3(_("Statistical baseline")), *(told or [html.P(_("Not approved."), className="note")])]


def _approval(person: Viewer, run: RunView) -> list[Component]:
    before = forecast_approval.baseline(person, run.frequency)
    now = _("The baseline is %(run)s.", run=run_label(before)) if before else _("There is no baseline yet.")
    found = reservations(run)
    return [
        dcc.Store(id=Ids.seen, data=before.id if before else 0),
        html.P(now, className="note"),
        html.P(status(" ".join(found), "warn"), className="reservations") if found else None,
        field(
            _("Note"),
            dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2),
            hint=_("Needed, because of what is said above.") if found else _("If you like: why this one."),
        ),
        dbc.Button(_("Approve as baseline"), id=Ids.approve, color="primary", className="approve"),
    ]
