"""Demand-driven buffers: which items are buffered, and where each stands in its zones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.ddmrp import (
    Buffer,
    BufferZone,
    buffer_priority,
    buffer_zones,
    ddmrp_buffer,
    ddmrp_order,
    net_flow_position,
    qualified_demand,
)
from analytics.inputs import FloatArray
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import buffers as queries
from data.queries import settings as stored
from data.queries.inventory import Item
from services import item_classes
from services.audit import record
from services.buffer_rules import BufferRules, buffer_rules, proposed_factors
from services.class_rules import class_rules
from services.form_values import quantity_of, row_id
from services.halal_cover import with_blocked
from services.held_choices import DECIDED_AT_ONCE
from services.listed_rows import PAGE_ROWS, Sort, equal_to, mentioning, narrowed, one_page
from services.plain_rows import plain_rows
from services.positions import KEYS, shared_positions
from services.stocking_rules import stocking_rules

SUBJECT = "buffers"
SUBJECTS = (*item_classes.SUBJECTS, SUBJECT)
LONGEST_HORIZON_DAYS = 365
DUE = "due"
ZONES = (BufferZone.EMPTY, BufferZone.RED, BufferZone.YELLOW, BufferZone.GREEN, BufferZone.ABOVE)
PAST_DUE, TODAY, SPIKE, LATER = "late", "today", "spike", "later"

NAMES = ["code", "name", "category", "location", "location_name", "uom", "xyz"]
TERMS = [
    *("mean_daily_demand", "lead_time_days", "moq", "order_multiple", "supplier_id", "supplier", "unit_price"),
    *("agreed_lead_time_days", "life_cycle", "unit_cost", "safety_stock", "reorder_point", "order_up_to"),
]
STOCK = ["on_hand", "on_order", "in_draft"]
OWN = ["lead_time_factor", "variability_factor", "order_cycle_days", "spike_threshold", "spike_horizon_days", "version"]
COLUMNS = (
    *("code", "name", "category", "location", "uom", "zone", "plan_priority", "hand_zone", "hand_priority"),
    *("on_hand", "on_order", "in_draft", "qualified_demand", "net_flow", "red_base", "red_safety", "yellow", "green"),
    *("top_of_red", "top_of_yellow", "top_of_green", "order_quantity", "order_money", "supplier", "mean_daily_demand"),
    *("lead_time_days", "lead_time_factor", "variability_factor", "order_cycle_days", "spike_threshold"),
    *("spike_horizon_days", "spike_from"),
)
CANDIDATE_COLUMNS = (
    *("code", "name", "category", "location", "uom", "xyz", "mean_daily_demand", "lead_time_days", "lead_time_factor"),
    *("variability_factor", "top_of_red", "top_of_yellow", "top_of_green", "safety_stock", "order_up_to"),
)


@dataclass(frozen=True, slots=True)
class BufferFilters:
    """What the lists are narrowed to; an empty text narrows nothing. zone: one of ZONES, or due for what has to be
    ordered; it does not narrow the items that could be buffered."""

    zone: str = ""
    location: str = ""
    category: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class BufferPage:
    """Some rows of a list, how many it has; of all of them, how many have an order due, and its money."""

    rows: list[dict[str, Any]]
    total: int
    due: int
    due_money: float


@dataclass(frozen=True, slots=True)
class BufferDetail:
    """One item with its buffer, and the orders of customers and production that it looks at: number, kind, due_on,
    quantity, part (late, today, spike or later: not counted)."""

    row: dict[str, Any]
    orders: list[dict[str, Any]]


def buffers(
    viewer: Viewer,
    filters: BufferFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
) -> BufferPage:
    """A page of the buffered items, the lowest share of net flow in the top of green first.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold COLUMNS, KEYS, id, version (0: buffered by the rule of its class) and blocked, why its
        order can't be placed.
    Raises: NotAllowed.
    Source: Ptak & Smith, planning and execution priority; formulas.md 3.8.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _narrowed(buffered_items(session, viewer), filters)
    if filters.zone:
        found = found[found["order_quantity"] > 0 if filters.zone == DUE else found["zone"] == filters.zone]
    due = found["order_quantity"] > 0
    page = _page(found, start=start, end=end, sort=sort or (("plan_priority", False),), columns=COLUMNS)
    with session_scope(viewer) as session:
        rows_ = with_blocked(session, viewer, buffer_rows(page))
    return BufferPage(rows_, len(found), int(due.sum()), float(found["order_money"].sum()))


