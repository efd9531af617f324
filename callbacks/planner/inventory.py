"""Inventory › Positions: the list, the detail of one item, its service target, the recalculation."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from dash import Input, Output, State, callback, dcc, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen, facts, status
from components.grid import requested_page, selected_row
from components.item_link import cockpit_address
from components.job_progress import job_ended, job_id_of
from components.policy_bar import policy_bar
from components.policy_service import history_list, promised_and_simulated
from components.policy_why import missing_text, policy_facts
from components.stock_lots import stock_lots
from components.stock_status import TONES, status_name, status_text
from components.todo_cards import TodoCard, todo_cards
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, moment, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import inventory, positions, stock_trend
from services.inventory import Why
from services.policy_history import policy_history
from services.positions import PositionFilters, PositionPage
from services.stock_trend import Trend

PATH = "/inventory/positions"
JOB = "inventory"
FILTERS = ("status", "location", "category", "search")
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")


class Ids(PageIds):
    filters: str
    status: str
    location: str
    category: str
    search: str
    cards: str
    recalculate: str
    outcome: str
    rows: str
    totals: str
    changed: str
    renewed: str
    split: str
    detail: str
    close: str
    seen: str
    title: str
    place: str
    bar: str
    now: str
    why: str
    service: str
    history: str
    lots: str
    lot_rows: str
    target: str
    target_note: str
    save_target: str
    default_target: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.seen, "data"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.bar, "children"),
    (Ids.now, "children"),
    (Ids.why, "children"),
    (Ids.service, "children"),
    (Ids.history, "children"),
    (Ids.lots, "children"),
    (Ids.target, "value"),
    (Ids.target_note, "children"),
)

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_positions(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_positions(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: positions.positions(viewer(), wanted, start=start, end=end, sort=sort),
        position_row,
    )
    return answer, totals_text(found)


@callback(
    Output(job_id_of(JOB), "data"),
    Input(Ids.recalculate, "n_clicks"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def start_recalculation(clicks: int | None) -> Any:
    return str(inventory.start_recalculation(viewer())) if clicks else no_update


@callback(
    Output(Ids.cards, "children"),
    Output(Ids.outcome, "children"),
    Output(Ids.changed, "data"),
    Input(job_ended(JOB), "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_outcome(ended: object, filters: object) -> tuple[Any, ...]:
    if not isinstance(ended, dict):
        return (no_update,) * 3
    return status_cards(wanted_positions(filters)), outcome_text(ended), ended.get("id")


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_item(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(DETAIL)
    return item_parts(inventory.why(viewer(), row.get("product_id"), row.get("location_id")))


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.lots, "children", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_item(_clicks: object) -> tuple[str, str, str, list[Any]]:
    return *CLOSED, "", []


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Output(Ids.cards, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.save_target, "n_clicks"),
    State(Ids.target, "value"),
    State(Ids.seen, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_target(clicks: int | None, target: object, seen: object, filters: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * (len(DETAIL) + 2)
    if isinstance(target, bool) or not isinstance(target, int | float):
        raise InvalidInput(_("Service target: enter a percentage, such as 97.5."))
    return with_target(seen, target / 100, filters)


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Output(Ids.cards, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.default_target, "n_clicks"),
    State(Ids.seen, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def use_default_target(clicks: int | None, seen: object, filters: object) -> tuple[Any, ...]:
    return with_target(seen, None, filters) if clicks else (no_update,) * (len(DETAIL) + 2)


def with_target(seen: object, target: float | None, filters: object) -> tuple[Any, ...]:
    """The detail, the cards and the change after an item got a target of its own, or the company's again."""
    item = seen if isinstance(seen, dict) else {}
    found = inventory.set_service_target(
        viewer(), item.get("product_id"), item.get("location_id"), target=target, version=item.get("version")
    )
    changed = f"{found.position['id']} {found.version}"
    return *item_parts(found), status_cards(wanted_positions(filters)), changed


