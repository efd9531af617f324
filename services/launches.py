"""Launch of a product: the course of look-alikes at the level expected, what it takes from others, and its tracking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.inputs import FloatArray
from analytics.launch_curve import launch_curve, steady_levels
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _, counted, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_edits as ledger
from data.queries import life_cycle as rows
from data.queries.demand_edits import EditCells
from services.cycle_lock import DEMAND, PRODUCT, require_open
from services.demand_ledger import Applied, enter
from services.demand_plan import DECIDED, DemandPlan, demand_plan, require_months
from services.form_values import chosen_id, quantity_of
from services.plan_scope import month_of

MONTHS = 12
MOST = 12
CHOSEN = 5
PRICE_BAND = 0.3
LARGEST_SHARE = 100


@dataclass(frozen=True, slots=True)
class LaunchWish:
    """What somebody entered: ids, the first month, look-alikes, units a month once sales are steady, and the share of
    them that comes from the products of ``victims``."""

    product_id: int
    location_id: int
    channel_id: int
    month: date
    donors: tuple[int, ...]
    level: float
    share: float
    victims: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LaunchPlan:
    """The launch by month of the plan: units expected, the band of 80 %, and what ``victims`` lose (by code)."""

    product: str
    months: list[date]
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    donors: int
    lost: Mapping[str, FloatArray]


def choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What a launch can be made of.

    Inputs: a viewer with plan.read.
    Returns: ids and names of product (finished goods that are planned, being launched or have never sold first), place,
        channel, and months of the plan.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        goods, plan = rows.products(session), demand_plan(session, viewer)
        places, channels = rows.places(session), rows.channels(session)
    new = goods["life_cycle"].isin(["planned", "launch"])
    listed = pd.concat([goods[new], goods[~new]])
    return {
        "product": [(str(one.id), f"{one.code} {one.name}") for one in listed.itertuples()],
        "place": [(str(one.id), f"{one.code} {one.name}") for one in places],
        "channel": [(str(one.id), one.name) for one in channels],
        "month": [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in plan.base.months],
    }


def look_alikes(viewer: Viewer, product_id: object) -> list[dict[str, Any]]:
    """Products whose launch is known and that are like another one, the most alike first.

    Inputs: a viewer with plan.read, the product.
    Returns: at most MOST dictionaries of id, code, name, launched (month), level (units a month once steady), points,
        reasons.
    Raises: NotAllowed; InvalidInput for a product that is none.
    Source: Kahn 2006, chapter 4 (looks-like analysis).
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        goods, plan = rows.products(session), demand_plan(session, viewer)
    wanted = goods[goods["id"] == chosen_id(product_id)]
    if wanted.empty:
        raise InvalidInput(_("New product: choose one."))
    first, months = _first_months(plan, goods)
    level = pd.Series(steady_levels(first), index=months.index)
    known = goods[goods["id"].isin(level.dropna().index) & (goods["id"] != int(wanted["id"].iloc[0]))]
    listed = [_alike(wanted.iloc[0], one, months, level) for _at, one in known.iterrows()]
    return sorted(listed, key=lambda one: (-one["points"], one["code"]))[:MOST]


def wish(form: Mapping[str, object]) -> LaunchWish:
    """What somebody entered.

    Inputs: form: product, place, channel (ids as text), month, donors and victims (ids), level, share in per cent.
    Returns: LaunchWish.
    Raises: InvalidInput naming the field.
    Source: none; ours.
    """
    level, share = quantity_of(form.get("level"), name=_("Steady level")), form.get("share")
    part = quantity_of(share, name=_("Taken from others")) if share not in (None, "") else 0
    if level <= 0:
        raise InvalidInput(_("Steady level: enter more than 0 units a month."))
    if not 0 <= part <= LARGEST_SHARE:
        raise InvalidInput(_("Taken from others: enter 0 to 100 per cent."))
    victims = _ids(form.get("victims"))
    if part and not victims:
        raise InvalidInput(_("Taken from others: choose the products that lose these sales."))
    return LaunchWish(
        product_id=_id(form.get("product"), _("New product: choose one.")),
        location_id=_id(form.get("place"), _("Place: choose one.")),
        channel_id=_id(form.get("channel"), _("Channel: choose one.")),
        month=month_of(form.get("month"), name=_("Launch month")),
        donors=_ids(form.get("donors")),
        level=float(level),
        share=float(part) / 100,
        victims=victims,
    )


