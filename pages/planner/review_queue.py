"""Supply › Review queue: what suppliers answered, waiting for a planner's decision."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.review_queue import (
    PATH,
    Ids,
    answer_rows,
    nothing_chosen,
    queue_cards,
)
from callbacks.queue_views import CLOSED, HIDDEN
from components.download import list_download
from components.forms import field
from components.grid import figure_column
from components.page import empty_state, page_frame, panel
from components.two_line_grid import two_line_column, two_line_grid
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import review_queue
from services.review_queue import NOTE_LENGTH, Queue

register_page(
    __name__,
    path=PATH,
    permission=Permission.PURCHASE_READ,
    name="Review queue",
    area=Area.SUPPLY,
    order=34,
    description="Suppliers' confirmations and proposed changes, to accept or reject",
)

# Stock that ends before the promised day is marked by a shape, too.
COVER = "(params.data.uncovered ? '◆ ' : '') + (params.value == null ? '–' : d3.format(',.1f')(params.value))"
UNCOVERED: dict[str, Any] = {
    "cellClass": "two-lines figure",
    "cellClassRules": {"tone-bad": "params.data && params.data.uncovered"},
    "valueFormatter": {"function": COVER},
}


def layout(show: str = "all", **_query: str) -> Component:
    show = show if show in review_queue.SHOWN else "all"
    found = review_queue.queue(viewer(), show=show)
    return page_frame(
        html.Div(queue_cards(found, show), id=Ids.cards, className="todo-cards todo-cards-four"),
        _work(found) if found.answers else _nothing(show),
        dcc.Store(id=Ids.filter, data=show),
        dcc.Store(id=Ids.chosen),
        dcc.Store(id=Ids.accepted),
        dcc.Store(id=Ids.rejected),
        dcc.Store(id=Ids.countered),
        dcc.Store(id=Ids.bulk),
        title=_("Review queue"),
        lead=_("What suppliers answered. Nothing changes in the plan before it is accepted here."),
        actions=[list_download("review-queue", {"show": show}, grid_id=Ids.rows)],
    )


def _nothing(show: str) -> Component:
    if show == "all":
        return empty_state(
            _("Nothing waits for a decision. Suppliers' answers to sent orders appear here."),
            action=_("Purchase orders"),
            href="/supply/purchase-orders",
        )
    return empty_state(_("No answer of this kind waits for a decision."), action=_("Show all"), href=PATH)


def _work(found: Queue) -> Component:
    decides = viewer().may(Permission.REVIEW_DECIDE)
    return html.Div(
        [
            panel(
                _answers(found),
                html.P(id=Ids.outcome, className="note", role="status"),
                title=_("Answers"),
                note=_("The most order value affected first.") if decides else _("You may look; planners decide."),
                actions=[_bulk_button(decides)],
            ),
            _detail(),
        ]
    )


def _bulk_button(decides: bool) -> Component:
    return dbc.Button(
        _("Accept chosen confirmations"),
        id=Ids.accept_chosen,
        disabled=True,
        outline=True,
        color="primary",
        size="sm",
        style={} if decides else HIDDEN,
    )


def _answers(found: Queue) -> Component:
    columns = [
        two_line_column("order", _("Order, supplier"), filter=True, minWidth=130, width=200),
        two_line_column("item", _("Item, deliver to"), filter=True, minWidth=130, width=210),
        two_line_column("terms", _("Ordered → promised"), minWidth=198, width=215, sortable=False),
        figure_column("days_later", _("Days later"), minWidth=90, width=90, cellClass="two-lines figure"),
        figure_column("value_affected", _("Affected (RM)"), minWidth=115, width=115, cellClass="two-lines figure"),
        figure_column("rounds", _("Rounds"), minWidth=80, width=80, cellClass="two-lines figure"),
        figure_column("cover", _("Cover (days)"), minWidth=110, width=110, **UNCOVERED),
        two_line_column("reason", _("Reason"), minWidth=120, width=200),
    ]
    nothing = _("Nothing waits for a decision.")
    return two_line_grid(Ids.rows, columns, answer_rows(found), empty=nothing, selection="multiple")


def _detail() -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_("Answer"), id=Ids.title),
                    html.Button("✕", id=Ids.close, className="icon-button detail-close", title=_("Close")),
                ],
                className="panel-head",
            ),
            html.Div(
                [
                    html.Div(nothing_chosen(), id=Ids.about),
                    html.Div([html.Div(_decision(), id=Ids.deciding, style=HIDDEN), html.Div(id=Ids.rounds)]),
                ],
                className="two-columns",
            ),
        ],
        id=Ids.detail,
        className=CLOSED,
    )


def _decision() -> Component:
    return html.Div(
        [
            dbc.Button(_("Accept"), id=Ids.accept, color="primary", disabled=True),
            field(
                _("Note to the supplier"),
                dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2),
                hint=_("Needed to reject or to propose; the supplier reads it."),
            ),
            dbc.Button(_("Reject with this note"), id=Ids.reject, outline=True, color="primary"),
            html.Details([html.Summary(_("Propose something else")), _counter()]),
        ],
        className="proposal",
    )


def _counter() -> Component:
    return html.Div(
        [
            field(_("Quantity we need"), dbc.Input(id=Ids.counter_quantity, type="number", min=0, step="any")),
            field(_("Date of arrival"), dbc.Input(id=Ids.counter_on, type="date")),
            dbc.Button(_("Send our proposal with this note"), id=Ids.counter, outline=True, color="primary"),
        ],
        className="proposal",
    )
