"""What is to be bought and what was ordered, as files: the columns and rows of each list, for the query of its page."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import (
    buy_list,
    constrained_plan,
    plan_levels,
    production,
    production_orders,
    proposals,
    purchase_orders,
    review_queue,
    transfers,
)
from services.buy_list import BuyFilters
from services.constrained_plan import LimitFilters
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen, chosen_filters, pages, sorting
from services.listed_rows import PAGE_ROWS
from services.plan_levels import LevelView, level_view
from services.production import MakeFilters
from services.production_orders import OrderFilters as ProductionFilters
from services.proposals import ProposalFilters
from services.purchase_orders import OrderFilters
from services.review_answers import ReviewedAnswer
from services.transfers import TransferFilters

PROPOSAL_COLUMNS = (
    *("rank", "code", "name", "location", "supplier", "status", "bound", "days_to_stockout", "money_at_stake"),
    *("quantity", "uom", "unit_price", "value", "needed_on"),
)
ORDER_COLUMNS = (
    *("number", "status", "supplier", "location", "ordered_on", "next_due_on", "lines", "unconfirmed", "late", "value"),
)
BUY_COLUMNS = (
    *("rank", "code", "name", "location", "supplier", "quantity", "uom", "minimum", "multiple", "release_week"),
    *("arrival_week", "unit_price", "list_price", "money", "prevented", "score", "spent", "within", "short_week"),
    *("late", "cover_days", "next_quantity", "next_price", "extra", "saving"),
)
TRANSFER_COLUMNS = (
    *("code", "name", "origin", "location", "quantity", "uom", "minimum", "multiple", "ship_week", "arrival_week"),
    *("cost", "at_origin", "needed", "short_week", "late", "cover_days"),
)
MAKE_COLUMNS = (
    *("code", "name", "location", "resource", "quantity", "uom", "hours", "release_week", "arrival_week", "short_week"),
    *("late", "lacking"),
)
PRODUCTION_COLUMNS = (
    *("number", "status", "code", "name", "location", "resource", "oem", "quantity", "made_quantity", "scrap_quantity"),
    *("uom", "starts_on", "due_on", "finished_on", "days_left", "late"),
)
LIMITED_COLUMNS = (*("family", "uom", "period", "demand", "free", "made", "elsewhere", "stock", "late", "lost"),)
LEVEL_COLUMNS = ("group", "unit", "measure", "starts_on", "quantity")
LONGEST_ID = 19
ANSWER_COLUMNS = (
    *("order", "line_no", "supplier", "code", "item", "location", "uom", "kind", "quantity", "proposed_quantity"),
    *("requested_on", "promised_on", "days_later", "value_affected", "days_of_cover", "stock_out_on", "reason"),
    *("obstacle", "answered_by"),
)


def _proposals(viewer: Viewer, query: Query) -> Rows:
    wanted = ProposalFilters(**chosen_filters(query, ProposalFilters))
    found = proposals.open_proposals(viewer, wanted, limit=None).rows
    records = [row | {name: row["why"][name] for name in ("status", "bound")} for row in found]
    return chosen(as_shown(records, query, {"reason": ["status"]}), PROPOSAL_COLUMNS)


def _buy_list(viewer: Viewer, query: Query) -> Rows:
    wanted = BuyFilters(**chosen_filters(query, BuyFilters))
    return chosen(buy_list.buy_list(viewer, wanted, limit=None).rows, BUY_COLUMNS)


def _transfers(viewer: Viewer, query: Query) -> Rows:
    wanted = TransferFilters(**chosen_filters(query, TransferFilters))
    return chosen(transfers.proposed(viewer, wanted, limit=None).rows, TRANSFER_COLUMNS)


def _orders(viewer: Viewer, query: Query) -> Rows:
    wanted = OrderFilters(**chosen_filters(query, OrderFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = purchase_orders.orders(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, ORDER_COLUMNS, size=PAGE_ROWS)


def _planned_production(viewer: Viewer, query: Query) -> Rows:
    wanted = MakeFilters(**chosen_filters(query, MakeFilters))
    found = production.make_list(viewer, wanted, limit=None).rows
    lacking = (
        (row, [f"{part['code']} {part['quantity']:g} {part['uom']}" for part in row["lacking"]]) for row in found
    )
    return chosen((row | {"lacking": "; ".join(parts)} for row, parts in lacking), MAKE_COLUMNS)


def _plan_under_limits(viewer: Viewer, query: Query) -> Rows:
    asked = {name: value for name, value in chosen_filters(query, LimitFilters).items() if value}
    found = constrained_plan.limited_plan(viewer, LimitFilters(**asked))
    measures = LIMITED_COLUMNS[3:]
    records = (
        {"family": family["family"], "uom": family["uom"], "period": period}
        | {measure: family[measure][place] for measure in measures}
        for family in found.families
        for place, period in enumerate(found.periods)
    )
    return chosen(records, LIMITED_COLUMNS)


def _production_orders(viewer: Viewer, query: Query) -> Rows:
    wanted = ProductionFilters(**chosen_filters(query, ProductionFilters))

    def page(first: int) -> tuple[list[Record], int]:
        found = production_orders.orders(viewer, wanted, start=first, end=first + PAGE_ROWS, sort=sorting(query))
        return list(found.rows), found.total

    return pages(page, PRODUCTION_COLUMNS, size=PAGE_ROWS)


def _answers(viewer: Viewer, query: Query) -> Rows:
    found = review_queue.queue(viewer, show=query.get("show", "all"), limit=None).answers
    shown = {
        "order": ["order", "line_no", "supplier"],
        "item": ["code", "item", "location"],
        "cover": ["days_of_cover"],
        "reason": ["obstacle", "reason"],
    }
    return chosen(as_shown(map(_answer, found), query, shown), ANSWER_COLUMNS)


def _answer(answer: ReviewedAnswer) -> Record:
    cover = answer.cover
    derived = {"days_of_cover": cover.days_of_cover, "stock_out_on": cover.stock_out_on}
    return {name: derived[name] if name in derived else getattr(answer, name) for name in ANSWER_COLUMNS}


def _levels(viewer: Viewer, query: Query) -> Rows:
    view = level_view(chosen_filters(query, LevelView))
    found = plan_levels.levels(viewer, view, scenario=_scenario(query))
    for at in found.order:
        for measure, values in found.group(int(at)).items():
            for bucket, value in zip(found.buckets, values, strict=True):
                yield found.names[at], found.units[at], measure, bucket, value


def _scenario(query: Query) -> int | None:
    """The scenario that is open on the page, None for the plan."""
    text = query.get("scenario", "")
    return (
        None if text in ("", "-") else int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_ID else 0
    )


LISTS = {
    "plan-levels": DownloadList(Permission.PURCHASE_READ, LEVEL_COLUMNS, _levels),
    "proposals": DownloadList(Permission.INVENTORY_READ, PROPOSAL_COLUMNS, _proposals),
    "buy-list": DownloadList(Permission.PURCHASE_READ, BUY_COLUMNS, _buy_list),
    "plan-under-limits": DownloadList(Permission.PURCHASE_READ, LIMITED_COLUMNS, _plan_under_limits),
    "transfers": DownloadList(Permission.INVENTORY_READ, TRANSFER_COLUMNS, _transfers),
    "planned-production": DownloadList(Permission.PURCHASE_READ, MAKE_COLUMNS, _planned_production),
    "production-orders": DownloadList(Permission.PURCHASE_READ, PRODUCTION_COLUMNS, _production_orders),
    "purchase-orders": DownloadList(Permission.PURCHASE_READ, ORDER_COLUMNS, _orders),
    "review-queue": DownloadList(Permission.PURCHASE_READ, ANSWER_COLUMNS, _answers),
}