def wanted_positions(filters: object) -> PositionFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return PositionFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def status_cards(wanted: PositionFilters) -> list[Component]:
    """The whole stock, then each status that asks for something; each card opens its list."""
    found = positions.summary(viewer())
    days = found.days_of_supply
    note = _("%(days)s days of supply", days=number(days)) if isfinite(days) else _("at cost")
    trends = stock_trend.trends(viewer())
    cards = [TodoCard(_("Stock value"), money(found.stock_value), note, PATH, chosen=not wanted.status)]
    for total in found.statuses:
        if total.status != "healthy":
            unpriced = total.status == "no_policy"
            value = number(total.items) if unpriced else money(total.money_at_stake)
            count = _("items without levels") if unpriced else counted("1 item", "%(count)s items", total.items)
            tone = TONES[total.status] if total.items else "quiet"
            shown = wanted.status == total.status
            href = f"{PATH}?status={total.status}"
            told = trend_texts(trends[total.status], total.items if unpriced else total.money_at_stake, unpriced)
            name = status_name(total.status)
            cards.append(TodoCard(name, value, count, href, tone, chosen=shown, **told))
    return todo_cards(cards)


def trend_texts(trend: Trend, now: float, counted: bool) -> dict[str, Any]:
    """The trend of a card as todo_cards shows it: the weeks, their course in words, the change since the benchmark."""
    shown = number if counted else money
    known = [value for value in trend.weeks if value is not None]
    course = ""
    if len(known) > 1:
        course = _(
            "%(weeks)s weeks: from %(first)s to %(last)s, at least %(least)s, at most %(most)s",
            weeks=number(len(known)),
            first=shown(known[0]),
            last=shown(now),
            least=shown(min([*known, now])),
            most=shown(max([*known, now])),
        )
    return {"trend": [*trend.weeks[:-1], now], "course": course, "change": change_text(trend, now, shown)}


def change_text(trend: Trend, now: float, shown: Callable[[float], str]) -> str:
    """How a figure stands to that of the start of the month, by mark and word."""
    if trend.benchmark is None or trend.benchmark_day is None:
        return "" if trend.since is None else _("trend from %(day)s on", day=day(trend.since))
    change = now - trend.benchmark
    told = {"amount": shown(abs(change)), "day": day(trend.benchmark_day)}
    if not round(change):
        return _("■ as on %(day)s", **told)
    return _("▲ %(amount)s more than %(day)s", **told) if change > 0 else _("▼ %(amount)s less than %(day)s", **told)


def position_row(row: dict[str, Any]) -> dict[str, Any]:
    """One position as the grid shows it."""
    names = (
        "id", "product_id", "location_id", "code", "name", "location", "location_name", "on_hand", "on_order",
        "allocated", "position", "reorder_point", "days_of_cover", "stock_value", "money_at_stake",
    )  # fmt: skip
    shown = {"tone": TONES[row["status"]], "status": status_text(row["status"])}
    return {**{name: row[name] for name in names}, **shown}


def totals_text(found: PositionPage) -> str:
    """What the whole list is worth."""
    return counted(
        "1 item · stock at cost %(value)s · money at stake %(stake)s",
        "%(count)s items · stock at cost %(value)s · money at stake %(stake)s",
        found.total,
        value=money(found.stock_value),
        stake=money(found.money_at_stake),
    )


def outcome_text(ended: dict[str, Any]) -> str:
    """What a recalculation did; nothing when it failed, for the progress line tells that."""
    done = ended.get("result")
    if ended.get("state") != "done" or not isinstance(done, dict):
        return ""
    counts = {name: number(value) for name, value in done.items()}
    return _(
        "%(policies)s policies, %(policies_changed)s of them changed, %(policies_waiting)s larger changes wait to be "
        "approved; %(proposals)s proposals to order, "
        "%(proposals_changed)s new or changed, %(proposals_withdrawn)s withdrawn. "
        "%(items_without_policy)s items lack an input.",
        **counts,
    )


