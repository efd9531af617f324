"""The buy list: planned purchases to be released soon, ranked by the shortage that each ringgit prevents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.buy_ranking import break_prices, ranked
from analytics.load_building import container_fill, container_top_up
from analytics.supply_plan.pegging import NONE
from core.clock import now, today
from core.errors import Conflict, InvalidInput
from core.i18n import _, money
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import buy_list as stored_terms
from data.queries import proposals, purchase_orders
from data.queries import settings as stored
from services.audit import record
from services.draft_orders import WantedLine, draft_line
from services.form_values import quantity_of, shown_quantity
from services.halal_cover import refuse_blocked, with_blocked
from services.held_choices import DECIDED_AT_ONCE
from services.listed_rows import mentioning, narrowed
from services.plain_rows import plain_rows
from services.proposals import Accepted
from services.supply_plan_model import DAYS_A_WEEK, KEYS
from services.supply_planned import SUBJECTS, Planned, planned, released_within

WEEKS = {"1": 1, "2": 2, "4": 4}
SHOWN_AT_MOST = 500
PALLET = "PAL"  # the unit of the pack that is a pallet
NAMES = ["code", "name", "kind", "uom", "location", "location_name"]
TERMS = ["kind", "supplier_id", "supplier", "price", "lead_time_days", "minimum", "multiple"]
SMALLEST = 1e-4
CENT = 1e-6

Choice = Mapping[str, Any]
"""A row as it was on the screen: id, quantity, unit_price, as they come from the browser."""


@dataclass(frozen=True, slots=True)
class BuyFilters:
    """What the list is narrowed to; an empty text narrows nothing. ``weeks`` is one of WEEKS, ``budget`` an amount as
    typed, empty for none."""

    weeks: str = "1"
    supplier: str = ""
    location: str = ""
    search: str = ""
    budget: str = ""


@dataclass(frozen=True, slots=True)
class BuyList:
    """The highest ranks, and totals of all that match: how many, money, shortage prevented; how many of them the budget
    (None: there is none) pays for and with how much; ``suppliers`` a row each with the same totals, and with pallets,
    containers (2.4: the third one 40 % full; None if unknown) and the orders whose pallets are not known."""

    rows: list[dict[str, Any]]
    total: int
    money: float
    prevented: float
    budget: float | None
    within: int
    within_money: float
    suppliers: list[dict[str, Any]]


def buy_list(viewer: Viewer, filters: BuyFilters, *, limit: int | None = SHOWN_AT_MOST) -> BuyList:
    """What to buy within some weeks, what prevents most shortage for its money first.

    Inputs: a viewer with purchase.read, filters, how many rows (None: all).
    Returns: BuyList; rows with the order (supplier, item, place, quantity, release and arrival week, unit_price,
        money), prevented (money of demand that would be late without it), score, spent (running total), within, and
        what speaks for it: short_week, late, list_price and the next price break; blocked, why it can't be ordered.
    Raises: NotAllowed; InvalidInput for a budget that is none.
    Source: analytics.buy_ranking; screens.md 10.
    """
    require(viewer, Permission.PURCHASE_READ)
    budget = _budget(filters.budget)
    with session_scope(viewer) as session:
        every = _orders(session, viewer, weeks=WEEKS.get(filters.weeks, 1))
        found = ranked(_filtered(every, filters), budget=budget)
        shown = with_blocked(session, viewer, plain_rows(found if limit is None else found.head(limit)))
    within = found[found["within"]]
    return BuyList(
        rows=shown,
        total=len(found),
        money=float(found["money"].sum()),
        prevented=float(found["prevented"].sum()),
        budget=budget,
        within=len(within),
        within_money=float(within["money"].sum()),
        suppliers=_by_supplier(found),
    )


def suppliers(viewer: Viewer) -> list[tuple[str, str]]:
    """Suppliers of whom the plan buys within the longest time that can be chosen.

    Inputs: a viewer with purchase.read.
    Returns: code and name, by name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        orders = _orders(session, viewer, weeks=max(WEEKS.values()))
    known = orders[["supplier_code", "supplier"]].drop_duplicates().sort_values("supplier")
    return [(str(code), str(name)) for code, name in known.itertuples(index=False)]


