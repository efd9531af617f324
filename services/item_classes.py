"""Items by ABC and XYZ: what each box of the nine holds, and its items with demand, season, velocity and stock.

What is sold and what is used in production are ranked apart: revenue says nothing about a bottle.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.abc_xyz import (
    ABC,
    UNKNOWN,
    XYZ,
    abc_classes,
    coefficient_of_variation,
    cumulative_shares,
    nine_box,
    velocity_classes,
    xyz_classes,
)
from analytics.demand_class import demand_classes
from analytics.inputs import FloatArray
from analytics.inventory_position import StockStatus
from analytics.kpi import days_of_supply
from analytics.profitability import gmroi
from analytics.seasonality import seasonality
from analytics.stock_ageing import OBSOLETE, SLOW, slob, slow_and_obsolete
from core.clock import today
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import demand, sales
from data.queries import item_classes as queries
from services.class_rules import ClassRules, class_rules
from services.forecast_periods import HISTORY_PERIODS, first_open_period, shifted
from services.plain_rows import plain_rows
from services.positions import KEYS, shared_positions, stock_positions

SUBJECTS = ("demand", "stock", "orders", "policy", "products", "master")
PAGE_ROWS = 500
YEAR_MONTHS = 12
YEAR_DAYS = 365

SOLD, USED = "sold", "used"
REVENUE, MARGIN, VOLUME = "revenue", "margin", "volume"
GOODS, BASES = (SOLD, USED), (REVENUE, MARGIN, VOLUME)
EXCESS = "excess"
FLAGS = (EXCESS, SLOW, OBSOLETE)
UNCLASSIFIED = "none"
BOXES = tuple(abc + xyz for abc in ABC for xyz in XYZ)

COLUMNS = (
    *("code", "name", "category", "location", "uom", "abc", "xyz", "value", "share", "cumulated_share", "quantity"),
    *("revenue", "margin", "variation", "demand_class", "seasonal", "season_p", "velocity", "movements", "last_on"),
    *("on_hand", "stock_value", "cover_days", "gmroi", "excess", "excess_value", "movement"),
)


@dataclass(frozen=True, slots=True)
class ClassFilters:
    """Which goods, by what they are ranked, and what the list is narrowed to; an empty text narrows nothing.

    goods: sold (the default) or used; basis: revenue (the default), margin or volume; box: such as AX, or none for
    what can't be classified; flag: excess, slow or obsolete.
    """

    goods: str = ""
    basis: str = ""
    location: str = ""
    category: str = ""
    flag: str = ""
    search: str = ""
    box: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """The items of one box. value_share (of all boxes) is NaN where nothing is worth anything, cover_days inf without
    demand.
    """

    key: str
    items: int
    value: float
    value_share: float
    stock_value: float
    cover_days: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """The nine boxes, A-X to C-Z, what is in none of them, and the whole months of demand they are of."""

    boxes: list[Box]
    unclassified: Box
    year_start: date
    before: date


@dataclass(frozen=True, slots=True)
class ClassPage:
    """Some rows of the list, how many it has; value, stock at cost, excess and share of slow and obsolete of all."""

    rows: list[dict[str, Any]]
    total: int
    value: float
    stock_value: float
    excess_value: float
    slob_share: float


@dataclass(frozen=True, slots=True)
class _Year:
    """The year that values are of, and the days from which on and until which sales are looked at."""

    start: date
    before: date
    since: date
    until: date

    def window(self) -> dict[str, date]:
        return {"year_start": self.start, "before": self.before, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True, eq=False)
class _Demand:
    """What was sold, or issued: facts of the year by product and location, and the panel of their months."""

    facts: pd.DataFrame
    panel: FloatArray

    def without(self, others: pd.Index[Any]) -> _Demand:
        keep = ~self.facts.index.isin(others)
        return _Demand(self.facts[keep], self.panel[:, keep])


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """What does not depend on rules: one row per product and location, and the year it is of."""

    items: pd.DataFrame
    year_start: date
    before: date


def matrix(viewer: Viewer, filters: ClassFilters) -> Matrix:
    """What each of the nine boxes holds.

    Inputs: a viewer with inventory.read; filters, of which all but the box narrow what is counted. Classes are those
        among all goods that are sold, or used, everywhere.
    Returns: Matrix.
    Raises: NotAllowed.
    Source: screens.md 9; formulas.md 3.4.
    """
    figures, found = _classified(viewer, filters)
    narrowed = _narrowed(found, filters)
    counted = nine_box(narrowed["abc"], xyz=narrowed["xyz"], value=narrowed["value"])
    stock = _stock_by_box(narrowed)
    boxes = [
        Box(key, row["items"], row["value"], row["value_share"], *stock[key])
        for key, row in zip(BOXES, counted.to_dict("records"), strict=True)
    ]
    rest = narrowed[narrowed["box"] == UNCLASSIFIED]
    unclassified = Box(UNCLASSIFIED, len(rest), float(rest["value"].sum()), np.nan, *stock[UNCLASSIFIED])
    return Matrix(boxes, unclassified, figures.year_start, figures.before)


def item_classes(
    viewer: Viewer,
    filters: ClassFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> ClassPage:
    """A page of the list of items, the largest value first unless sorted otherwise.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold COLUMNS, id, product_id and location_id, None for what is unknown or endless.
    Raises: NotAllowed.
    Source: formulas.md 3.3, 3.4.
    """
    _figures, found = _classified(viewer, filters)
    found = _narrowed(found, filters)
    if filters.box:
        found = found[found["box"] == filters.box]
    first = max(start, 0)
    page = _sorted(found, sort).iloc[first : min(max(end, first), first + PAGE_ROWS)]
    rows = plain_rows(page[[*COLUMNS, "location_name"]].reset_index())
    for row in rows:
        row["id"] = f"{row['product_id']}-{row['location_id']}"
    judged = found[["movement"]].assign(value=found["stock_value"])
    return ClassPage(
        rows=rows,
        total=len(found),
        value=float(found["value"].sum()),
        stock_value=float(found["stock_value"].sum()),
        excess_value=float(found["excess_value"].sum()),
        slob_share=slob(judged).share,
    )


def any_item(viewer: Viewer) -> bool:
    """Whether there is anything to classify.

    Inputs: a viewer with inventory.read.
    Returns: False while nothing is in stock, ordered, sold or used.
    Raises: NotAllowed.
    Source: none; ours.
    """
    figures, _found = _classified(viewer, ClassFilters())
    return not figures.items.empty


def classes_of_items(session: Session, viewer: Viewer) -> pd.DataFrame:
    """The classes of every item: ABC of what is sold by its revenue, of what is used by its cost; XYZ.

    Inputs: an open session, the viewer.
    Returns: frame indexed by product and location: abc and xyz, None where not classified.
    Raises: nothing of its own.
    Source: formulas.md 3.4.
    """
    figures = _figures(session, viewer)
    parts = [_classes(session, viewer, figures, goods=goods, basis=REVENUE) for goods in GOODS]
    return pd.concat(parts)[["abc", "xyz"]]


def boxes(session: Session, viewer: Viewer) -> pd.Series[Any]:
    """The box of every item: of what is sold by its revenue, of what is used by its cost.

    Inputs: an open session, the viewer.
    Returns: such as AX, UNCLASSIFIED where it can't be told; indexed by product and location.
    Raises: nothing of its own.
    Source: formulas.md 3.4.
    """
    figures = _figures(session, viewer)
    parts = [_classes(session, viewer, figures, goods=goods, basis=REVENUE) for goods in GOODS]
    return pd.concat(parts)["box"]


def boxes_of_now(session: Session, *, as_of: date) -> pd.Series[Any]:
    """The same as the data of the open transaction say, for who is about to change them.

    Inputs: the open session of a change, the data date.
    Returns: as boxes.
    Raises: nothing of its own.
    Source: formulas.md 3.4.
    """
    year, rules = _year(session, as_of), class_rules(session)
    items = _figures_of(session, stock_positions(session, as_of=as_of), _sold(session, year), year).items
    return pd.concat([_with_classes(items[items["goods"] == goods], REVENUE, rules) for goods in GOODS])["box"]


def _classified(viewer: Viewer, filters: ClassFilters) -> tuple[_Figures, pd.DataFrame]:
    require(viewer, Permission.INVENTORY_READ)
    goods = filters.goods if filters.goods in GOODS else SOLD
    basis = filters.basis if filters.basis in BASES else REVENUE
    with session_scope(viewer) as session:
        figures = _figures(session, viewer)
        return figures, _classes(session, viewer, figures, goods=goods, basis=basis)


def _figures(session: Session, viewer: Viewer) -> _Figures:
    as_of = today()

    def compute() -> _Figures:
        year = _year(session, as_of)
        return _figures_of(session, shared_positions(session, viewer, as_of=as_of), _sales(session, viewer, year), year)

    return shared_frame(session, viewer, "class_figures", subjects=SUBJECTS, args=(as_of,), compute=compute)


def _sales(session: Session, viewer: Viewer, year: _Year) -> _Demand:
    """What was sold, kept on its own: stock and orders change often, and millions of sales take long to add up."""
    return shared_frame(
        session, viewer, "class_sales", subjects=("demand",), args=(year,), compute=lambda: _sold(session, year)
    )


def _classes(session: Session, viewer: Viewer, figures: _Figures, *, goods: str, basis: str) -> pd.DataFrame:
    rules = class_rules(session)
    return shared_frame(
        session,
        viewer,
        "item_classes",
        subjects=SUBJECTS,
        args=(today(), goods, basis, rules),
        compute=lambda: _with_classes(figures.items[figures.items["goods"] == goods], basis, rules),
    )


def _year(session: Session, as_of: date) -> _Year:
    days = (sales.last_day(session, until=as_of), queries.last_issue(session, until=as_of))
    before = first_open_period(max((day for day in days if day), default=as_of), frequency="month")
    return _Year(
        start=shifted(before, -YEAR_MONTHS, frequency="month"),
        before=before,
        since=shifted(before, -HISTORY_PERIODS["month"], frequency="month"),
        until=as_of,
    )


def _sold(session: Session, year: _Year) -> _Demand:
    facts = queries.sold_in_year(session, **year.window()).set_index(KEYS)
    months = demand.period_sums(
        session, products=None, location_id=None, frequency="month", since=year.since, before=year.before
    )
    return _Demand(facts, monthly_panel(months, facts.index, since=year.since))


def _used(session: Session, year: _Year) -> _Demand:
    facts = queries.used_in_year(session, **year.window()).set_index(KEYS)
    months = queries.used_by_month(session, since=year.since, before=year.before)
    return _Demand(facts, monthly_panel(months, facts.index, since=year.since))


def _figures_of(session: Session, positions: pd.DataFrame, sold: _Demand, year: _Year) -> _Figures:
    """Sales or issues, demand pattern and stock of every item there is."""
    # What is sold somewhere has the demand of its customers there, whatever else was issued of it.
    used = _used(session, year).without(sold.facts.index)
    facts = pd.concat([sold.facts, used.facts])
    held = positions[["on_hand", "stock_value", "excess_value", "status", "mean_daily_demand"]]
    items = _named(session, facts.index.union(held.index)).join(facts).join(held)
    items["goods"] = np.where(items.index.isin(sold.facts.index) | (items["kind"] == "finished"), SOLD, USED)
    _complete(items, year.until)
    panel = np.full((HISTORY_PERIODS["month"], len(items)), np.nan)
    for part in (sold, used):
        panel[:, items.index.get_indexer(part.facts.index)] = part.panel
    _add_pattern(items, panel)
    return _Figures(items, year.start, year.before)


def _named(session: Session, keys: pd.Index[Any]) -> pd.DataFrame:
    names = queries.products(session).set_index("product_id")
    places = queries.locations(session).set_index("location_id")
    items = pd.DataFrame(index=keys.set_names(KEYS)).join(names, on="product_id").join(places, on="location_id")
    return items.sort_values(["code", "location"])


def _complete(items: pd.DataFrame, as_of: date) -> None:
    nothing = ["quantity", "revenue", "movements", "on_hand", "excess_value"]
    items[nothing] = items[nothing].astype("float64").fillna(0.0)
    cost = items["unit_cost"].astype("float64")
    items["unit_cost"] = cost
    items["stock_value"] = (items["on_hand"] * cost).where(items["on_hand"] != 0, 0.0)
    items["excess"] = items.pop("status") == StockStatus.EXCESS
    items["excess_value"] = items["excess_value"].where(items["excess"], 0.0)
    # What a forecast expects; without one, what was asked for in the year.
    past = (items["quantity"] / YEAR_DAYS).clip(lower=0)
    items["daily_demand"] = items.pop("mean_daily_demand").astype("float64").fillna(past)
    items["margin"] = (items["revenue"] - items["quantity"] * cost).where(items["goods"] == SOLD)
    items["usage_value"] = items["quantity"] * cost
    items["last_on"] = _or_none(items["last_on"], known=items["last_on"].notna())
    items["days_since_demand"] = (pd.Timestamp(as_of) - pd.to_datetime(items["last_on"])).dt.days.astype("float64")


def monthly_panel(months: pd.DataFrame, items: pd.Index[Any], *, since: date) -> FloatArray:
    """Demand of every item month by month.

    Inputs: months: product_id, location_id, period and quantity; items: product and location of each, others don't
        count; since: the first month.
    Returns: months x items, 0 without demand, NaN before an item's first; the last month there is is the last row.
    Raises: nothing.
    Source: contracts of analytics.abc_xyz, demand_class, seasonality.
    """
    item = months.groupby(KEYS, sort=False).ngroup().to_numpy()
    firsts = months.drop_duplicates(KEYS)
    column = items.get_indexer(pd.MultiIndex.from_frame(firsts[KEYS]))[item]
    period = pd.DatetimeIndex(months["period"])
    row = (period.year - since.year) * 12 + period.month - since.month
    panel = np.zeros((HISTORY_PERIODS["month"], len(items)))
    counts = column >= 0
    panel[row.to_numpy()[counts], column[counts]] = months["quantity"].to_numpy(np.float64)[counts]
    return np.where(np.logical_or.accumulate(panel != 0, axis=0), panel, np.nan)


def _add_pattern(items: pd.DataFrame, panel: FloatArray) -> None:
    year = panel[-YEAR_MONTHS:]
    items["variation"] = coefficient_of_variation(year)
    items["demand_class"] = demand_classes(year).labels
    items["season_p"] = seasonality(panel, season_periods=YEAR_MONTHS).p_value


def _with_classes(items: pd.DataFrame, basis: str, rules: ClassRules) -> pd.DataFrame:
    """The rules applied to the items of one kind, the largest value first."""
    found = items.copy()
    found["value"] = _value(found, basis)
    found["abc"] = abc_classes(found["value"], a_limit_share=rules.a_share, b_limit_share=rules.b_share)
    found["xyz"] = xyz_classes(found["variation"], x_limit=rules.x_limit, y_limit=rules.y_limit)
    known = (found["abc"] != UNKNOWN) & (found["xyz"] != UNKNOWN)
    found["box"] = (found["abc"] + found["xyz"]).where(known, UNCLASSIFIED)
    for name in ("abc", "xyz"):
        found[name] = _or_none(found[name], known=known)
    worth = found["value"].clip(lower=0)
    found["share"] = worth / (worth.sum() or np.nan)
    found["cumulated_share"] = cumulative_shares(found["value"])
    found["velocity"] = velocity_classes(
        found["movements"], fast_limit_share=rules.fast_share, medium_limit_share=rules.medium_share
    )
    significant = found["season_p"] < rules.season_significance
    found["seasonal"] = _or_none(significant, known=found["season_p"].notna())
    found["gmroi"] = gmroi(found["margin"], average_inventory=found["stock_value"])
    _add_movement(found, rules)
    return found.sort_values("value", ascending=False, kind="stable", na_position="last")


def _value(items: pd.DataFrame, basis: str) -> pd.Series[float]:
    """What ABC goes by: what is used in production brings no revenue, so it goes by its cost."""
    if basis == VOLUME:
        return items["quantity"]
    return items[basis].where(items["goods"] == SOLD, items["usage_value"])


def _add_movement(found: pd.DataFrame, rules: ClassRules) -> None:
    stock = pd.DataFrame(
        {
            "on_hand": found["on_hand"],
            "unit_cost": found["unit_cost"],
            "mean_daily_demand": found["daily_demand"],
            "days_since_demand": found["days_since_demand"],
            "discontinued": found["life_cycle"] == "retired",
        }
    )
    judged = slow_and_obsolete(stock, slow_cover_days=rules.slow_cover_days, obsolete_days=rules.obsolete_days)
    found["cover_days"] = judged["cover_days"].where(found["on_hand"] > 0, 0.0)
    # Where nothing lies, nothing is slow.
    found["movement"] = _or_none(judged["movement"], known=found["on_hand"] > 0)


def _or_none(values: pd.Series[Any], *, known: pd.Series[bool]) -> pd.Series[Any]:
    """Words and days as they are, None where there is none: neither a grid nor a file knows NaN."""
    found = values.to_numpy(dtype=object, copy=True)
    found[~known.to_numpy(dtype=bool)] = None
    return pd.Series(found, index=values.index, dtype=object)


def _stock_by_box(narrowed: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Stock at cost, and the days it covers, of every box."""
    daily_cost = (narrowed["daily_demand"] * narrowed["unit_cost"]).rename("daily_cost")
    sums = narrowed[["box", "stock_value"]].join(daily_cost).groupby("box").sum()
    sums = sums.reindex([*BOXES, UNCLASSIFIED], fill_value=0.0)
    cover = days_of_supply(sums["stock_value"], usage_per_day=sums["daily_cost"])
    return dict(zip(sums.index, zip(sums["stock_value"].tolist(), cover.tolist(), strict=True), strict=True))


def _narrowed(found: pd.DataFrame, filters: ClassFilters) -> pd.DataFrame:
    keep = pd.Series(True, index=found.index)
    for name in ("location", "category"):
        wanted = getattr(filters, name)
        if wanted:
            keep &= found[name] == wanted
    if filters.flag:
        keep &= found[EXCESS] if filters.flag == EXCESS else found["movement"] == filters.flag
    if filters.search:
        text = filters.search.strip().casefold()
        keep &= _contains(found["code"], text) | _contains(found["name"], text)
    return found[keep]


def _contains(names: pd.Series[str], text: str) -> pd.Series[bool]:
    return names.str.casefold().str.contains(text, regex=False)


def _sorted(found: pd.DataFrame, sort: tuple[tuple[str, bool], ...]) -> pd.DataFrame:
    known = [(name, descending) for name, descending in sort if name in COLUMNS]
    if not known:
        return found
    return found.sort_values(
        [name for name, _descending in known],
        ascending=[not descending for _name, descending in known],
        na_position="last",
        kind="stable",
    )