def candidates(
    viewer: Viewer,
    filters: BufferFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
) -> BufferPage:
    """A page of the items with a policy that are not buffered, with the factors and zones that they would get.

    Inputs: as buffers.
    Returns: the page; rows hold CANDIDATE_COLUMNS, KEYS and id.
    Raises: NotAllowed.
    Source: Ptak & Smith, buffer profiles.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _narrowed(_candidates(session, viewer), filters)
    page = _page(found, start=start, end=end, sort=sort or (("code", False),), columns=CANDIDATE_COLUMNS)
    return BufferPage(buffer_rows(page), len(found), 0, 0.0)


def buffer_of(viewer: Viewer, product_id: object, location_id: object) -> BufferDetail:
    """One buffered item.

    Inputs: a viewer with inventory.read, product and location.
    Returns: BufferDetail.
    Raises: NotAllowed; NotFound when it is not buffered.
    Source: Ptak & Smith, qualified demand.
    """
    require(viewer, Permission.INVENTORY_READ)
    item: Item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        found = buffered_items(session, viewer)
        if item not in found.index:
            raise NotFound(_("This item is not buffered. Choose it under Items to buffer."))
        orders = queries.orders(session, until=today() + timedelta(days=LONGEST_HORIZON_DAYS))
    (row,) = buffer_rows(found.loc[[item]])
    own = orders[(orders["product_id"] == item[0]) & (orders["location_id"] == item[1])]
    return BufferDetail(row, _parts(own, row))


def start_buffering(viewer: Viewer, items: Collection[object]) -> int:
    """Buffer items with the factors proposed for each.

    Inputs: a viewer with inventory.edit, the ids of candidates.
    Returns: how many.
    Raises: NotAllowed; InvalidInput for no item or too many; Conflict when one is buffered already or has no demand
        or lead time any more.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    wanted = {str(item) for item in items}
    if not wanted:
        raise InvalidInput(_("Select at least one item."))
    if len(wanted) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s items at once.", count=DECIDED_AT_ONCE))
    with session_scope(viewer) as session:
        found = _candidates(session, viewer)
        found = found[item_ids(found).isin(wanted)]
        factors = ["lead_time_factor", "variability_factor", "order_cycle_days", "spike_threshold"]
        rows: list[dict[str, Any]] = plain_rows(found[factors].reset_index())
        added = queries.add(session, [{**row, "created_by": viewer.user_id} for row in rows]) if rows else 0
        if added != len(wanted):
            raise Conflict(
                _("Nothing was changed: some of these items are buffered already or can't be. Reload the page.")
            )
        for row in rows:
            _record(session, viewer, "buffer.start", (row["product_id"], row["location_id"]), after=_figures(row))
        stored.bump(session, SUBJECT)
    return added


