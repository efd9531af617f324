"""Demand and supply at any level: the weeks of the supply plan added up by category, family, item, place and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from services.scenario_plan import opened
from services.supply_plan_model import DAYS_A_WEEK, Floats, Ints
from services.supply_planned import Planned

LEVELS = ("all", "category", "family", "product", "location", "kind", "supplier", "item")
"""What rows stand for; an item is a product at a place."""
BELOW = {
    "all": "category",
    "category": "family",
    "family": "product",
    "product": "item",
    "location": "category",
    "kind": "category",
    "supplier": "product",
}
"""The next level down; an item opens the supply plan."""
SCOPE = ("category", "family", "product", "location", "kind", "supplier")
FLOWS = ("independent", "dependent", "firm", "planned", "waste")
MEASURES = ("start", *FLOWS, "end", "safety", "owed", "cover")
"""The rows of a group, in their order."""
PER_GROUP = len(MEASURES)
WEEK, MONTH = "week", "month"
UNITS, MONEY = "units", "money"
COVER_WEEKS = 4
PAGE_ROWS = 500


@dataclass(frozen=True, slots=True)
class LevelView:
    """What is asked for: rows ``by`` a level, in ``bucket`` weeks or months, ``shown`` in units or money at cost, of
    the part of the network that the other texts name; an empty one narrows nothing."""

    by: str = "category"
    bucket: str = WEEK
    shown: str = MONEY
    category: str = ""
    family: str = ""
    product: str = ""
    location: str = ""
    kind: str = ""
    supplier: str = ""


def level_view(asked: Mapping[str, str]) -> LevelView:
    """What is asked for, the usual where nothing or nothing known is said.

    Inputs: asked: texts by the names of LevelView, from an address or a form.
    Returns: LevelView; a level that is none stays, and is refused by levels.
    Raises: nothing.
    Source: none; ours.
    """
    usual = LevelView()
    given = {field.name: asked.get(field.name) or getattr(usual, field.name) for field in fields(LevelView)}
    for name, known in (("bucket", (WEEK, MONTH)), ("shown", (MONEY, UNITS))):
        given[name] = given[name] if given[name] in known else getattr(usual, name)
    return LevelView(**given)


@dataclass(frozen=True, slots=True)
class Levels:
    """Groups with their measures, (groups, buckets) each. ``keys`` name a group (what to drill down by), ``names`` are
    what it is called, ``units`` its unit of measure, empty where its items have several: then it has no figures in
    units. ``order`` ranks groups by what is owed at worst."""

    view: LevelView
    buckets: list[date]
    keys: list[str]
    names: list[str]
    units: list[str]
    items: list[tuple[int, int] | None]
    figures: dict[str, Floats]
    order: Ints

    def group(self, at: int) -> dict[str, list[float | None]]:
        """The measures of one group."""
        return {name: [_figure(value) for value in self.figures[name][at]] for name in MEASURES}


@dataclass(frozen=True, slots=True)
class LevelPage:
    """Rows of the grid: PER_GROUP a group, with ``b0`` … for its buckets."""

    rows: list[dict[str, Any]]
    total: int


def levels(viewer: Viewer, view: LevelView, *, scenario: object = None) -> Levels:
    """Add the plan up.

    Inputs: a viewer with purchase.read, what is asked for, the scenario that is open, if any.
    Returns: Levels. Flows are added up; start, end and safety are those of the bucket's first or last week, owed that
        of its worst; end counts what is owed below zero, so that start + receipts − demand − waste = end. Cover is the
        end over the mean daily demand of the next four weeks. A group of several units has figures in money only.
    Raises: NotAllowed; NotFound; InvalidInput for a level that is none.
    Source: screens.md 2; PSI grid.
    """
    require(viewer, Permission.PURCHASE_READ)
    if view.by not in LEVELS:
        raise InvalidInput(_("Choose what the rows stand for."))
    with session_scope(viewer) as session:
        found = opened(session, viewer, scenario)
    keyed = _keyed(found)
    own = np.flatnonzero(_within(keyed, view))
    keyed = keyed.iloc[own]
    number, groups = pd.factorize(keyed[view.by].to_numpy(dtype=object), sort=True)
    member = csr_array((np.ones(own.size), (number, np.arange(own.size))), shape=(groups.size, own.size))
    first = np.unique(number, return_index=True)[1]
    uoms = _one_unit(keyed["uom"], number)
    weekly = _weekly(found, own, member, _weight(keyed, view, one_unit=(uoms != "")[number]))
    buckets, starts = _buckets(found.model.weeks, view.bucket)
    figures = _bucketed(weekly, starts)
    shown = keyed.iloc[first]
    return Levels(
        view=view,
        buckets=buckets,
        keys=[str(group) for group in groups],
        names=list(shown[f"{view.by}_name"]),
        units=list(uoms) if view.shown == UNITS else ["RM"] * groups.size,
        items=_items(shown) if view.by == "item" else [None] * groups.size,
        figures=figures,
        order=np.lexsort((-_worst(weekly["demand"]), -_worst(weekly["owed"]))),
    )


def level_rows(found: Levels, *, start: int = 0, end: int = PAGE_ROWS) -> LevelPage:
    """Rows of the grid, the groups that owe most first.

    Inputs: found; the first row and the one after the last.
    Returns: LevelPage: each row with id, group, key, unit, measure, ``head`` (whether the group begins here), item
        (product and place, or None) and a figure a bucket.
    Raises: nothing.
    Source: screens.md 2.
    """
    total = len(found.keys) * PER_GROUP
    first = max(start, 0)
    places = range(first, min(max(end, first), first + PAGE_ROWS, total))
    return LevelPage([_row(found, place) for place in places], total)


def totals(found: Levels) -> dict[str, list[float]]:
    """All groups together, as lines of a chart; nothing where groups differ in unit.

    Inputs: found.
    Returns: by measure a figure a bucket; start and cover are left out.
    Raises: nothing.
    Source: none; ours.
    """
    return {name: np.nansum(found.figures[name], axis=0).tolist() for name in (*FLOWS, "end", "safety", "owed")}


def _row(found: Levels, place: int) -> dict[str, Any]:
    group, measure = int(found.order[place // PER_GROUP]), MEASURES[place % PER_GROUP]
    values = found.figures[measure][group]
    return {
        "id": place,
        "key": found.keys[group],
        "group": found.names[group],
        "unit": found.units[group],
        "measure": measure,
        "head": measure == MEASURES[0],
        "item": found.items[group],
        **{f"b{at}": _figure(value) for at, value in enumerate(values)},
    }


def _figure(value: float) -> float | None:
    return None if not np.isfinite(value) else round(float(value), 2)


def _keyed(found: Planned) -> pd.DataFrame:
    """What each node belongs to at each level, and what that is called."""
    nodes = found.model.nodes
    none = _("(none)")
    frame = nodes[["product_id", "location_id", "kind", "uom"]].copy()
    frame["all"], frame["all_name"] = "", _("Everything")
    for name in ("category", "family"):
        frame[name] = nodes[name].astype(object).where(nodes[name].notna(), none).astype(str)
        frame[f"{name}_name"] = frame[name]
    frame["product"] = nodes["code"].astype(str)
    frame["product_name"] = nodes["code"].astype(str) + " " + nodes["name"].astype(str)
    frame["location"], frame["location_name"] = nodes["location"].astype(str), nodes["location_name"].astype(str)
    frame["kind_name"] = frame["kind"].map(kind_names()).fillna(frame["kind"])
    frame["supplier"] = _supplier(found, none)
    frame["supplier_name"] = frame["supplier"]
    frame["item"] = frame["product"] + " · " + frame["location"]
    frame["item_name"] = frame["product_name"] + " · " + frame["location"]
    frame["cost"] = nodes["unit_cost"].astype(float).fillna(0.0)
    return frame


def kind_names() -> dict[str, str]:
    """What kinds of products are called.

    Inputs: none.
    Returns: text by stored value.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        "finished": _("Finished goods"),
        "semi_finished": _("Semi-finished goods"),
        "material": _("Materials"),
        "packaging": _("Packaging"),
    }