def preview(viewer: Viewer, wanted: LaunchWish) -> LaunchPlan:
    """What the launch would look like.

    Inputs: a viewer with plan.read, the wish.
    Returns: LaunchPlan.
    Raises: NotAllowed; InvalidInput when the month is not planned, the product is none, or no look-alike has a course.
    Source: Kahn 2006, chapter 4.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return _planned(demand_plan(session, viewer), rows.products(session), wanted)


def apply(viewer: Viewer, wanted: LaunchWish) -> Applied:
    """Write the launch as figures of the planner, or of marketing for who may not decide; what others lose too.

    Inputs: a viewer with demand.edit or stream.marketing, the wish.
    Returns: the edit.
    Raises: NotAllowed; as preview; Conflict when a step of the cycle is closed.
    Source: issue 6, product life cycle.
    """
    stream = DECIDED if viewer.may(Permission.DEMAND_EDIT) else "marketing"
    require(viewer, Permission.DEMAND_EDIT if stream == DECIDED else Permission.STREAM_MARKETING)
    with session_scope(viewer) as session:
        require_open(session, PRODUCT)
        require_open(session, DEMAND)
        ledger.lock(session)
        plan, goods = demand_plan(session, viewer), rows.products(session)
        found = _planned(plan, goods, wanted)
        cells = _cells(plan, wanted, found, stream)
        reason = _(
            "Launch in %(month)s at %(level)s a month, on the course of %(donors)s",
            month=f"{wanted.month:%Y-%m}",
            level=number(wanted.level),
            donors=counted("1 look-alike", "%(count)s look-alikes", found.donors),
        )
        done = enter(
            session,
            viewer,
            cells,
            stream=stream,
            scope={"product": found.product, "launch": f"{wanted.month:%Y-%m}"},
            mode="set",
            rule="none",
            value=wanted.level,
            source="life_cycle",
            reason=reason,
            before_total=float(np.nansum([value or 0.0 for value in cells.consensus])),
            after_total=float(sum(value or 0.0 for value in cells.after)),
        )
        ledger.let_stand(session, done.edit_id)
    return done


def tracking(viewer: Viewer) -> list[dict[str, Any]]:
    """Launches that were planned here: sold against the course.

    Inputs: a viewer with plan.read.
    Returns: dictionaries of code, name, first (month), months, planned, planned_to_date, sold_to_date (units of months
        that are over), share (sold of planned; None before).
    Raises: NotAllowed.
    Source: issue 6, product life cycle.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = [dict(row._mapping) for row in rows.launched(session, until=today().replace(day=1))]
    return [
        {**one, "share": one["sold_to_date"] / one["planned_to_date"] if one["planned_to_date"] else None}
        for one in found
    ]


def _first_months(plan: DemandPlan, goods: pd.DataFrame) -> tuple[FloatArray, pd.Series[Any]]:
    """Products x months since their launch, of those launched within the history; and the month of each launch."""
    past = plan.base.past[:-1]  # the month of today is not over
    sold = pd.DataFrame(plan.base.history[:, : len(past)]).groupby(plan.base.leaves["product_id"].to_numpy()).sum()
    launched = pd.to_datetime(goods.set_index("id")["launched_on"]).dropna()
    months = launched.dt.to_period("M").reindex(sold.index).dropna()
    first = pd.PeriodIndex(past, freq="M")
    start = pd.Series(first.get_indexer(pd.PeriodIndex(months, freq="M")), index=months.index)
    start = start[start >= 0]
    place = start.to_numpy()[:, None] + np.arange(MONTHS)[None, :]
    values = sold.loc[start.index].to_numpy(dtype=float)
    inside = place < len(past)
    taken = np.take_along_axis(values, np.minimum(place, max(len(past) - 1, 0)), axis=1) if len(values) else values
    width = np.full((len(start), MONTHS), np.nan)
    width[inside] = taken[inside] if len(values) else np.nan
    return width, months.loc[start.index]


def _alike(wanted: Any, one: Any, months: pd.Series[Any], level: pd.Series[Any]) -> dict[str, Any]:
    reasons = []
    if one["family"] == wanted["family"]:
        reasons.append((3, _("same family")))
    if one["category"] == wanted["category"]:
        reasons.append((2, _("same category")))
    if wanted["brand"] and one["brand"] == wanted["brand"]:
        reasons.append((1, _("same brand")))
    if wanted["unit_price"] and one["unit_price"] and abs(one["unit_price"] / wanted["unit_price"] - 1) <= PRICE_BAND:
        reasons.append((1, _("price within 30 %")))
    return {
        "id": int(one["id"]),
        "code": one["code"],
        "name": one["name"],
        "launched": str(months[one["id"]]),
        "level": float(level[one["id"]]),
        "points": sum(points for points, _text in reasons),
        "reasons": ", ".join(text for _points, text in reasons) or _("a launch that is known"),
    }