def change_buffer(
    viewer: Viewer, product_id: object, location_id: object, version: object, entered: Mapping[str, object]
) -> BufferDetail:
    """Size the buffer of one item otherwise.

    Inputs: a viewer with inventory.edit; the item with the version on the screen; lead_time_factor,
        variability_factor and spike_threshold in per cent, order_cycle_days and spike_horizon_days as entered, nothing
        for none.
    Returns: the item as it is then.
    Raises: NotAllowed; NotFound; InvalidInput that names the field; Conflict when somebody has changed it meanwhile.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    values = _checked(entered)
    item: Item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        before = queries.buffer(session, item)
        if before is None:
            _take_from_rule(session, viewer, item, version, values)
        elif not queries.change(session, item, version=row_id(version), **values):
            raise Conflict(_changed_text())
        known = None if before is None else {name: getattr(before, name) for name in values}
        _record(session, viewer, "buffer.change", item, before=known, after=values)
        stored.bump(session, SUBJECT)
    return buffer_of(viewer, *item)


def stop_buffering(viewer: Viewer, product_id: object, location_id: object, version: object) -> None:
    """Buffer an item no longer. Its policy stays as it is until another is approved.

    Inputs: a viewer with inventory.edit, the item with the version on the screen.
    Returns: nothing.
    Raises: NotAllowed; Conflict when somebody has changed it meanwhile, or when the rule of its class buffers it.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    item: Item = (row_id(product_id), row_id(location_id))
    with session_scope(viewer) as session:
        before = queries.buffer(session, item)
        if before is None or not queries.remove(session, item, version=row_id(version)):
            raise Conflict(
                _(
                    "Nothing was changed: somebody has changed this buffer, or the rule of its class buffers the item. "
                    "Reload the page."
                )
            )
        known = {name: getattr(before, name) for name in OWN if name != "version"}
        _record(session, viewer, "buffer.stop", item, before=known)
        stored.bump(session, SUBJECT)


def buffered_items(session: Session, viewer: Viewer) -> pd.DataFrame:
    """All buffered items with zones, priorities and orders.

    Inputs: an open session, the viewer.
    Returns: frame indexed by product and location: COLUMNS, TERMS and version. Not to be changed.
    Raises: nothing of its own.
    Source: formulas.md 3.8.
    """
    rules, review_days = buffer_rules(session), stocking_rules(session).review_days
    return shared_frame(
        session,
        viewer,
        "buffers",
        subjects=SUBJECTS,
        args=(today(), rules, review_days, class_rules(session)),
        compute=lambda: _stand(session, _chosen(session, _items(*_read(session, viewer)), rules, review_days)),
    )


def _candidates(session: Session, viewer: Viewer) -> pd.DataFrame:
    """The items that could be buffered, with what they would get."""
    rules, review_days = buffer_rules(session), stocking_rules(session).review_days
    classes, held = _read(session, viewer)
    taken = _keys(queries.buffers(session)).union(_keys(queries.by_rule(session)))
    known = (held["mean_daily_demand"] > 0) & (held["lead_time_days"] > 0)
    free = _items(classes, held[known & ~held.index.isin(taken)])
    free = free.join(_proposed(free, rules, review_days))
    return free.join(_zone_columns(_zones(free), free.index))