def top_up(viewer: Viewer, filters: BuyFilters, chosen: Sequence[str]) -> list[str]:
    """Further orders of the list that fit into containers which the chosen ones leave part empty, by rank.

    Inputs: a viewer with purchase.read, the filters of the list, ids of the chosen rows.
    Returns: ids to be added; none where nothing fits, or pallets or containers are not known.
    Raises: NotAllowed; InvalidInput.
    Source: screens.md 10; analytics.load_building.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        every = _orders(session, viewer, weeks=WEEKS.get(filters.weeks, 1))
    found = ranked(_filtered(every, filters), budget=_budget(filters.budget))
    load, of_supplier = _loads(found)
    added = container_top_up(
        found["pallets"],
        load=load,
        chosen=found["id"].isin(list(chosen)).to_numpy(),
        loads=len(of_supplier),
        container_pallets=of_supplier,
    )
    return [str(order_id) for order_id in found.loc[added, "id"]]


def accept(viewer: Viewer, choices: Sequence[Choice]) -> Accepted:
    """Order rows of the list, all or none: lines on the draft orders of the day, one a supplier and place.

    From then on the plan counts them as firm, so their rows are gone. What is still proposed for these items is
    withdrawn; the next recalculation proposes what is then missing.

    Inputs: a viewer with purchase.edit and proposal.decide, the rows as they were on the screen.
    Returns: how many, and the numbers of the drafts.
    Raises: NotAllowed; InvalidInput for no row or too many; Conflict, naming the item, when the plan does not have an
        order any more or has it in another quantity or at another price, or its supplier has no valid halal
        certificate.
    Source: product.md, promise 5; screens.md 21.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    require(viewer, Permission.PROPOSAL_DECIDE)
    seen = {str(choice.get("id")): choice for choice in choices}
    if not seen:
        raise InvalidInput(_("Select at least one order."))
    if len(seen) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s orders at once.", count=DECIDED_AT_ONCE))
    with session_scope(viewer) as session:
        # Held before the plan is read: what somebody else is ordering now must be seen as ordered.
        proposals.hold_open(session, item=None)
        purchase_orders.lock_numbering(session)
        found = _still_planned(session, viewer, seen)
        refuse_blocked(session, viewer, {(row["supplier_id"], row["product_id"]) for row in found})
        numbers = {_order(session, viewer, row) for row in found}
        _withdraw_proposals(session, found)
        stored.bump(session, "orders")
        stored.bump(session, "policy")
    return Accepted(len(found), tuple(sorted(numbers)))


def _orders(session: Session, viewer: Viewer, *, weeks: int) -> pd.DataFrame:
    """Planned purchases to be released within so many weeks, with their prices; a row an order."""
    return shared_frame(
        session,
        viewer,
        "buy_orders",
        subjects=SUBJECTS,
        args=(today(), weeks),
        compute=lambda: _made(session, viewer, weeks=weeks),
    )


def _made(session: Session, viewer: Viewer, *, weeks: int) -> pd.DataFrame:
    found, orders = planned(session, viewer), released_within(session, viewer, weeks=weeks)
    terms = found.model.sources[TERMS].rename(columns={"kind": "way", "price": "list_price"})
    orders = orders.join(terms, on="source").join(found.model.nodes[[*KEYS, *NAMES]], on="node")
    orders = orders[orders["way"] == "buy"].merge(stored_terms.supplier_codes(session), on="supplier_id")
    orders = orders.merge(stored_terms.pallets(session, unit=PALLET), how="left", on="product_id")
    orders = orders.astype({"pallet_units": float, "container_pallets": float})
    return _dated(found, _priced(session, orders)).assign(
        prevented=lambda rows: rows["needed"] * _worth(found, rows["node"]),
        cover_days=lambda rows: rows["cover"] * DAYS_A_WEEK,
        pallets=lambda rows: rows["quantity"] / rows["pallet_units"],
    )


def _priced(session: Session, orders: pd.DataFrame) -> pd.DataFrame:
    numbered = orders.reset_index(names="order")[["order", "supplier_id", "product_id"]]
    breaks = stored_terms.price_breaks(session).merge(numbered, on=["supplier_id", "product_id"])
    prices = break_prices(
        orders["quantity"].to_numpy(dtype=float),
        price=orders["list_price"].to_numpy(dtype=float),
        minimum=orders["minimum"].to_numpy(dtype=float),
        multiple=orders["multiple"].to_numpy(dtype=float),
        breaks=breaks,
    ).rename(columns={"price": "unit_price"})
    return orders.join(prices).assign(money=lambda rows: rows["quantity"] * rows["unit_price"])


def _dated(found: Planned, orders: pd.DataFrame) -> pd.DataFrame:
    """With days for the numbers of weeks, and the id of an order: what, where, of whom, and when it arrives."""
    weeks = np.array([*found.model.weeks, None], dtype=object)
    orders = orders.assign(
        release_week=weeks[orders["release"]],
        arrival_week=weeks[orders["arrival"]],
        short_week=weeks[np.where(orders["needed_from"] == NONE, len(weeks) - 1, orders["needed_from"])],
    )
    keys = orders[["location_id", "supplier_id", "arrival_week"]].astype(str)
    return orders.assign(id=orders["product_id"].astype(str).str.cat(keys, sep="-"))


def _worth(found: Planned, node: pd.Series[int]) -> pd.Series[float]:
    """What a unit that is missing costs: its price where it is sold, its cost where it is used."""
    nodes = found.model.nodes
    cost, price = nodes["unit_cost"].astype(float).fillna(0.0), nodes["unit_price"].astype(float).fillna(0.0)
    return node.map(price.where((nodes["kind"] == "finished") & (price > 0), cost))


