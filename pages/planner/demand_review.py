"""Demand › Review: the demand plan at any level, in trees, a chart and a grid."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.demand_review_views import (
    count_text,
    review_figure,
    review_grid_columns,
    scope_text,
    scope_title,
    totals_data,
    wanted_tree,
    wanted_view,
)
from callbacks.planner.demand_review import (
    PATH,
    TREE_IDS,
    TREES,
    Ids,
)
from components.demand_review_columns import split_columns, tree_columns
from components.demand_review_texts import level_names, row_set_names, span_names, tree_value_names
from components.download import list_download
from components.figures.chart import chart
from components.figures.demand_layers import HEIGHT
from components.forms import field, select
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.step_lock import lock_banner
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import comments, demand_edits, demand_review, demand_trees
from services.comments import LONGEST
from services.cycle_lock import DEMAND, step_lock
from services.demand_ledger import LONGEST_REASON
from services.demand_review import MONEY, UNITS, Review
from services.demand_trees import TreeView

TREE_HEIGHT, GRID_HEIGHT = 232, 560

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Review",
    area=Area.DEMAND,
    order=5,
    description="The demand plan at any level: history, statistics, what people say, consensus; typed into in place",
)


def layout(**query: str) -> Component:
    seen = demand_edits.newest_edit(viewer())
    found = demand_review.review(viewer(), wanted_view(query))
    if not found.plan_months:
        return page_frame(_nothing(), title=_("Demand review"))
    tree = wanted_tree(query)
    return page_frame(
        dcc.Store(id=Ids.view, data=asdict(found.view)),
        dcc.Store(id=Ids.tree, data={"opened": sorted(tree.opened), "search": tree.search, "value": tree.value}),
        dcc.Store(id=Ids.tree_key),
        dcc.Store(id=Ids.changed, data=0),
        dcc.Store(id=Ids.totals),
        dcc.Store(id=Ids.seen, data=seen),
        *(dcc.Store(id=name) for name in (Ids.echo, Ids.fill, Ids.pasted, Ids.draft, Ids.remark_at)),
        dcc.Location(id=Ids.place, refresh=False),
        lock_banner(step_lock(viewer(), DEMAND)),
        _trees(found, tree),
        _chart(found),
        _grid(found),
        _edit_panel(),
        _remark_panel(),
        title=_("Demand review"),
        lead=_("What was sold, what statistics expect, what people say, and the plan everybody works with."),
        actions=[html.Span(list_download("demand-plan", found.view.scope), id=Ids.download)],
    )


def _trees(found: Review, tree: TreeView) -> Component:
    rows = demand_trees.trees(found, tree)
    values = list(tree_value_names().items())
    search = dbc.Input(
        id=Ids.search,
        type="search",
        value=tree.search,
        placeholder=_("Search products"),
        maxLength=80,
        debounce=0.3,
    )
    return panel(
        html.Div(
            [
                html.Label(_("Search products"), htmlFor=Ids.search, className="visually-hidden"),
                search,
                html.Label(_("Value"), htmlFor=Ids.value),
                select(Ids.value, values, tree.value),
            ],
            className="review-tree-head",
        ),
        html.Div(
            [_tree(tree_id, rows[name], tree.value) for tree_id, name in zip(TREE_IDS, TREES, strict=True)],
            className="review-trees",
        ),
    )


def _tree(tree_id: str, rows: list[dict[str, Any]], value: str) -> Component:
    return grid(
        tree_id,
        tree_columns(tree_value_names()[value]),
        rows,
        row_id="id",
        height=TREE_HEIGHT,
        options={
            "rowHeight": 25,
            "headerHeight": 26,
            "rowClassRules": {"review-chosen": "params.data.chosen"},
            **said_when_empty(_("Nothing is like that.")),
        },
    )


def _chart(found: Review) -> Component:
    return panel(
        html.Div(
            [html.H2(scope_title(found, None), id=Ids.chart_title), html.P(scope_text(found), id=Ids.scope)],
            className="review-chart-head",
        ),
        chart(
            Ids.chart,
            review_figure(found, None),
            summary=_("Sold, statistical, consensus, target and published plan, as in the table below"),
            height=HEIGHT,
        ),
    )


def _grid(found: Review) -> Component:
    view = found.view
    shown = [(UNITS, _("Units")), (MONEY, _("RM"))]
    return panel(
        html.Div(
            [
                field(_("A row stands for"), select(Ids.by, list(level_names().items()), view.by)),
                field(_("Rows"), select(Ids.rows_shown, list(row_set_names().items()), view.rows)),
                field(_("Columns"), select(Ids.span, list(span_names().items()), view.span)),
                field(_("Figures"), select(Ids.shown, shown, view.shown)),
                *_actions(found),
                html.P(count_text(found), id=Ids.count, className="totals", role="status"),
            ],
            className="filters review-tools",
        ),
        html.P(typing_text(found), className="note"),
        grid(
            Ids.rows,
            review_grid_columns(found),
            row_id="id",
            selection="single",
            height=GRID_HEIGHT,
            rowModelType="infinite",
            options={
                "rowHeight": 26,
                "pinnedTopRowData": totals_data(found, 0)["rows"],
                "rowClassRules": {
                    "level-head": "params.data && params.data.head",
                    "review-consensus": "params.data && params.data.measure == 'consensus'",
                },
                **said_when_empty(_("Nothing in the plan is like that. Choose “All products” and “All places”.")),
            },
        ),
    )


def _actions(found: Review) -> list[Component]:
    """Taking back is for those who may give figures, comments are for everybody."""
    edits = (
        (Ids.undo, _("Undo"), _("Take back your last edit (Ctrl-Z)")),
        (Ids.redo, _("Redo"), _("Put back what was taken back last (Ctrl-Y)")),
    )
    shown = (*edits, (Ids.remark, _("Comments"), _("Comments on the cell or row with the focus (Ctrl-M)")))
    return [
        dbc.Button(name, id=button, title=title, outline=True, color="primary", size="sm", disabled=not found.mine)
        if button != Ids.remark
        else dbc.Button(name, id=button, title=title, outline=True, color="primary", size="sm")
        for button, name, title in shown
    ]


def typing_text(found: Review) -> str:
    if not found.mine:
        return _("The grid is read only for you. Comments can be written by everybody.")
    return _(
        "White cells take figures: 1200, +5%, -200, =ly for last year, =hold, =clear. Ctrl-R fills to the right, "
        "Ctrl-V pastes a block from a spreadsheet, Ctrl-Z takes back."
    )


def _edit_panel() -> Component:
    rules = [
        ("forecast", _("As the plan is now")),
        ("history", _("As the last 12 months sold")),
        ("equal", _("Into equal parts")),
    ]
    return html.Aside(
        [
            html.H2("", id=Ids.panel_title),
            html.Div([], id=Ids.panel_text, className="review-split-text", role="status"),
            field(_("Split"), select(Ids.rule, rules, "forecast")),
            grid(Ids.panel_rows, split_columns("units"), [], height=260, options={"rowHeight": 25, "headerHeight": 26}),
            html.P("", id=Ids.panel_note, className="tone-bad", role="alert"),
            field(_("Reason"), dbc.Input(id=Ids.reason, maxLength=LONGEST_REASON, value="")),
            field(
                _("Counts until"),
                dbc.Input(id=Ids.expires_on, type="date", value=""),
                hint=_("Empty: for good. What is held keeps its figure."),
            ),
            html.Div(
                [
                    dbc.Button(_("Apply"), id=Ids.apply, color="primary"),
                    dbc.Button(_("Cancel"), id=Ids.cancel, color="primary", outline=True),
                ],
                className="page-actions",
            ),
        ],
        id=Ids.panel,
        hidden=True,
        className="review-panel",
        **{"aria-label": _("What the change does")},
    )


def _remark_panel() -> Component:
    people = [(name, f"{shown} (@{name})") for _id, shown, name in comments.colleagues(viewer())]
    return html.Aside(
        [
            html.H2("", id=Ids.remark_title),
            html.Div([], id=Ids.remark_thread, className="review-thread"),
            field(_("Comment"), dbc.Textarea(id=Ids.remark_body, value="", maxLength=LONGEST, rows=3)),
            field(_("Name a colleague"), select(Ids.remark_person, people, "")),
            html.Div(
                [
                    dbc.Button(_("Say it"), id=Ids.remark_say, color="primary"),
                    dbc.Button(_("Close"), id=Ids.remark_close, color="primary", outline=True),
                ],
                className="page-actions",
            ),
        ],
        id=Ids.remark_panel,
        hidden=True,
        className="review-panel",
        **{"aria-label": _("Comments")},
    )


def _nothing() -> Component:
    return empty_state(
        _("There is no monthly forecast to plan on yet. Run one for all products."),
        action=_("Forecast runs"),
        href="/demand/forecast-runs",
    )
