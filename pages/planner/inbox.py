"""Inbox: what waits for a person, in one worklist that is worked through with the keyboard."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.inbox import PATH, Ids, entry_row, progress, queue_links, totals_text
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, said_when_empty, text_column
from components.page import page_frame, panel
from components.two_line_grid import ROW_HEIGHT, state_column, two_line_column
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import inbox
from services.inbox import LONGEST_NAME, LONGEST_REASON, InboxFilters, Worklist, inbox_filters
from services.inbox_entries import KINDS, kind_name

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Inbox",
    area=Area.OVERVIEW,
    order=20,
    description="Tasks, mentions, approvals and exceptions in one worklist",
)


def layout(show: str = "", kind: str = "", search: str = "", **_query: str) -> Component:
    wanted = inbox_filters({"show": show, "kind": kind, "search": search})
    found = inbox.worklist(viewer(), wanted)
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        _queues(wanted),
        html.P("", id=Ids.outcome, className="note outcome", role="status"),
        _work(found, wanted),
        title=_("Inbox"),
        lead=_(
            "What is late first, then by the money at stake. Keys: j and k move, x selects, Enter opens, a accepts, "
            "r turns down, d ticks off, s puts off."
        ),
    )


def _queues(wanted: InboxFilters) -> Component:
    shown = [("open", _("Open")), ("late", _("Late")), ("snoozed", _("Put off"))]
    kinds = [(NOTHING, _("All")), *((kind, kind_name(kind)) for kind in KINDS)]
    filters = filter_form(
        PATH,
        choice_filter(Ids.show, "show", _("Show"), shown, wanted.show),
        choice_filter(Ids.kind, "kind", _("Kind"), kinds, wanted.kind or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("item, supplier, person")),
    )
    saving = html.Div(
        [
            field(_("Save as queue"), dbc.Input(id=Ids.queue_name, size="sm", maxLength=LONGEST_NAME)),
            dbc.Button(_("Save"), id=Ids.save_queue, color="primary", outline=True, size="sm"),
            dbc.Button(_("Remove"), id=Ids.drop_queue, color="secondary", outline=True, size="sm"),
            html.Nav(
                queue_links(inbox.queues(viewer())),
                id=Ids.queues,
                className="queues",
                **{"aria-label": _("Saved queues")},
            ),
        ],
        className="form-line",
    )
    return html.Div([filters, saving], className="inbox-queues")


def _work(found: Worklist, wanted: InboxFilters) -> Component:
    columns = [
        state_column("kind", _("Kind"), minWidth=130, maxWidth=170),
        two_line_column("what", _("What and why"), minWidth=300, flex=1, cellClass="two-lines load"),
        figure_column("money", _("At stake RM"), minWidth=100, maxWidth=120),
        figure_column("size", _("Size RM"), minWidth=90, maxWidth=110),
        text_column("due_on", _("Due"), minWidth=100, maxWidth=116),
    ]
    empty = _("Nothing is put off.") if wanted.show == "snoozed" else _("Nothing waits here. Well done.")
    return panel(
        html.Div(progress(found), id=Ids.progress),
        html.P(totals_text(found), id=Ids.totals, className="totals", role="status"),
        _decisions(snoozed=wanted.show == "snoozed"),
        html.Div(
            grid(
                Ids.rows,
                columns,
                [entry_row(entry) for entry in found.entries],
                row_id="id",
                selection="multiple",
                height=560,
                options={"rowHeight": ROW_HEIGHT, **said_when_empty(empty)},
            ),
            className="worklist",
        ),
    )


def _decisions(*, snoozed: bool) -> Component:
    may_decide = any(
        viewer().may(right)
        for right in (Permission.PROPOSAL_DECIDE, Permission.INVENTORY_EDIT, Permission.REVIEW_DECIDE)
    )
    return html.Div(
        [
            html.Div(
                [
                    _button(_("Accept"), Ids.accept, "a", look="btn-primary"),
                    field(_("Only up to RM"), dbc.Input(id=Ids.limit, type="number", min=0, step="any", size="sm")),
                    _button(_("Turn down"), Ids.reject, "r"),
                ],
                className="form-line",
                hidden=not may_decide,
            ),
            html.Div(
                [
                    _button(_("Done"), Ids.done, "d"),
                    _button(_("Put off"), Ids.snooze, "s"),
                    field(_("Until"), dbc.Input(id=Ids.until, type="date", size="sm")),
                    field(_("Reason"), dbc.Input(id=Ids.reason, size="sm", maxLength=LONGEST_REASON)),
                    html.Div(_button(_("Take back"), Ids.wake, "w"), hidden=not snoozed),
                    html.Span("", id=Ids.selected, className="note", role="status"),
                ],
                className="form-line",
            ),
        ],
        className="decisions",
    )


def _button(text: str, component_id: str, key: str, *, look: str = "btn-outline-secondary") -> Component:
    return html.Button(
        text,
        id=component_id,
        className=f"btn btn-sm {look}",
        disabled=True,
        title=_("Key: %(key)s", key=key),
        **{"aria-keyshortcuts": key},
    )
