"""Inventory › Item cockpit: one item with its zones, its weeks, what other terms would cost and give, and why."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.inventory import PATH as POSITIONS_PATH
from callbacks.planner.inventory import lot_row, now_facts, why_facts
from callbacks.planner.item_cockpit import (
    PATH,
    Ids,
    proposal_text,
    shown_terms,
    simulate_first,
    tried_parts,
)
from components.figures.chart import chart
from components.figures.projected_stock import HEIGHT as WEEKS_HEIGHT
from components.figures.service_curve import HEIGHT as CURVE_HEIGHT
from components.filters import filter_form, text_filter
from components.forms import field, status
from components.grid import grid
from components.item_link import cockpit_address
from components.page import empty_state, page_frame, panel
from components.policy_service import history_list
from components.slider_field import slider_field
from components.stock_lots import stock_lots
from components.stock_status import TONES, status_name
from core.i18n import _, counted, number
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import inventory, item_cockpit, positions
from services.inventory import HIGHEST_TARGET, LOWEST_TARGET, Why
from services.item_cockpit import Trial
from services.policy_history import policy_history
from services.policy_review import REASON_LENGTH
from services.positions import PositionFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Item cockpit",
    area=Area.INVENTORY,
    order=12,
    description="One item: its stock against its policy, its weeks, and what another policy would cost and give",
)

CHOICES = 20
LONGEST_SLIDER_LEAD, LONGEST_SLIDER_REVIEW = 30, 28


def layout(product: str = "", location: str = "", search: str = "", **_query: str) -> Component:
    if product or location:
        return _item(inventory.why(viewer(), _id(product), _id(location)))
    return _choice(search.strip())


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _choice(search: str) -> Component:
    found = positions.positions(viewer(), PositionFilters(search=search), end=CHOICES)
    if search and found.total == 1:
        row = found.rows[0]
        return _item(inventory.why(viewer(), row["product_id"], row["location_id"]))
    return page_frame(
        _search(search),
        panel(html.Ul([_linked(row) for row in found.rows], className="item-choices"), title=_said(search, found.total))
        if found.rows
        else _nothing(search),
        title=_("Item cockpit"),
        lead=_("One item with its zones, its weeks, and what another policy of it would cost and give."),
    )


def _search(search: str) -> Component:
    return filter_form(PATH, text_filter(Ids.search, "search", _("Item"), search, placeholder=_("code or name")))


def _said(search: str, total: int) -> str:
    if not search:
        return _("The most money at stake")
    if total > CHOICES:
        return _("The first %(shown)s of %(total)s items", shown=number(CHOICES), total=number(total))
    return counted("1 item", "%(count)s items", total)


def _linked(row: dict[str, object]) -> Component:
    status_ = str(row["status"])
    address = cockpit_address(int(str(row["product_id"])), int(str(row["location_id"])))
    return html.Li(
        [
            dcc.Link(f"{row['code']} {row['name']} · {row['location_name']}", href=address),
            " ",
            status(status_name(status_), TONES[status_]),
        ]
    )


def _nothing(search: str) -> Component:
    if search:
        return empty_state(_("No item has this in its code or name. Search for a part of it."))
    return empty_state(
        _("There is no stock, no open order and no policy yet. Import products and sales, then run a forecast."),
        action=_("Import data"),
        href="/data/import",
    )


def _item(found: Why) -> Component:
    item = found.position
    key = (item["product_id"], item["location_id"])
    trial = item_cockpit.trial(viewer(), *key, {}) if found.inputs else None
    values = shown_terms(trial.now) if trial else None
    return page_frame(
        dcc.Store(id=Ids.seen, data={"product_id": key[0], "location_id": key[1], "values": values}),
        html.Div(
            [
                html.Div([_now(found), _curve(trial) if trial else None], className="cockpit-column"),
                html.Div(_what_if(trial, values) if trial and values else _no_policy(found)),
                _weeks(),
                _lots(*key),
                _reason(found) if found.inputs else None,
                _history(*key),
            ],
            className="cockpit",
        ),
        title=item["name"],
        lead=f"{item['code']} · {item['location_name']}",
        trail=[(_("Positions"), POSITIONS_PATH)],
        actions=[_search("")],
    )


def _now(found: Why) -> Component:
    item = found.position
    return panel(
        html.Div(id=Ids.ahead, className="cockpit-ahead"),
        now_facts(item),
        html.P(proposal_text(item_cockpit.order_proposal(viewer(), item["product_id"], item["location_id"]))),
        title=_("Stock against its policy"),
        actions=[status(status_name(item["status"]), TONES[item["status"]])],
    )


def _no_policy(found: Why) -> Component:
    return panel(html.P(why_facts(found)), title=_("No policy"))


def _what_if(trial: Trial, values: list[float]) -> Component:
    measure = (
        _("per cent of demand met from stock")
        if trial.measure == "fill_rate"
        else _("per cent of cycles without stock-out")
    )
    service, lead, moq, review = values
    fields = html.Div(
        [
            slider_field(
                _("Service target, %"), slider_id=Ids.service_slider, typed_id=Ids.service, value=service,
                least=LOWEST_TARGET * 100, most=HIGHEST_TARGET * 100, step=0.1, note=measure,
            ),
            slider_field(
                _("Lead time, days"), slider_id=Ids.lead_slider, typed_id=Ids.lead, value=lead,
                least=0, most=max(3 * lead, LONGEST_SLIDER_LEAD), step=0.1, note=_("from order to receipt"),
            ),
            slider_field(
                _("Minimum order"), slider_id=Ids.moq_slider, typed_id=Ids.moq, value=moq,
                least=0, most=_most_ordered(trial), step=_step(trial), note=_("units; 0 = none"),
            ),
            slider_field(
                _("Review period, days"), slider_id=Ids.review_slider, typed_id=Ids.review, value=review,
                least=1, most=max(2 * review, LONGEST_SLIDER_REVIEW), step=1, note=_("between two looks at the stock"),
            ),
        ],
        className="slider-fields",
    )  # fmt: skip
    table, note, _figure, _budget = tried_parts(trial, None)
    return panel(
        fields,
        html.P(note, id=Ids.tried_note, className="note", role="status"),
        html.Div(table, id=Ids.tried),
        html.Div(
            [
                dbc.Button(_("Simulate"), id=Ids.simulate, color="primary", outline=True, size="sm"),
                dbc.Button(_("Drop"), id=Ids.drop, color="primary", outline=True, size="sm"),
            ],
            className="cockpit-actions",
        ),
        _proposing(),
        html.Div(simulate_first(), id=Ids.simulated, className="note", role="status"),
        title=_("What if"),
    )


def _proposing() -> Component:
    hidden = {} if viewer().may(Permission.INVENTORY_EDIT) else {"display": "none"}
    reason = dbc.Input(id=Ids.reason, type="text", size="sm", maxLength=REASON_LENGTH)
    propose = dbc.Button(_("Propose this policy"), id=Ids.propose, color="primary", size="sm")
    return html.Div(
        [
            html.Div([field(_("Reason, if any"), reason), propose], className="cockpit-actions"),
            html.P("", id=Ids.proposed, className="note", role="status"),
        ],
        style=hidden,
    )


def _history(product_id: int, location_id: int) -> Component:
    shown = history_list(policy_history(viewer(), product_id, location_id))
    return html.Div(panel(shown, title=_("History of the policy")), className="wide")


def _most_ordered(trial: Trial) -> float:
    return max(4 * trial.now.order_quantity, 2 * trial.now.terms.moq, 10.0)


def _step(trial: Trial) -> float:
    """A hundred steps of a round size."""
    wanted = _most_ordered(trial) / 100
    return next((step for step in (1, 5, 10, 50, 100, 500, 1000, 5000) if step >= wanted), 10_000)


def _curve(trial: Trial) -> Component:
    _table, _note, figure, _budget = tried_parts(trial, None)
    budget = dbc.Input(id=Ids.budget, type="number", step="any", debounce=True, size="sm")
    summary = _("Money in stock against the share of demand met from it; the figures are in the table of what is tried")
    return panel(
        chart(Ids.curve, figure, summary=summary, height=CURVE_HEIGHT),
        html.Div([field(_("Budget for the stock of this item, RM"), budget)], className="cockpit-actions"),
        html.P("", id=Ids.curve_note, className="note", role="status"),
        title=_("What service costs"),
    )


def _weeks() -> Component:
    weeks = panel(
        html.P("", id=Ids.weeks_note, className="note"),
        chart(Ids.chart, summary=_("Stock of the item week by week, as in the table below"), height=WEEKS_HEIGHT),
        grid(Ids.weeks, [], [], height=290),
        title=_("Week by week"),
    )
    return html.Div(weeks, className="wide")


def _lots(product_id: int, location_id: int) -> Component:
    rows = [lot_row(row) for row in positions.lots(viewer(), product_id, location_id)]
    return panel(stock_lots(Ids.lot_rows, rows), title=_("Lots, first to expire on top"))


def _reason(found: Why) -> Component:
    return panel(html.Div(why_facts(found), className="why"), title=_("Why this policy"))
