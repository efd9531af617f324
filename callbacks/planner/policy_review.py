"""Inventory › Policy review: the list of proposed levels, one of them in detail, the decisions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.answers import comparison
from components.forms import chosen, facts
from components.grid import requested_page, selected_rows
from components.policy_columns import money_change, policy_row, share_text
from components.policy_service import history_list, promised_and_simulated
from components.policy_texts import field_name, field_text, source_name
from components.policy_why import policy_facts
from core.guard import requires
from core.i18n import _, counted, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import policy_review
from services.policy_history import policy_history
from services.policy_review import Approved, PolicyFilters, PolicyPage

PATH = "/inventory/policies"
POSITIONS_PATH = "/inventory/positions"
FILTERS = ("source", "box", "location", "category", "search", "beyond")
COMPARED = (
    *("safety_stock", "reorder_point", "order_quantity", "order_up_to"),
    *("service_target", "measure", "method"),
)
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")


class Ids(PageIds):
    filters: str
    source: str
    box: str
    location: str
    category: str
    search: str
    beyond: str
    outcome: str
    rows: str
    totals: str
    selected: str
    changed: str
    renewed: str
    limit: str
    approve: str
    approve_all: str
    reason: str
    reject: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    levels: str
    service: str
    why: str
    history: str
    position: str
    note: str
    approve_one: str
    reject_one: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.levels, "children"),
    (Ids.service, "children"),
    (Ids.why, "children"),
    (Ids.history, "children"),
    (Ids.position, "href"),
)
DECIDED = (
    (Ids.outcome, "children"),
    (Ids.changed, "data"),
    (Ids.rows, "selectedRows"),
    (Ids.split, "className"),
    (Ids.detail, "className"),
)

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_proposals(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_proposals(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: policy_review.open_policy_proposals(viewer(), wanted, start=start, end=end, sort=sort),
        policy_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.selected, "children"),
    Output(Ids.approve, "disabled"),
    Output(Ids.reject, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[str, bool, bool]:
    count = len(selected_rows(selected))
    return (_("%(count)s selected", count=number(count)) if count else ""), not count, not count


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "cellClicked"),
    prevent_initial_call=True,
)
def show_proposal(clicked: object) -> tuple[Any, ...]:
    row_id = clicked.get("rowId") if isinstance(clicked, dict) else None
    if not isinstance(row_id, str) or not row_id.isdecimal():
        return (no_update,) * len(DETAIL)
    return detail_parts(policy_review.policy_proposal(viewer(), int(row_id)))


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_proposal(_clicks: object) -> tuple[str, str]:
    return CLOSED


@callback(
    *(Output(*part, allow_duplicate=True) for part in DECIDED),
    Input(Ids.approve, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.limit, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def approve_selected(clicks: int | None, selected: object, limit: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * len(DECIDED)
    return decided(approved_text(policy_review.approve(viewer(), choices_of(selected), change_limit=limit)), clicks)


@callback(
    *(Output(*part, allow_duplicate=True) for part in DECIDED),
    Input(Ids.approve_all, "n_clicks"),
    State(Ids.filters, "data"),
    State(Ids.limit, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def approve_listed(clicks: int | None, filters: object, limit: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * len(DECIDED)
    done = policy_review.approve_listed(viewer(), wanted_proposals(filters), change_limit=limit)
    return decided(approved_text(done), f"all-{clicks}")


@callback(
    *(Output(*part, allow_duplicate=True) for part in DECIDED),
    Output(Ids.reason, "value"),
    Input(Ids.reject, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def reject_selected(clicks: int | None, selected: object, reason: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * (len(DECIDED) + 1)
    count = policy_review.reject(viewer(), choices_of(selected), reason=reason)
    return *decided(rejected_text(count), f"rejected-{clicks}"), ""


@callback(
    *(Output(*part, allow_duplicate=True) for part in DECIDED),
    Output(Ids.note, "value"),
    Input(Ids.approve_one, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def approve_one(clicks: int | None, seen: object, note: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * (len(DECIDED) + 1)
    done = policy_review.approve(viewer(), choices_of([seen]), note=note)
    return *decided(approved_text(done), f"one-{clicks}"), ""


@callback(
    *(Output(*part, allow_duplicate=True) for part in DECIDED),
    Output(Ids.note, "value", allow_duplicate=True),
    Input(Ids.reject_one, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def reject_one(clicks: int | None, seen: object, note: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * (len(DECIDED) + 1)
    count = policy_review.reject(viewer(), choices_of([seen]), reason=note)
    return *decided(rejected_text(count), f"one-rejected-{clicks}"), ""


def wanted_proposals(filters: object) -> PolicyFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return PolicyFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def choices_of(selected: object) -> list[tuple[object, object]]:
    """Id and version of the rows as the browser sent them."""
    return [(row.get("id"), row.get("version")) for row in selected_rows(selected)]


def decided(told: str, change: object) -> tuple[Any, ...]:
    """What came of it; the list is read anew, nothing is selected, the detail closed."""
    return told, change, [], *CLOSED


def approved_text(done: Approved) -> str:
    """How many policies changed, and how many stayed because they are beyond the limit."""
    told = _("%(count)s approved and in force.", count=number(done.count))
    if done.beyond:
        told += " " + counted(
            "1 changes more than the limit and stays on the list.",
            "%(count)s change more than the limit and stay on the list.",
            done.beyond,
        )
    return told


def rejected_text(count: int) -> str:
    return _("%(count)s rejected; the policies in force stay as they are.", count=number(count))


def totals_text(found: PolicyPage) -> str:
    """What all changes of the list do to the stock."""
    return counted(
        "1 change to decide on · mean stock %(change)s RM (up %(rise)s, down %(fall)s)",
        "%(count)s changes to decide on · mean stock %(change)s RM (up %(rise)s, down %(fall)s)",
        found.total,
        change=money_change(found.stock_money_change),
        rise=money(found.stock_money_rise),
        fall=money(found.stock_money_rise - found.stock_money_change),
    )


def detail_parts(found: dict[str, Any]) -> tuple[Any, ...]:
    """The values of DETAIL for one proposal."""
    seen = {"id": found["id"], "version": found["version"]}
    place = f"{found['code']} · {found['location_name']} · {source_name(found['source'])}"
    place += f": {found['reason']}" if found["reason"] else ""
    query = urlencode({"search": found["code"], "location": found["location"]})
    return (
        *OPEN,
        seen,
        found["name"],
        place,
        levels_table(found),
        promised_and_simulated(found["simulated"], promised=found["service_target"], measure=found["measure"]),
        facts(policy_facts({**found["inputs"], **_terms(found)}, found, uom=found["uom"])),
        history_list(policy_history(viewer(), found["product_id"], found["location_id"])),
        f"{POSITIONS_PATH}?{query}",
    )


def _terms(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("measure", "method", "source")}


def levels_table(found: dict[str, Any]) -> Component:
    """What is in force beside what is proposed."""
    rows = [
        (field_name(name), [field_text(name, found[f"now_{name}"]), field_text(name, found[name])]) for name in COMPARED
    ]
    change = (_("Mean stock RM"), ["", money_change(found["stock_money_change"])])
    share = (_("Largest change"), ["", share_text(found["change_share"])])
    return comparison((_("In force"), _("Proposed")), [*rows, change, share])
