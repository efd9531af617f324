"""Inventory › Stock budget: what money in safety stock buys in service, and where the next ringgit goes."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.stock_budget import (
    CHOSEN,
    CLASSES,
    PATH,
    Ids,
    aim_name,
    choice_parts,
    cycle_figure,
    cycle_text,
    show_name,
    wanted_budget,
)
from components.figures.chart import chart
from components.figures.exchange_curve import HEIGHT, SMALL_HEIGHT
from components.filters import choice_filter, filter_form
from components.forms import NOTHING, field, select
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.stock_budget_columns import item_columns, left_out_columns, step_columns
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import positions, stock_budget
from services.stock_budget import AIMS, LEFT_OUT, SHOWN, BudgetFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Stock budget",
    area=Area.INVENTORY,
    order=28,
    description="What money in safety stock buys in service, and where the next ringgit goes",
)


def layout(**query: str) -> Component:
    wanted = wanted_budget(query)
    some = stock_budget.any_item(viewer())
    parts = dict(zip(CHOSEN, choice_parts(wanted), strict=True)) if some else {}
    return page_frame(
        dcc.Store(id=Ids.filters, data=parts.get((Ids.filters, "data"))),
        dcc.Store(id=Ids.renewed),
        *(
            [_filters(wanted, parts), _exchange(parts), _items(wanted), _next(), _orders(wanted)]
            if some
            else [_nothing()]
        ),
        title=_("Stock budget"),
        lead=_(
            "What money in safety stock buys in service, shared out over all items at its best, and where the next "
            "ringgit brings most."
        ),
        actions=[html.Div(parts.get((Ids.downloads, "children")), id=Ids.downloads, className="budget-downloads")],
    )


def _filters(wanted: BudgetFilters, parts: dict[tuple[str, str], object]) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    classes = [*every, *((name, name) for name in CLASSES)]
    lists = [(NOTHING, _("All reckoned")), *((name, show_name(name)) for name in SHOWN)]
    places, categories = ([*every, *choices[name]] for name in ("location", "category"))
    hidden = [
        dcc.Input(id=name, name=place, type="hidden", value=parts[name, "value"])
        for name, place in ((Ids.form_aim, "aim"), (Ids.form_target, "target"))
    ]
    return filter_form(
        PATH,
        choice_filter(Ids.location, "location", _("Location"), places, wanted.location or NOTHING),
        choice_filter(Ids.category, "category", _("Category"), categories, wanted.category or NOTHING),
        choice_filter(Ids.abc, "abc", _("ABC class"), classes, wanted.abc or NOTHING),
        choice_filter(Ids.show, "show", _("List"), lists, wanted.show or NOTHING),
        *hidden,
    )


def _nothing() -> Component:
    return empty_state(
        _("No item has a policy with demand and cost yet. Recalculate the policies first."),
        action=_("Go to Positions"),
        href="/inventory/positions",
    )


def _exchange(parts: dict[tuple[str, str], object]) -> Component:
    low, high, step, value = (parts[Ids.slider, name] for name in ("min", "max", "step", "value"))
    target = dbc.Input(
        id=Ids.target, type="number", step="any", value=parts[Ids.target, "value"], debounce=True, size="sm"
    )
    slider = dcc.Slider(id=Ids.slider, min=low, max=high, step=step, value=value, marks=None, allow_direct_input=False)
    aims = [(aim, aim_name(aim)) for aim in AIMS]
    return panel(
        html.Div(
            [
                field(_("Aim at"), select(Ids.aim, aims, str(parts[Ids.form_aim, "value"]))),
                field(_("Amount"), target),
                html.Div(slider, className="field field-wide budget-slider"),
            ],
            className="form-line",
        ),
        html.Div(
            [
                chart(
                    Ids.curve,
                    parts[Ids.curve, "figure"],  # type: ignore[arg-type]
                    summary=_("Fill rate against money in safety stock; the table beside it has the marks in figures"),
                    height=HEIGHT,
                ),
                html.Div(
                    [
                        html.Div(parts[Ids.figures, "children"], id=Ids.figures),
                        html.Div(parts[Ids.account, "children"], id=Ids.account, role="status"),
                    ]
                ),
            ],
            className="two-columns budget-curve",
        ),
        title=_("Service for money"),
    )


def _items(wanted: BudgetFilters) -> Component:
    left_out = wanted.show == LEFT_OUT
    may_propose = viewer().may(Permission.INVENTORY_EDIT) and not left_out
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        _proposing() if may_propose else None,
        grid(
            Ids.rows,
            left_out_columns() if left_out else item_columns(),
            row_id="id",
            selection="multiple" if may_propose else None,
            height=430,
            rowModelType="infinite",
            options={
                **said_when_empty(_("No item here: choose other filters.")),
            },
        ),
        title=_("Items"),
    )


def _proposing() -> Component:
    return html.Div(
        [
            dbc.Button(_("Propose all listed"), id=Ids.propose_all, color="primary", outline=True, size="sm"),
            dbc.Button(_("Propose selected"), id=Ids.propose, color="primary", size="sm", disabled=True),
            html.Span("", id=Ids.selected, className="note", role="status"),
            html.Span("", id=Ids.outcome, className="note", role="status"),
        ],
        className="decisions",
    )


def _next() -> Component:
    return panel(
        html.P("", id=Ids.step_totals, className="totals", role="status"),
        grid(
            Ids.steps,
            step_columns(),
            row_id="id",
            height=360,
            rowModelType="infinite",
            options={
                **said_when_empty(_("More safety stock would prevent nothing here.")),
            },
        ),
        title=_("The next ringgit"),
        note=_(
            "From today's stocks on, by what each ringgit saves in shortages a year. A step is a tenth of the spread "
            "of the demand over the lead time; five of each item are ranked."
        ),
    )


def _orders(wanted: BudgetFilters) -> Component:
    found = stock_budget.cycle_stock(viewer(), wanted)
    drawn = chart(Ids.cycle, cycle_figure(found), summary=_("Cycle stock against orders a year"), height=SMALL_HEIGHT)
    return panel(
        html.Div([drawn, html.P(cycle_text(found), className="note")], className="two-columns"),
        title=_("Cycle stock and orders"),
    )