def item_parts(found: Why) -> tuple[Any, ...]:
    """The values of DETAIL for one item."""
    item = found.position
    key = (item["product_id"], item["location_id"])
    seen = {"product_id": key[0], "location_id": key[1], "version": found.version}
    place = [
        status(status_name(item["status"]), TONES[item["status"]]),
        f" {item['code']} · {item['location_name']} · ",
        dcc.Link(_("Open the cockpit"), href=cockpit_address(*key)),
    ]
    bar = policy_bar(
        **{name: item[name] for name in ("safety_stock", "reorder_point", "order_up_to", "uom")},
        marks=[(_("On hand"), item["on_hand"], "hand"), (_("Position"), item["position"], "position")],
    )
    lots = stock_lots(Ids.lot_rows, [lot_row(row) for row in positions.lots(viewer(), *key)])
    target = round(found.service_target * 100, 2)
    told = now_facts(item), why_facts(found), service_of(found), history_list(policy_history(viewer(), *key))
    return *OPEN, seen, item["name"], place, bar, *told, lots, target, target_text(found)


def now_facts(item: dict[str, Any]) -> Component:
    """What lies where, what comes and what is promised."""
    coming = [number(item["on_order"])]
    if item["next_receipt_on"]:
        coming.append(_("next on %(day)s", day=day(item["next_receipt_on"])))
    if item["overdue_since"]:
        coming.append(_("some overdue since %(day)s", day=day(item["overdue_since"])))
    cover = item["days_of_cover"]
    where_any = [
        (_("Expired"), number(item["expired"])),
        (_("On order"), ", ".join(coming)),
        (_("In draft orders"), number(item["in_draft"])),
        (_("Promised to customers"), number(item["allocated"])),
    ]
    shown = [
        (_("On hand"), number(item["on_hand"])),
        *(pair for pair in where_any if pair[1] != "0"),
        (_("Days of cover"), number(cover, decimals=1) if cover is not None else _("no demand")),
        (_("Stock at cost"), money(item["stock_value"])),
        (_("Money at stake"), money(item["money_at_stake"])),
    ]
    return facts(shown)


def why_facts(found: Why) -> Component | str:
    """How the policy came about, with its data date; what is missing when there is none."""
    if not found.inputs:
        return missing_text(found.missing)
    made = found.inputs["lead_time_source"] == "production"
    source = found.position["supplier"] or (_("own production") if made else EMPTY)
    data = _("%(day)s, computed %(at)s UTC", day=found.inputs["data_date"], at=moment(found.computed_at))
    terms = {"measure": found.measure, "method": found.method, "source": found.source}
    steps = policy_facts({**found.inputs, **terms}, found.position, uom=found.position["uom"])
    return facts([*steps, (_("Comes from"), source), (_("Data of"), data)])


def service_of(found: Why) -> Component | str:
    """What the policy promises, and what it would give."""
    if not found.inputs:
        return EMPTY
    simulated = found.inputs.get("simulated")
    return promised_and_simulated(simulated, promised=found.service_target, measure=found.measure)


def target_text(found: Why) -> str:
    """Whether the target is the item's own."""
    if found.service_target_fixed:
        return _("Set for this item")
    if found.inputs.get("target_source") == "rule":
        return _("By the rule of %(rule)s", rule=found.inputs["rule"].replace(" ", ", "))
    return _("The company's target, %(target)s", target=percent(found.service_target))


def lot_row(row: dict[str, Any]) -> dict[str, Any]:
    """One lot as the grid shows it."""
    return {
        "lot": row["lot"],
        "quantity": row["quantity"],
        "expires": _("expired %(day)s", day=day(row["expires_on"])) if row["expired"] else day(row["expires_on"]),
        "at_risk": row["quantity_at_risk"],
        "value_at_risk": row["value_at_risk"],
    }