def _read(session: Session, viewer: Viewer) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Classes and positions of all items."""
    return item_classes.classes_of_items(session, viewer), shared_positions(session, viewer, as_of=today())


def _items(classes: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """What zones are made of. Usage and lead time are those of the stored policy."""
    return held.join(classes)[[*NAMES, *TERMS, *STOCK]]


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[KEYS])


def _proposed(items: pd.DataFrame, rules: BufferRules, review_days: float) -> pd.DataFrame:
    """What an item gets without factors of its own; it is ordered at every review."""
    return proposed_factors(rules, items).assign(order_cycle_days=review_days or np.nan)


def _chosen(session: Session, items: pd.DataFrame, rules: BufferRules, review_days: float) -> pd.DataFrame:
    """The buffered items with their factors: their own, else those proposed for their class."""
    own = queries.buffers(session).set_index(KEYS)
    keys = own.index.union(_keys(queries.by_rule(session)))
    found = items[items.index.isin(keys)]
    factors = own.reindex(found.index).astype("float64")
    by_rule = ~found.index.isin(own.index)
    proposed = _proposed(found, rules, review_days)
    factors.loc[by_rule, proposed.columns] = proposed[by_rule]
    return found.join(factors.assign(version=factors["version"].fillna(0).astype("int64")))


def _zones(items: pd.DataFrame) -> Buffer:
    return ddmrp_buffer(
        items["mean_daily_demand"].to_numpy(np.float64),
        lead_time_days=items["lead_time_days"].to_numpy(np.float64),
        lead_time_factor=items["lead_time_factor"].to_numpy(np.float64),
        variability_factor=items["variability_factor"].to_numpy(np.float64),
        order_cycle_days=items["order_cycle_days"].to_numpy(np.float64),
        moq=items["moq"].to_numpy(np.float64, na_value=np.nan),
    )


def _zone_columns(zones: Buffer, index: pd.Index[Any]) -> pd.DataFrame:
    tops = ("top_of_red", "top_of_yellow", "top_of_green")
    parts = ("red_base", "red_safety", "yellow", "green")
    return pd.DataFrame({name: getattr(zones, name) for name in (*parts, *tops)}, index=index)


def _stand(session: Session, items: pd.DataFrame) -> pd.DataFrame:
    zones = _zones(items)
    found = items.join(_zone_columns(zones, items.index))
    found["spike_from"] = found["spike_threshold"] * found["top_of_red"]
    found["horizon"] = found["spike_horizon_days"].fillna(np.ceil(found["lead_time_days"])).clip(upper=365)
    found["qualified_demand"] = _qualified(session, found)
    # A draft counts as ordered here, so that what was accepted is not asked for again.
    coming = found["on_order"] + found["in_draft"]
    net_flow = net_flow_position(found["on_hand"], on_order=coming, qualified_demand=found["qualified_demand"])
    multiple = found["order_multiple"].to_numpy(np.float64, na_value=np.nan)
    moq = found["moq"].to_numpy(np.float64, na_value=np.nan)
    found["net_flow"] = net_flow
    found["order_quantity"] = ddmrp_order(net_flow, buffer=zones, moq=moq, multiple=multiple).quantity
    found["order_money"] = found["order_quantity"] * found["unit_price"].fillna(found["unit_cost"])
    found["zone"] = buffer_zones(net_flow, buffer=zones)
    found["plan_priority"] = buffer_priority(net_flow, zone_top=zones.top_of_green)
    found["hand_zone"] = buffer_zones(found["on_hand"], buffer=zones)
    found["hand_priority"] = buffer_priority(found["on_hand"], zone_top=zones.top_of_red)
    return found


def _qualified(session: Session, found: pd.DataFrame) -> FloatArray:
    days = int(np.nan_to_num(found["horizon"].max()))
    orders = queries.orders(session, until=today() + timedelta(days=days))
    column = found.index.get_indexer(_keys(orders))
    row = _days_from_today(orders)
    due, late = np.zeros((days + 1, len(found))), np.zeros(len(found))
    quantity = orders["quantity"].to_numpy(np.float64)
    past, coming = (column >= 0) & (row < 0), (column >= 0) & (row >= 0)
    np.add.at(late, column[past], quantity[past])
    np.add.at(due, (row[coming], column[coming]), quantity[coming])
    return qualified_demand(
        due, past_due=late, spike_threshold=found["spike_from"], spike_horizon_days=found["horizon"]
    )


def _days_from_today(orders: pd.DataFrame) -> Any:
    due = pd.to_datetime(orders["due_on"])
    return (due - pd.Timestamp(today())).dt.days.to_numpy(np.int64)


def _parts(orders: pd.DataFrame, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Each order of an item with how it counts; a day's orders are a spike together."""
    days = _days_from_today(orders)
    a_day = orders.groupby("due_on")["quantity"].transform("sum").to_numpy(np.float64)
    spike = (days <= (row["horizon"] or 0)) & (a_day >= (row["spike_from"] or np.inf))
    part = np.select([days < 0, days == 0, spike], [PAST_DUE, TODAY, SPIKE], default=LATER)
    return plain_rows(orders.assign(part=part)[["number", "kind", "due_on", "quantity", "part"]])


