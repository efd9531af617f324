"""A partner's forecast as parts of a page: the same for customers and OEMs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner_accuracy_view import accuracy_view
from components.download import download_buttons
from components.forms import field, select, status
from components.grid import grid
from components.page import empty_state, page_frame, panel
from components.partner_forecast_columns import forecast_columns, month_field, state_of
from components.two_line_grid import marked, state_column, two_line_column, two_line_grid
from core.i18n import EMPTY, _, counted, day, moment, number, percent, signed
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import partner_forecast_compare, partner_forecasts
from services.partner_forecast_cells import DryRun
from services.partner_forecasts import ForecastSheet, ForecastVersion
from services.submissions import NOTE_LENGTH

VIEWS = ("forecast", "versions", "accuracy")
ROW_HEIGHT, HEADER_HEIGHT, SHORTEST, TALLEST = 44, 36, 200, 560
PROBLEMS_SHOWN = 12


class ForecastIds(PageIds):
    """What both pages name alike."""

    rows: str
    pasted: str
    filled: str
    state: str
    rule: str
    percent: str
    fill: str
    file: str
    found: str
    contents: str
    take: str
    note: str
    send: str
    withdraw: str
    older: str
    newer: str
    compared: str
    chart: str


def forecast_page(ids: type[ForecastIds], path: str, query: dict[str, str], *, title: str) -> Component:
    """The page: what is written, the versions, and how good they were."""
    show = query.get("show", "forecast")
    parts: dict[str, Callable[[], list[Component]]] = {
        "versions": lambda: _versions(ids),
        "accuracy": lambda: accuracy_view(ids.chart, ids.rows, path, query.get("lag", "1")),
    }
    content = parts[show]() if show in parts else _written(ids)
    return page_frame(
        _tabs(path, show if show in parts else "forecast"),
        *content,
        title=title,
        lead=_("What you expect to need of us, by month. It counts in our plan once we have accepted it."),
        actions=[
            download_buttons(
                {text: f"/download/own-forecast.{kind}" for kind, text in (("csv", "CSV"), ("xlsx", "XLSX"))}
            )
        ],
    )


def _tabs(path: str, show: str) -> Component:
    names = {"forecast": _("Forecast"), "versions": _("Versions"), "accuracy": _("Accuracy")}
    links = [
        dcc.Link(names[view], href=f"{path}?show={view}", className=f"nav-link{' active' if view == show else ''}")
        for view in VIEWS
    ]
    return html.Nav(links, className="nav nav-tabs forecast-views")


def _written(ids: type[ForecastIds]) -> list[Component]:
    found = partner_forecasts.sheet(viewer())
    if not found.items:
        return [empty_state(_("You have not ordered anything yet. The items of your first order appear here."))]
    writes = viewer().may(Permission.PORTAL_ANSWER)
    return [
        html.Div(state_line(found), id=ids.state, className="forecast-state"),
        panel(
            html.Div(_grid(ids, found, editable=writes), className="paste-grid"),
            html.P(_hint(writes), className="note"),
        ),
        html.Div([_filling(ids), _file(ids)], className="two-columns halves") if writes else html.Div(),
        _sending(ids) if viewer().may(Permission.PORTAL_COMMIT) else html.Div(),
        dcc.Store(id=ids.pasted),
        dcc.Store(id=ids.filled),
    ]


def _hint(writes: bool) -> str:
    if not writes:
        return _("You can look at the forecast. Colleagues with a higher level write and send it.")
    return _(
        "Type into a cell, or copy a block in your spreadsheet and paste it here; Ctrl-R fills to the right. An empty "
        "cell says nothing, zero says that you need none. Marked cells differ from what you sent last."
    )


def _grid(ids: type[ForecastIds], found: ForecastSheet, *, editable: bool) -> Component:
    height = min(max(HEADER_HEIGHT + len(found.items) * ROW_HEIGHT + 16, SHORTEST), TALLEST)
    return grid(
        ids.rows,
        forecast_columns(found.months, editable=editable),
        sheet_rows(found),
        row_id="id",
        selection="multiple" if editable else None,
        height=height,
        options={"rowHeight": ROW_HEIGHT, "singleClickEdit": True},
    )


def sheet_rows(found: ForecastSheet) -> list[dict[str, Any]]:
    """A row an item: what is written, and what was sent last."""
    return [
        {
            "id": item.id,
            "item": f"{item.code}\n{item.name}, {item.uom}",
            **{month_field(month): plain(found.figures.get((item.id, month))) for month in found.months},
            "sent": {month_field(month): plain(found.sent.get((item.id, month))) for month in found.months}
            if found.newest
            else None,
        }
        for item in found.items
    ]


def plain(quantity: Decimal | None) -> float | int | None:
    """A quantity as a grid takes it."""
    if quantity is None:
        return None
    return int(quantity) if quantity == quantity.to_integral() else float(quantity)


def state_line(found: ForecastSheet) -> list[Component]:
    """What is written, and where the newest version stands."""
    told: list[Component] = []
    if found.newest:
        text, tone = state_of(found.newest.state)
        told.append(html.Span(_("Version %(number)s", number=found.newest.number)))
        told.append(status(text, tone))
        told.append(html.Span(_("sent %(day)s", day=day(found.newest.sent_at)), className="note"))
    else:
        told.append(html.Span(_("You have not sent a forecast yet."), className="note"))
    if found.draft:
        changed = counted("%(count)s figure changed", "%(count)s figures changed", found.changed)
        told.append(status(_("Draft %(number)s: %(changed)s", number=found.draft.number, changed=changed), "quiet"))
    return told


def _filling(ids: type[ForecastIds]) -> Component:
    rules = [
        ("last_year", _("As ordered in the same months of last year")),
        ("sent", _("As sent last")),
        ("percent", _("Change by per cent")),
        ("clear", _("Clear")),
    ]
    return panel(
        html.Div(
            [
                field(_("How"), select(ids.rule, rules, "last_year")),
                field(_("Per cent"), dbc.Input(id=ids.percent, type="number", value=0, step="any")),
                dbc.Button(_("Fill"), id=ids.fill, color="primary", outline=True),
            ],
            className="forecast-fill",
        ),
        title=_("Fill"),
        note=_("The items ticked in the list, all of them where none is."),
    )


def _file(ids: type[ForecastIds]) -> Component:
    choose = dcc.Upload(
        html.Button(_("Choose a CSV file"), className="btn btn-outline-primary", type="button"),
        id=ids.file,
        accept=".csv,text/csv",
        max_size=500_000,
        className="forecast-upload",
    )
    return panel(
        choose,
        html.Div(id=ids.found),
        dbc.Button(_("Take it over"), id=ids.take, color="primary", disabled=True),
        dcc.Store(id=ids.contents),
        title=_("From a file"),
        note=_("The layout is that of the download. You see what it changes before anything is written."),
    )


def _sending(ids: type[ForecastIds]) -> Component:
    return panel(
        html.Div(
            [
                field(
                    _("Note"),
                    dbc.Input(id=ids.note, maxLength=NOTE_LENGTH, placeholder=_("What we should know about it")),
                ),
                dbc.Button(_("Send to us"), id=ids.send, color="primary"),
                dbc.Button(_("Withdraw what waits"), id=ids.withdraw, color="secondary", outline=True),
            ],
            className="forecast-fill",
        ),
        title=_("Send"),
        note=_("A new version replaces one that waits for an answer."),
    )


def dry_run_told(found: DryRun) -> list[Component]:
    """What a file would do."""
    if not found.problems:
        changed = counted("%(count)s cell changes", "%(count)s cells change", found.changed)
        return [status(changed, "good" if found.changed else "quiet")]
    shown = found.problems[:PROBLEMS_SHOWN]
    lines = [html.Li(_("Row %(row)s, %(column)s “%(value)s”: %(problem)s %(remedy)s", **problem)) for problem in shown]
    head = counted(
        "%(count)s bad cell: nothing is taken over", "%(count)s bad cells: nothing is taken over", len(found.problems)
    )
    return [status(head, "bad"), html.Ul(lines, className="forecast-problems")]


def _versions(ids: type[ForecastIds]) -> list[Component]:
    found = partner_forecasts.versions(viewer())
    if not found:
        return [empty_state(_("There is no version yet: write the forecast and send it."))]
    columns = [
        two_line_column("version", _("Version"), minWidth=118, width=190),
        state_column("state", _("State"), minWidth=120, width=200),
        two_line_column("note", _("Note"), minWidth=120, width=260, sortable=False),
    ]
    parts = [
        panel(two_line_grid(ids.rows, columns, [_version_row(each) for each in found], empty=_("No version yet.")))
    ]
    if len(found) > 1:
        parts.append(_comparing(ids, found))
    return parts


def _version_row(version: ForecastVersion) -> dict[str, Any]:
    text, tone = state_of(version.state)
    when = day(version.sent_at) if version.sent_at else _("not sent")
    cells = counted("1 figure", "%(count)s figures", version.cells)
    return {
        "id": version.id,
        "version": f"{_('Version %(number)s', number=version.number)}\n{cells}",
        "state": f"{marked(text, tone)}\n{when}",
        "note": f"{version.note or EMPTY}\n{version.author}, {moment(version.created_at)} (UTC)",
        "tone": tone,
    }


def _comparing(ids: type[ForecastIds], found: Sequence[ForecastVersion]) -> Component:
    choices = [(str(each.number), _("Version %(number)s", number=each.number)) for each in found]
    newer, older = choices[0][0], choices[1][0]
    return panel(
        html.Div(
            [
                field(_("From"), select(ids.older, choices, older)),
                field(_("To"), select(ids.newer, choices, newer)),
            ],
            className="forecast-fill",
        ),
        html.Div(compared(older, newer), id=ids.compared),
        title=_("Compare"),
    )


def compared(older: object, newer: object) -> list[Component]:
    """What changed from one version to another: totals by month, then the cells."""
    found = partner_forecast_compare.compare(viewer(), older, newer)
    if not found.cells:
        return [html.P(_("The two say the same of all months that both can speak of."), className="note")]
    months = [
        html.Tr(
            [
                html.Th(f"{month.month:%Y-%m}", scope="row"),
                *(html.Td(number(value)) for value in (month.before, month.after)),
                html.Td(signed(month.after - month.before)),
                html.Td(percent(month.after / month.before - 1) if month.before else EMPTY),
            ]
        )
        for month in found.months
    ]
    head = (_("Month"), _("From"), _("To"), _("Difference"), "%")
    cells = [
        html.Li(
            f"{cell.item}, {cell.month:%Y-%m}: {_quantity(cell.before)} → {_quantity(cell.after)}",
            className="figure-line",
        )
        for cell in found.cells[:PROBLEMS_SHOWN]
    ]
    more = len(found.cells) - len(cells)
    return [
        html.P(counted("1 figure differs.", "%(count)s figures differ; the largest first.", len(found.cells))),
        html.Ul(
            [*cells, *([html.Li(_("and %(count)s more", count=more))] if more else [])], className="forecast-problems"
        ),
        html.Div(
            html.Table(
                [html.Thead(html.Tr([html.Th(name, scope="col") for name in head])), html.Tbody(months)],
                className="compare-table",
            ),
            className="compare-scroll",
            tabIndex=0,
        ),
    ]


def _quantity(quantity: float | None) -> str:
    return EMPTY if quantity is None else number(quantity)
