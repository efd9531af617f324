"""Home: what needs a person today, and how the business does."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.home import Ids
from components.cycle_tracker import cycle_line
from components.figures.chart import chart
from components.figures.overview import HEIGHT
from components.forms import select
from components.page import empty_state, page_frame, panel
from components.step_links import step_links
from components.step_lock import CYCLE_PATH
from core.i18n import _, day, moment
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from core.viewer import Viewer
from services import cycle, demo, home
from services.cycle_template import step_name
from services.glossary import definition
from services.home import Freshness
from services.quick_start import quick_start

register_page(
    __name__,
    path="/",
    permission=Permission.HOME_READ,
    name="Home",
    area=Area.OVERVIEW,
    order=10,
    description="Key figures and the exceptions worth most money",
)

FIRST_STEPS = 5


def layout(by: str = "", **_query: str) -> Component:
    person = viewer()
    data = home.freshness(person)
    return page_frame(
        _nothing_yet(person) if data.sales_to is None else html.Div(),
        _cycle(person),
        html.Div(id=Ids.cards, className="cards home-cards", **{"aria-live": "polite"}),
        html.Div(
            [
                html.Div([_exceptions(person), _first_steps(person)]),
                html.Div([_revenue(person, by), _accuracy(person)]),
            ],
            className="two-columns home-columns",
        ),
        title=_("Home"),
        lead=_freshness_line(data),
    )


def _nothing_yet(person: Viewer) -> Component:
    if person.may(Permission.IMPORT_RUN):
        return empty_state(
            _("There are no sales yet. Everything here begins with them."),
            action=_("Import sales"),
            href="/data/import",
        )
    return empty_state(_("There are no sales yet. Ask an analyst to import them; then this page fills by itself."))


def _cycle(person: Viewer) -> Component | None:
    """Which step of the S&OP cycle is open, and until when."""
    found = cycle.running(person) if person.may(Permission.PLAN_READ) else None
    if found is None:
        return None
    running, step = found
    name = _("S&OP cycle %(month)s: %(step)s", month=f"{running.month:%Y-%m}", step=step_name(step.step))
    about = _("%(owner)s, due %(day)s", owner=step.owner or _("no owner"), day=day(step.due_on))
    return cycle_line(name=name, state=step.state, state_text=cycle.state_text(step), about=about, href=CYCLE_PATH)


def _exceptions(person: Viewer) -> Component | None:
    if not (person.may(Permission.INVENTORY_READ) or person.may(Permission.PURCHASE_READ)):
        return None
    return panel(
        html.Div(id=Ids.chips, className="chips"),
        html.Ol(id=Ids.worst, className="exceptions"),
        title=_("Exceptions, the most money first"),
        actions=[_meaning("money-at-stake")],
    )


def _revenue(person: Viewer, by: str) -> Component | None:
    if not person.may(Permission.DEMAND_READ):
        return None
    return panel(
        chart(Ids.revenue, summary=_("Revenue by week or day beside that of the year before"), height=HEIGHT),
        title=_("Revenue"),
        actions=[
            select(Ids.by, [("week", _("By week")), ("day", _("By day"))], "day" if by == "day" else "week"),
            _meaning("revenue-same-weekdays"),
        ],
    )


def _accuracy(person: Viewer) -> Component | None:
    if not person.may(Permission.FORECAST_READ):
        return None
    return panel(
        chart(Ids.accuracy, summary=_("Forecast accuracy and bias at lag 1 by month"), height=HEIGHT),
        title=_("Forecast accuracy at lag 1"),
        actions=[_meaning("forecast-accuracy")],
    )


def _first_steps(person: Viewer) -> Component:
    steps = [step for step in quick_start(person) if step.path != "/"][:FIRST_STEPS]
    return panel(
        step_links((_(step.name), _(step.text), step.path) for step in steps),
        title=_("Try this first") if demo.demo_loaded() else _("What you can do here"),
        note=_("This is the demo company. Change whatever you like.") if demo.demo_loaded() else "",
    )


def _meaning(anchor: str) -> Component:
    found = definition(anchor)
    return dcc.Link("?", href=found.href, className="kpi-help", title=_(found.formula))


def _freshness_line(data: Freshness) -> str:
    known = [
        (_("Sales to %(at)s"), data.sales_to and day(data.sales_to)),
        (_("deliveries to %(at)s"), data.deliveries_to and day(data.deliveries_to)),
        (_("forecast of %(at)s UTC"), data.forecast_at and moment(data.forecast_at)),
        (_("stocking policies of %(at)s UTC"), data.policies_at and moment(data.policies_at)),
        (_("last import %(at)s UTC"), data.import_at and moment(data.import_at)),
    ]
    return " · ".join(text % {"at": at} for text, at in known if at)
