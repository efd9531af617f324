"""Inventory › Proposals: what to buy, why, and the planner's decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from components.forms import chosen, facts
from components.grid import selected_rows
from components.order_texts import order_links
from components.policy_why import bound_text
from components.stock_status import MARKS, TONES, status_name
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, day, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import proposals
from services.proposals import Accepted, ProposalFilters, ProposalList

PATH = "/inventory/proposals"
POSITIONS_PATH = "/inventory/positions"
URGENT = ("stocked_out", "at_risk")
FILTERS = ("location", "supplier", "search")
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")


class Ids(PageIds):
    filters: str
    location: str
    supplier: str
    search: str
    rows: str
    totals: str
    selected: str
    accept: str
    dismiss: str
    reason: str
    outcome: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    sentence: str
    why: str
    quantity: str
    terms: str
    position: str
    accept_one: str


@callback(
    Output(Ids.selected, "children"),
    Output(Ids.accept, "disabled"),
    Output(Ids.dismiss, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[str, bool, bool]:
    rows = selected_rows(selected)
    return selection_text(rows), not rows, not rows


@callback(
    Output(Ids.split, "className"),
    Output(Ids.detail, "className"),
    Output(Ids.seen, "data"),
    Output(Ids.title, "children"),
    Output(Ids.place, "children"),
    Output(Ids.sentence, "children"),
    Output(Ids.why, "children"),
    Output(Ids.quantity, "value"),
    Output(Ids.terms, "children"),
    Output(Ids.position, "href"),
    Input(Ids.rows, "cellClicked"),
    prevent_initial_call=True,
)
def show_why(clicked: object) -> tuple[Any, ...]:
    row_id = clicked.get("rowId") if isinstance(clicked, dict) else None
    if not isinstance(row_id, str) or not row_id.isdecimal():
        return (no_update,) * 10
    found = proposals.proposal(viewer(), int(row_id))
    seen = {"id": found["id"], "version": found["version"]}
    place = f"{found['code']} · {found['location_name']} · {found['supplier']}"
    position = f"{POSITIONS_PATH}?{urlencode({'search': found['code'], 'location': found['location']})}"
    texts = (found["name"], place, sentence(found), why_facts(found), found["quantity"], terms_text(found))
    return *OPEN, seen, *texts, position


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_why(_clicks: object) -> tuple[str, str]:
    return CLOSED


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.rows, "selectedRows"),
    Output(Ids.totals, "children"),
    Output(Ids.outcome, "children"),
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Input(Ids.accept, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PROPOSAL_DECIDE)
def accept_selected(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    choices = [(row.get("id"), row.get("version")) for row in selected_rows(selected)]
    return decided(accepted_text(proposals.accept_many(viewer(), choices)), filters)


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.totals, "children", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Input(Ids.accept_one, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.quantity, "value"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PROPOSAL_DECIDE)
def accept_one(_clicks: object, seen: object, quantity: object, filters: object) -> tuple[Any, ...]:
    shown = seen if isinstance(seen, dict) else {}
    if quantity in (None, ""):
        raise InvalidInput(_("Quantity: enter a number."))
    done = proposals.accept(viewer(), shown.get("id"), shown.get("version"), quantity=quantity)
    return decided(accepted_text(done), filters)


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.totals, "children", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.reason, "value"),
    Input(Ids.dismiss, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.reason, "value"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PROPOSAL_DECIDE)
def dismiss_selected(_clicks: object, selected: object, reason: object, filters: object) -> tuple[Any, ...]:
    choices = [(row.get("id"), row.get("version")) for row in selected_rows(selected)]
    count = proposals.dismiss(viewer(), choices, reason=reason)
    return *decided([_("%(count)s dismissed.", count=number(count))], filters), ""


def decided(told: list[Any], filters: object) -> tuple[Any, ...]:
    """The list after a decision, nothing selected, the detail closed."""
    found = proposals.open_proposals(viewer(), wanted_proposals(filters))
    return [proposal_row(row) for row in found.rows], [], totals_text(found), told, *CLOSED


def wanted_proposals(filters: object) -> ProposalFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return ProposalFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def proposal_row(row: dict[str, Any]) -> dict[str, Any]:
    """One proposal as the grid shows it."""
    names = (
        "id", "version", "rank", "code", "name", "location", "location_name", "supplier", "quantity", "uom",
        "value", "days_to_stockout", "money_at_stake",
    )  # fmt: skip
    why = row["why"]
    tone = TONES[why["status"]] if why["status"] in URGENT else "quiet"
    reason = status_name(why["status"]) if why["status"] in URGENT else _("Reorder point")
    if row["blocked"]:
        tone, reason = "bad", row["blocked"]
    return {
        **{name: row[name] for name in names},
        "tone": tone,
        "reason": f"{MARKS[tone]} {reason}",
        "bound": bound_name(why["bound"]),
        "bound_why": bound_text(why["bound"], why),
    }


def bound_name(bound: str) -> str:
    """The term that set a quantity, in a word or two."""
    return {
        "moq": _("minimum"),
        "multiple": _("multiple"),
        "maximum": _("shelf life"),
        "lot_over_maximum": _("smallest lot"),
    }.get(bound, _("the need"))


def selection_text(rows: list[dict[str, Any]]) -> str:
    """How much is selected."""
    values = [row.get("value") for row in rows]
    total = sum(value for value in values if isinstance(value, int | float))
    return _("%(count)s selected · %(value)s", count=number(len(rows)), value=money(total)) if rows else ""


def totals_text(found: ProposalList) -> str:
    """What all proposals of the list cost and save."""
    text = _(
        "%(count)s proposals · order value %(value)s · money at stake %(stake)s",
        count=number(found.total),
        value=money(found.value),
        stake=money(found.money_at_stake),
    )
    if len(found.rows) < found.total:
        text += _(" · the first %(count)s by rank are listed", count=number(len(found.rows)))
    return text


def accepted_text(done: Accepted) -> list[Any]:
    """What came of it, with links to the draft orders."""
    return [_("%(count)s accepted. Draft orders:", count=number(done.count)), *order_links(done.orders)]


def sentence(found: dict[str, Any]) -> str:
    """The proposal in one sentence."""
    why, uom = found["why"], found["uom"]
    known = {
        "position": number(why["position"] + why["in_draft"]),
        "reorder_point": number(why["reorder_point"]),
        "order_up_to": number(why["order_up_to"]),
        "needed": number(why["quantity_needed"]),
        "quantity": number(found["quantity"]),
        "uom": uom,
    }
    text = _(
        "The position of %(position)s %(uom)s is at or below the reorder point of %(reorder_point)s, so "
        "%(needed)s are needed to reach %(order_up_to)s; %(quantity)s can be ordered.",
        **known,
    )
    if why["shortage_quantity"]:
        text += " " + _(
            "About %(short)s %(uom)s will be missing before the next goods come.",
            short=number(why["shortage_quantity"]),
            uom=uom,
        )
    if found["blocked"]:
        text += " " + _("It can't be accepted, it is %(why)s.", why=found["blocked"])
    return text


def why_facts(found: dict[str, Any]) -> Component:
    """The figures behind the sentence, with the date of the data."""
    why = found["why"]
    left = why["days_of_cover"]
    shown = [
        (_("On hand"), number(why["on_hand"])),
        (_("On order"), _with_date(why["on_order"], why["next_receipt_on"])),
        (_("In draft orders"), number(why["in_draft"])),
        (_("Promised to customers"), number(why["allocated"])),
        (_("Demand a day"), number(why["mean_daily_demand"], decimals=1)),
        (_("Lasts"), _("%(days)s days", days=number(left, decimals=1)) if left is not None else EMPTY),
        (_("Lead time"), _("%(days)s days", days=number(why["lead_time_days"], decimals=1))),
        (_("Needed on"), day(found["needed_on"])),
        (_("Quantity set by"), bound_text(why["bound"], why) or _("the need itself")),
        (_("Price"), money(found["unit_price"], decimals=2)),
        (_("Order value"), money(found["value"])),
        (_("Money at stake"), money(found["money_at_stake"])),
        (_("Data of"), why["data_date"]),
    ]
    return facts(shown)


def terms_text(found: dict[str, Any]) -> str:
    """What the supplier sells in one go."""
    why = found["why"]
    parts = [bound_text("moq", why) if why["moq"] else "", bound_text("multiple", why) if why["order_multiple"] else ""]
    return ", ".join(part for part in parts if part)


def _with_date(quantity: float, due: str | None) -> str:
    if not quantity or not due:
        return number(quantity)
    return _("%(quantity)s, next on %(day)s", quantity=number(quantity), day=due)
