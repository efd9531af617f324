"""S&OP › Risks: what may cost or bring money that the plan does not count on."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.risks import (
    EVERY,
    HIDDEN,
    PATH,
    SHOWN,
    Ids,
    detail_parts,
    list_parts,
    owner_choices,
    stored_filters,
    wanted_risks,
)
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field, select
from components.grid import grid, said_when_empty
from components.page import page_frame, panel
from components.risk_columns import found_columns, risk_columns
from core.errors import NotFound
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import risks
from services.form_values import row_id
from services.risks import KINDS, LONGEST_TEXT, LONGEST_TITLE, STATUSES, RiskFilters, kind_name, status_name

register_page(
    __name__,
    path=PATH,
    permission=Permission.PLAN_READ,
    name="Risks",
    area=Area.SOP,
    order=50,
    description="Risks and opportunities of the plan, by probability and money",
)


def layout(
    kind: str = "", status: str = "", category: str = "", search: str = "", risk: str = "", **_query: str
) -> Component:
    wanted = wanted_risks({"kind": kind, "status": status, "category": category, "search": search})
    opened = _opened(risk)
    rows, totals, cards, found = list_parts(stored_filters(wanted))
    return page_frame(
        dcc.Store(id=Ids.filters, data=stored_filters(wanted)),
        html.Div(cards, id=Ids.cards, className="todo-cards todo-cards-four gap-cards"),
        _filters(wanted),
        panel(
            html.P(totals, id=Ids.totals, className="totals", role="status"),
            grid(
                Ids.rows,
                risk_columns(),
                rows,
                row_id="id",
                selection="single",
                height=300,
                options=said_when_empty(
                    _("Nothing is registered. Add a risk or an opportunity below, or something found in the data.")
                ),
                selectedRows={"ids": [str(opened["id"])]} if opened else [],
            ),
        ),
        _detail(opened),
        _found(found),
        title=_("Risks"),
        lead=_(
            "What may cost or bring money that the plan does not count on, ranked by probability × money. Risks count "
            "below zero."
        ),
        actions=[list_download("risks", stored_filters(wanted) | {"status": wanted.status})],
    )


def _opened(asked: str) -> dict[str, object] | None:
    """The entry that the address names, if there is one."""
    wanted = row_id(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < len(str(2**63)) else 0
    try:
        return risks.risk(viewer(), wanted) if wanted else None
    except NotFound:
        return None


def _filters(wanted: RiskFilters) -> Component:
    kinds = [(NOTHING, _("All")), *((name, kind_name(name)) for name in KINDS)]
    statuses = [(EVERY, _("All")), *((name, status_name(name)) for name in STATUSES)]
    categories = [(NOTHING, _("All")), *((name, name) for name in risks.categories(viewer()))]
    return filter_form(
        PATH,
        choice_filter(Ids.kind_filter, "kind", _("Kind"), kinds, wanted.kind or NOTHING),
        choice_filter(Ids.status_filter, "status", _("Status"), statuses, wanted.status or EVERY),
        choice_filter(Ids.category_filter, "category", _("Category"), categories, wanted.category or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("title, product or owner")),
    )


def _detail(opened: dict[str, object] | None) -> Component:
    parts = detail_parts(opened)
    seen, heading, about, *rest = parts
    values, (save, deciding, statuses, status, note, remarks) = rest[:10], rest[10:]
    title, kind, category, product, probability, impact, month, owner, due_on, mitigation = values
    may_edit = viewer().may(Permission.RISK_EDIT)
    categories = [(NOTHING, _("none")), *((name, name) for name in risks.categories(viewer()))]
    form = html.Div(
        [
            _wide(field(_("Title"), dbc.Input(id=Ids.title, value=title, size="sm", maxLength=LONGEST_TITLE))),
            field(_("Kind"), select(Ids.kind, [(name, kind_name(name)) for name in KINDS], kind)),
            field(_("Category"), select(Ids.category, categories, category)),
            field(_("Product code"), dbc.Input(id=Ids.product, value=product, size="sm", maxLength=60)),
            field(_("Probability %"), _figure(Ids.probability, probability, most=100)),
            field(_("Impact RM"), _figure(Ids.impact, impact)),
            field(_("Hits in"), dbc.Input(id=Ids.month, type="month", value=month, size="sm")),
            field(_("Owner"), select(Ids.owner, owner_choices(), owner)),
            field(_("Due on"), dbc.Input(id=Ids.due_on, type="date", value=due_on, size="sm")),
            _wide(field(_("Mitigation"), dbc.Input(id=Ids.mitigation, value=mitigation, maxLength=LONGEST_TEXT))),
            dbc.Button(save, id=Ids.save, color="primary", size="sm"),
        ],
        id=Ids.form,
        className="form-line",
        style=SHOWN if may_edit else HIDDEN,
    )
    decision = html.Div(
        [
            field(_("What became of it"), dbc.Select(id=Ids.status, options=statuses, value=status)),
            _wide(field(_("Note"), dbc.Input(id=Ids.note, value=note, size="sm", maxLength=LONGEST_TEXT))),
            dbc.Button(_("Set status"), id=Ids.set_status, color="primary", outline=True, size="sm"),
        ],
        id=Ids.deciding,
        className="form-line aop-line",
        style=deciding,
    )
    new = dbc.Button(
        _("New"), id=Ids.new, color="primary", outline=True, size="sm", style=SHOWN if may_edit else HIDDEN
    )
    return html.Section(
        [
            dcc.Store(id=Ids.seen, data=seen),
            html.Div(
                [
                    html.Div([html.H2(heading, id=Ids.heading), html.Div(about, id=Ids.about, className="note")]),
                    html.Div(new, className="page-actions"),
                ],
                className="panel-head",
            ),
            html.P("", id=Ids.outcome, className="note outcome", role="status"),
            form,
            decision,
            html.Div(remarks, id=Ids.remarks),
        ],
        className="panel",
    )


def _found(found: list[dict[str, object]]) -> Component:
    may_edit = viewer().may(Permission.RISK_EDIT)
    return panel(
        grid(
            Ids.found,
            found_columns(),
            found,
            row_id="id",
            selection="single",
            height=300,
            options=said_when_empty(_("Nothing is at stake that is not in the register already.")),
        ),
        html.Div(
            dbc.Button(_("Add selected"), id=Ids.add, color="primary", size="sm"),
            className="decisions",
            style=SHOWN if may_edit else HIDDEN,
        ),
        title=_("Found in the data"),
        note=_("the largest of each kind that is not in the register yet; added with its evidence at an even chance"),
    )


def _figure(component_id: str, value: object, *, most: int | None = None) -> Component:
    return dbc.Input(id=component_id, type="number", min=0, max=most, step="any", value=value, size="sm")


def _wide(component: Component) -> Component:
    component.className = "field field-wide"
    return component
