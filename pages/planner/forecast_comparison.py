"""Demand › Forecast runs › Comparison: how good two runs are, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.forecast_comparison import PATH, Ids, difference_row
from components.download import list_download
from components.figures.chart import chart
from components.figures.forecast_comparison import HEIGHT, two_runs
from components.filters import choice_filter, filter_form
from components.forecast_summary import FigureCard, figure_cards
from components.forms import field, select
from components.grid import grid
from components.page import empty_state, page_frame, panel
from components.run_columns import changed_series_columns, difference_columns
from core.errors import InvalidInput, NotFound
from core.i18n import _, day, money, number, percent
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import forecast_approval, forecast_comparison, forecasts
from services.forecast_comparison import Comparison, Difference
from services.forecast_run_texts import period_name, run_label
from services.forecast_texts import percent_signed
from services.forecasts import RunView
from services.glossary import definition

register_page(
    __name__,
    path=PATH,
    permission=Permission.FORECAST_READ,
    name="Forecast comparison",
    area=Area.DEMAND,
    order=13,
    description="Two forecast runs side by side: errors, totals, and the series that changed most",
    in_navigation=False,
)

RUNS_PATH, EXPLORER_PATH = "/demand/forecast-runs", "/demand/forecast"
TABLE_HEIGHT, SERIES_HEIGHT = 270, 360


def layout(run: str = "", other: str = "", **_query: str) -> Component:
    finished = forecasts.runs(viewer(), finished_only=True)
    chosen = _chosen(finished, run, other)
    return page_frame(
        _choices(finished, chosen) if finished else None,
        *(_comparison(*chosen) if chosen else [_nothing(finished)]),
        title=_("Forecast comparison"),
        lead=_("How good two forecasts are on the series both have, and where they differ."),
        trail=[(_("Forecast runs"), RUNS_PATH)],
    )


def _chosen(finished: list[RunView], run: str, other: str) -> tuple[RunView, RunView] | None:
    """The two in the address; else the newest beside the baseline, or beside the one before."""
    known = {str(found.id): found for found in finished}
    own = known.get(run) or (finished[0] if finished else None)
    if own is None:
        return None
    alike = [found for found in finished if found.frequency == own.frequency and found.id != own.id]
    earlier = [found for found in alike if found.id < own.id] or alike
    baseline = forecast_approval.baseline(viewer(), own.frequency)
    usual = baseline if baseline is not None and baseline.id != own.id else next(iter(earlier), None)
    beside = known.get(other) or usual
    return None if beside is None else (own, beside)


def _choices(finished: list[RunView], chosen: tuple[RunView, RunView] | None) -> Component:
    own, other = chosen or (finished[0], finished[0])
    listed = list({found.id: found for found in (*finished, own, other)}.values())
    runs = [(str(found.id), run_label(found)) for found in listed]
    return filter_form(
        PATH,
        choice_filter(Ids.run, "run", _("Forecast"), runs, str(own.id)),
        choice_filter(Ids.other, "other", _("Compared with"), runs, str(other.id)),
    )


def _nothing(finished: list[RunView]) -> Component:
    message = _("There is no other finished forecast of the same kind to compare with.")
    nothing = _("There is no finished forecast yet.")
    return empty_state(message if finished else nothing, action=_("Forecast runs"), href=RUNS_PATH)


def _comparison(run: RunView, other: RunView) -> list[Component]:
    try:
        found = forecast_comparison.compare(viewer(), run.id, other.id)
    except (InvalidInput, NotFound) as reason:
        return [empty_state(str(reason), action=_("Forecast runs"), href=RUNS_PATH)]
    return [
        dcc.Store(id=Ids.runs, data={"run": run.id, "other": other.id}),
        _links(found),
        figure_cards(_cards(found)),
        _periods(found),
        html.Div([_groups(found, "categories"), _groups(found, "families")], className="two-columns halves"),
        _series(found),
    ]


def _links(found: Comparison) -> Component:
    """What each of the two is, and where to look into it."""
    return html.P(
        [
            part
            for run in (found.run, found.other)
            for part in (
                dcc.Link(run_label(run), href=f"{RUNS_PATH}?run={run.id}"),
                " · ",
                dcc.Link(_("its series"), href=f"{EXPLORER_PATH}?run={run.id}"),
                html.Br(),
            )
        ],
        className="note compared",
    )


def _cards(found: Comparison) -> list[FigureCard]:
    figures = found.figures
    own, other, total = figures.own, figures.other, figures.total
    against = {"id": found.other.id}

    def beside(value: str) -> str:
        return _("#%(id)s: %(value)s", **against, value=value)

    better = own.wmape is not None and other.wmape is not None and own.wmape < other.wmape
    return [
        FigureCard(
            _("WMAPE at earlier dates"),
            percent(own.wmape),
            beside(percent(other.wmape)),
            definition("forecast-accuracy").href,
            "good" if better else "quiet",
        ),
        FigureCard(
            _("Bias at earlier dates"),
            percent_signed(own.bias),
            beside(percent_signed(other.bias)),
            definition("forecast-bias").href,
        ),
        FigureCard(
            _("Coverage of the 80 % band"),
            percent(own.coverage),
            beside(percent(other.coverage)),
            definition("band-coverage").href,
        ),
        FigureCard(
            _("Series forecast better"),
            number(figures.better),
            _(
                "%(worse)s worse, of %(judged)s that both could judge",
                worse=number(figures.worse),
                judged=number(figures.judged),
            ),
        ),
        FigureCard(_("Forecast quantity"), number(total.quantity), _change(total.change, total.other_quantity)),
        FigureCard(_("Forecast money"), money(total.money), _change(total.money_change, total.other_money)),
    ]


def _change(change: float, other: float) -> str:
    signed = f"{'+' if change > 0 else ''}{number(change)}"
    return f"{signed} ({percent_signed(change / other)})" if other else signed


def _periods(found: Comparison) -> Component:
    run, periods = found.run, found.figures.periods
    names = [period_name(one.key, run.frequency) for one in periods]
    shown = two_runs(
        names,
        [one.quantity for one in periods],
        [one.other_quantity for one in periods],
        own_name=f"#{run.id}",
        other_name=f"#{found.other.id}",
    )
    rows = [difference_row(one) | {"key": name} for one, name in zip(periods, names, strict=True)]
    summary = _("Total forecast of both by period; the table holds the same figures.")
    return panel(
        html.Div(
            [
                chart(Ids.totals, shown, summary=summary, height=HEIGHT),
                grid(Ids.periods, _columns(_("Period"), found), rows, height=HEIGHT),
            ],
            className="two-columns halves",
        ),
        title=_("By period"),
        note=_(
            "%(first)s to %(last)s, which both forecast; all series of each.",
            first=day(found.first),
            last=day(found.last),
        ),
        actions=[_download("periods", found)],
    )


def _groups(found: Comparison, part: str) -> Component:
    listed: Sequence[Difference] = getattr(found.figures, part)
    names = {"categories": (_("By category"), _("Category")), "families": (_("By family"), _("Product family"))}
    title, column = names[part]
    rows = [difference_row(one) for one in listed]
    return panel(
        grid(getattr(Ids, part), _columns(column, found), rows, height=TABLE_HEIGHT),
        title=title,
        note=_("Those that changed most in money first."),
        actions=[_download(part, found)],
    )


def _series(found: Comparison) -> Component:
    measures = [("money", _("in money")), ("quantity", _("in quantity"))]
    names = {"own": f"#{found.run.id}", "other": f"#{found.other.id}"}
    return panel(
        html.Div(field(_("Ranked by change"), select(Ids.ranked_by, measures, "money")), className="filters"),
        grid(Ids.series, changed_series_columns(**names), row_id="id", height=SERIES_HEIGHT),
        title=_("Series that changed most"),
        note=_("The first %(count)s; the file has all of them.", count=forecast_comparison.TOP_SERIES),
        actions=[_download("series", found)],
    )


def _columns(name: str, found: Comparison) -> list[dict[str, object]]:
    return difference_columns(name, own=f"#{found.run.id}", other=f"#{found.other.id}")


def _download(part: str, found: Comparison) -> Component | None:
    runs = {"run": str(found.run.id), "other": str(found.other.id)}
    return list_download(f"forecast-comparison-{part}", runs, grid_id=getattr(Ids, part))