def _filtered(orders: pd.DataFrame, filters: BuyFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=orders.index)
    if filters.supplier:
        keep &= orders["supplier_code"] == filters.supplier
    if filters.location:
        keep &= orders["location"] == filters.location
    return narrowed(orders, keep & mentioning(orders, filters.search, "code", "name"))


def _by_supplier(found: pd.DataFrame) -> list[dict[str, Any]]:
    within = found["money"].where(found["within"], 0.0)
    counted = found.assign(orders=1, within_money=within, not_measured=found["pallets"].isna().astype(int))
    totals = counted.groupby(["supplier_code", "supplier"])
    summed = totals[["orders", "money", "within_money", "prevented", "not_measured"]].sum()
    load, of_supplier = _loads(found)
    pallets, containers = container_fill(
        found["pallets"].where(found["within"]), load=load, loads=len(of_supplier), container_pallets=of_supplier
    )
    filled = pd.DataFrame({"pallets": pallets, "containers": containers}, index=of_supplier.index)
    summed = summed.reset_index().join(filled, on="supplier_code")
    return plain_rows(summed.sort_values("money", ascending=False))


def _loads(found: pd.DataFrame) -> tuple[np.ndarray, pd.Series[float]]:
    """What a supplier sends travels together: the number of each order's load, and the container of each, by code."""
    containers = found.groupby("supplier_code")["container_pallets"].first().astype(float)
    return containers.index.get_indexer(pd.Index(found["supplier_code"])), containers


def _budget(typed: str) -> float | None:
    if not typed.strip():
        return None
    budget = float(quantity_of(typed, name=_("Budget")))
    if budget < 0:
        raise InvalidInput(_("Budget: enter an amount from zero up, or nothing."))
    return budget


def _still_planned(session: Session, viewer: Viewer, seen: Mapping[str, Choice]) -> list[dict[str, Any]]:
    """The chosen rows as the plan has them now, which has to be as they were seen."""
    orders = _made(session, viewer, weeks=max(WEEKS.values()))  # prices of this moment
    rows = {row["id"]: row for row in plain_rows(orders[orders["id"].isin(list(seen))])}
    for order_id in sorted(seen.keys() - rows.keys()):
        item = _item_name(planned(session, viewer), order_id)
        raise Conflict(
            _(
                "Nothing was ordered: the plan does not need the order for %(item)s any more. Somebody may have "
                "ordered it already. Reload the list, then decide.",
                item=item,
            )
        )
    for order_id, row in rows.items():
        _check_unchanged(row, seen[order_id])
    return list(rows.values())


def _item_name(found: Planned, order_id: str) -> str:
    """The name of the item in an id, whatever was sent as one."""
    nodes = found.model.nodes
    own = nodes.loc[nodes["product_id"].astype(str) == order_id.partition("-")[0], "name"]
    return str(own.iloc[0]) if len(own) else _("an item")


def _check_unchanged(row: dict[str, Any], choice: Choice) -> None:
    shown = (choice.get("quantity"), row["quantity"], SMALLEST), (choice.get("unit_price"), row["unit_price"], CENT)
    if all(isinstance(was, int | float) and abs(was - now_is) < apart for was, now_is, apart in shown):
        return
    raise Conflict(
        _(
            "Nothing was ordered: the plan for %(item)s has changed and is now %(quantity)s %(uom)s at %(price)s. "
            "Reload the list, then decide.",
            item=row["name"],
            quantity=shown_quantity(row["quantity"]),
            uom=row["uom"],
            price=money(row["unit_price"], decimals=2),
        )
    )


def _order(session: Session, viewer: Viewer, row: dict[str, Any]) -> str:
    """Put one row on a draft; returns the number of the draft."""
    line = draft_line(
        session,
        viewer,
        WantedLine(
            supplier_id=row["supplier_id"],
            location_id=row["location_id"],
            product_id=row["product_id"],
            quantity=_decimal(row["quantity"]),
            unit_price=_decimal(row["unit_price"]),
            needed_on=row["arrival_week"],
            lead_time_days=int(row["lead_time_days"]),
        ),
    )
    record(
        session,
        viewer,
        "buy_list.accept",
        subject="purchase_order_line",
        subject_id=line.id,
        after={
            "order": line.order,
            "product": row["code"],
            "quantity": str(_decimal(row["quantity"])),
            "unit_price": str(_decimal(row["unit_price"])),
            "requested_on": str(line.requested_on),
            "prevented": round(row["prevented"], 2),
        },
    )
    return line.order


def _withdraw_proposals(session: Session, found: Iterable[dict[str, Any]]) -> None:
    """An order made here and its proposal of the reorder point would buy the same twice."""
    none_due = pd.DataFrame({name: [] for name in KEYS})
    for item in sorted({(row["product_id"], row["location_id"]) for row in found}):
        proposals.withdraw_all_but(session, none_due, item=item, at=now())


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))