def _narrowed(found: pd.DataFrame, filters: BufferFilters) -> pd.DataFrame:
    keep = equal_to(found, filters, "location", "category")
    return narrowed(found, keep & mentioning(found, filters.search, "code", "name"))


def _page(found: pd.DataFrame, *, start: int, end: int, sort: Sort, columns: tuple[str, ...]) -> pd.DataFrame:
    return one_page(found, sort, start=start, end=end, otherwise=(("code", False),), sortable=columns)


def buffer_rows(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of buffered_items as plain values, each with an id for the browser.

    Inputs: found: any rows of buffered_items.
    Returns: dictionaries; None for what is unknown.
    Raises: nothing.
    Source: none; ours.
    """
    rows = plain_rows(found.reset_index())
    for row in rows:
        row["id"] = f"{row['product_id']}-{row['location_id']}"
    return rows


def item_ids(found: pd.DataFrame) -> pd.Series[str]:
    """The ids that the browser knows items by.

    Inputs: found: frame indexed by product and location.
    Returns: texts on the same index.
    Raises: nothing.
    Source: none; ours.
    """
    keys = found.index.to_frame()
    return keys["product_id"].astype(str) + "-" + keys["location_id"].astype(str)


def _checked(entered: Mapping[str, object]) -> dict[str, Any]:
    return {
        "lead_time_factor": _share(entered, "lead_time_factor", least=1, most=100),
        "variability_factor": _share(entered, "variability_factor", least=0, most=100),
        "spike_threshold": _share(entered, "spike_threshold", least=1, most=1000),
        "order_cycle_days": _days(entered, "order_cycle_days", least=1),
        "spike_horizon_days": _days(entered, "spike_horizon_days", least=0),
    }


def factor_name(name: str) -> str:
    """What a factor is called.

    Inputs: name: a column of item_buffer.
    Returns: the words a person reads.
    Raises: KeyError for anything else.
    Source: glossary.
    """
    return {
        "lead_time_factor": _("Lead time factor, %"),
        "variability_factor": _("Variability factor, %"),
        "order_cycle_days": _("Order cycle, days"),
        "spike_threshold": _("Spike from, % of red"),
        "spike_horizon_days": _("Spike horizon, days"),
    }[name]


def _share(entered: Mapping[str, object], name: str, *, least: int, most: int) -> float:
    return _between(entered.get(name), name, least=least, most=most) / 100


def _days(entered: Mapping[str, object], name: str, *, least: int) -> int | None:
    value = entered.get(name)
    if value is None or value == "":
        return None
    days = _between(value, name, least=least, most=LONGEST_HORIZON_DAYS)
    if not days.is_integer():
        raise InvalidInput(_("%(name)s: enter whole days.", name=factor_name(name)))
    return int(days)


def _between(value: object, name: str, *, least: int, most: int) -> float:
    number = float(quantity_of(value, name=factor_name(name)))
    if not least <= number <= most:
        raise InvalidInput(_("%(name)s: enter %(least)s to %(most)s.", name=factor_name(name), least=least, most=most))
    return number


def _take_from_rule(session: Session, viewer: Viewer, item: Item, version: object, values: dict[str, Any]) -> None:
    """An item that a rule buffers gets factors of its own."""
    if item not in buffered_items(session, viewer).index:
        raise NotFound(_("This item is not buffered. Choose it under Items to buffer."))
    row = {"product_id": item[0], "location_id": item[1], **values, "created_by": viewer.user_id}
    if row_id(version) != 0 or not queries.add(session, [row]):
        raise Conflict(_changed_text())


def _changed_text() -> str:
    return _("Somebody else has changed this buffer since you opened it. Look again, then save.")


def _record(session: Session, viewer: Viewer, action: str, item: Item, **about: Any) -> None:
    record(session, viewer, action, subject="item_buffer", subject_id=f"{item[0]}/{item[1]}", **about)


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in KEYS}