def _planned(plan: DemandPlan, goods: pd.DataFrame, wanted: LaunchWish) -> LaunchPlan:
    require_months(plan.base)
    product = goods[goods["id"] == wanted.product_id]
    if product.empty:
        raise InvalidInput(_("New product: choose one."))
    if wanted.month not in plan.base.months:
        first, last = (f"{month:%Y-%m}" for month in (plan.base.months[0], plan.base.months[-1]))
        raise InvalidInput(_("Launch month: choose one from %(first)s to %(last)s.", first=first, last=last))
    months = plan.base.months[plan.base.months.index(wanted.month) :]
    sold, known = _first_months(plan, goods)
    course = launch_curve(sold[known.index.isin(wanted.donors)], months=len(months))
    if course is None:
        raise InvalidInput(_("Look-alikes: choose at least one whose sales have found a level."))
    expected = course.median * wanted.level
    return LaunchPlan(
        product=str(product["code"].iloc[0]),
        months=months,
        expected=expected,
        low=course.low * wanted.level,
        high=course.high * wanted.level,
        donors=course.donors,
        lost=_lost(plan, wanted, months, expected * wanted.share),
    )


def _victim_rows(plan: DemandPlan, wanted: LaunchWish) -> Any:
    leaves = plan.base.leaves
    here = (leaves["location_id"] == wanted.location_id) & (leaves["channel_id"] == wanted.channel_id)
    chosen = here & leaves["product_id"].isin(wanted.victims) & (leaves["product_id"] != wanted.product_id)
    return np.flatnonzero(chosen.to_numpy())


def _lost(plan: DemandPlan, wanted: LaunchWish, months: list[date], taken: FloatArray) -> dict[str, FloatArray]:
    """What each loses, in proportion to its plan and never more than it."""
    own, at = _victim_rows(plan, wanted), plan.base.months.index(months[0])
    planned = plan.consensus[own, at:]
    whole = planned.sum(axis=0)
    part = np.divide(np.minimum(taken, whole), whole, out=np.zeros(len(months)), where=whole > 0)
    codes = plan.base.leaves["product"].to_numpy()[own]
    return {str(code): planned[row] * part for row, code in enumerate(codes)}


def _cells(plan: DemandPlan, wanted: LaunchWish, found: LaunchPlan, stream: str) -> EditCells:
    """Of the new product, which may be in no plan yet, and of those that lose."""
    leaves, at = plan.base.leaves, plan.base.months.index(found.months[0])
    said = np.full(plan.consensus.shape, np.nan)
    if stream in plan.streams:
        said = plan.streams[stream].dense(plan.consensus.shape)
    parts: list[tuple[int, int, float]] = []
    own = np.flatnonzero(
        (
            (leaves["product_id"] == wanted.product_id)
            & (leaves["location_id"] == wanted.location_id)
            & (leaves["channel_id"] == wanted.channel_id)
        ).to_numpy()
    )
    row = int(own[0]) if own.size else -1
    parts += [(wanted.product_id, row, value) for value in found.expected]
    for victim in _victim_rows(plan, wanted):
        rest = plan.consensus[victim, at:] - found.lost[str(leaves["product"].iloc[victim])]
        parts += [(int(leaves["product_id"].iloc[victim]), int(victim), value) for value in rest]
    columns = [at + place % len(found.months) for place in range(len(parts))]
    before = [
        said[leaf, column] if leaf >= 0 else np.nan for (_id, leaf, _value), column in zip(parts, columns, strict=True)
    ]
    return EditCells(
        products=[product for product, _leaf, _value in parts],
        locations=[wanted.location_id] * len(parts),
        channels=[wanted.channel_id] * len(parts),
        periods=[plan.base.months[column] for column in columns],
        before=[None if np.isnan(value) else float(value) for value in before],
        after=[round(max(float(value), 0.0), 4) for _id, _leaf, value in parts],
        consensus=[
            float(plan.consensus[leaf, column]) if leaf >= 0 else 0.0
            for (_id, leaf, _value), column in zip(parts, columns, strict=True)
        ],
    )


def _id(value: object, said: str) -> int:
    found = chosen_id(value)
    if not found:
        raise InvalidInput(said)
    return found


def _ids(values: object) -> tuple[int, ...]:
    listed: Sequence[object] = values[:MOST] if isinstance(values, list | tuple) else []
    found = (chosen_id(one) for one in listed)
    return tuple(dict.fromkeys(one for one in found if one))