def _items(shown: pd.DataFrame) -> list[tuple[int, int] | None]:
    return list(zip(shown["product_id"].tolist(), shown["location_id"].tolist(), strict=True))


def _one_unit(uoms: pd.Series[str], group: Ints) -> Any:
    """The unit of measure of each group, empty where its items have several."""
    number, known = pd.factorize(uoms.to_numpy(dtype=object))
    numbers = pd.Series(number).groupby(group)
    first = numbers.min().to_numpy()
    return np.where(first == numbers.max().to_numpy(), known.astype(object)[first], "")


def _supplier(found: Planned, none: str) -> pd.Series[str]:
    """The source with the largest share of each node; what is made or moved has no supplier."""
    sources = found.model.sources
    bought = sources[sources["kind"] == "buy"].sort_values(["node", "share"], ascending=[True, False], kind="stable")
    largest = bought.drop_duplicates("node").set_index("node")["supplier"]
    return largest.reindex(found.model.nodes.index).astype(object).fillna(none).astype(str)


def _within(keyed: pd.DataFrame, view: LevelView) -> Any:
    own = np.ones(len(keyed), dtype=bool)
    for name in SCOPE:
        wanted = getattr(view, name)
        if wanted:
            own &= (keyed[name] == wanted).to_numpy()
    return own


def _weight(keyed: pd.DataFrame, view: LevelView, *, one_unit: Any) -> Floats:
    """What a unit of each node counts: its cost, or one where its group has one unit of measure."""
    weight = keyed["cost"].to_numpy(dtype=float) if view.shown == MONEY else np.where(one_unit, 1.0, np.nan)
    return np.asarray(weight, dtype=np.float64)


def _weekly(found: Planned, own: Ints, member: csr_array, weight: Floats) -> dict[str, Floats]:
    """(groups, weeks) of each measure."""
    plan = found.plan

    def summed(values: Floats) -> Floats:
        return np.asarray(member @ (values[:, own] * weight).T, dtype=np.float64)

    stock = summed(plan.stock)
    before = summed(plan.inputs.stock[None, :])
    lines = {
        "independent": summed(plan.inputs.demand),
        "dependent": summed(plan.dependent),
        "firm": summed(plan.inputs.receipts),
        "planned": summed(plan.planned),
        "waste": summed(plan.waste),
        "start": np.hstack([before, stock[:, :-1]]),
        "end": stock,
        "safety": summed(plan.inputs.safety),
        "owed": summed(np.maximum(-plan.stock, 0.0)),
    }
    return {**lines, "demand": lines["independent"] + lines["dependent"]}


def _buckets(weeks: list[date], bucket: str) -> tuple[list[date], Ints]:
    """The first day of each bucket and its first week; a week belongs to the month of its Monday."""
    days = [week.replace(day=1) if bucket == MONTH else week for week in weeks]
    starts = [at for at, found in enumerate(days) if not at or found != days[at - 1]]
    return [days[at] for at in starts], np.array(starts, dtype=np.int64)


def _bucketed(weekly: dict[str, Floats], starts: Ints) -> dict[str, Floats]:
    last = np.append(starts[1:], weekly["end"].shape[1]) - 1
    figures = {name: np.add.reduceat(weekly[name], starts, axis=1) for name in FLOWS}
    figures["start"] = weekly["start"][:, starts]
    figures |= {name: weekly[name][:, last] for name in ("end", "safety")}
    figures["owed"] = np.maximum.reduceat(weekly["owed"], starts, axis=1)
    return {**figures, "cover": _cover(weekly["end"], weekly["demand"])[:, last]}


def _cover(end: Floats, demand: Floats) -> Floats:
    """Days that the end lasts at the mean demand of the next weeks, of the last ones where there are too few."""
    weeks = demand.shape[1]
    span = min(COVER_WEEKS, weeks)
    added = np.concatenate([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)], axis=1)
    first = np.minimum(np.arange(weeks) + 1, weeks - span)
    daily = (added[:, first + span] - added[:, first]) / (span * DAYS_A_WEEK)
    with np.errstate(divide="ignore", invalid="ignore"):
        days: Floats = np.where(daily > 0, np.maximum(end, 0.0) / daily, np.nan)
    return days


def _worst(values: Floats) -> Floats:
    return np.asarray(np.nan_to_num(values.max(axis=1, initial=0.0)), dtype=np.float64)
