"""The streams of the demand plan side by side at any level, and where they disagree most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import consensus_streams as rows
from services.demand_plan import LEAF, STREAMS, SUBJECTS, DemandPlan, demand_plan
from services.listed_rows import Sort, mentioning, narrowed, one_page
from services.plain_rows import plain_rows
from services.plan_versions import version_name

COMPANY, PRODUCT = "company", "product"
LEVELS = (COMPANY, "category", "family", PRODUCT, "location", "channel")
SPOKEN = ("baseline", *STREAMS)
LAYERS = ("statistical", *SPOKEN, "consensus", "published", "aop")
MONEY, UNITS = "money", "units"
AOP_LEVELS = (COMPANY, "category", "family", "channel")
ALL_MONTHS = ""


@dataclass(frozen=True, slots=True)
class StreamView:
    """What is asked for: rows by ``by``, one ``month`` (2026-11) or all of them, in RM or units."""

    by: str = "category"
    month: str = ALL_MONTHS
    shown: str = MONEY
    search: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """``figures``: by layer of LAYERS, (groups, months), NaN where it says nothing; a stream counts as the baseline
    where it is silent. ``money``: the same in RM. ``coverage``: by stream the part of the cells of each group on which
    it spoke. ``published``: the name of the plan that was published last."""

    months: list[date]
    keys: list[str]
    names: list[str]
    figures: Mapping[str, FloatArray]
    money: Mapping[str, FloatArray]
    coverage: Mapping[str, FloatArray]
    published: str | None


@dataclass(frozen=True, slots=True)
class StreamPage:
    """Rows of the grid: id, name, a figure a layer, spread (RM), spread_share (of the consensus), high and low (the
    layers that are furthest apart), coverage by stream as ``cover_`` and its name."""

    rows: list[dict[str, Any]]
    total: int


def stream_view(asked: Mapping[str, str]) -> StreamView:
    """What is asked for, the usual where nothing or nothing known is said.

    Inputs: asked: texts by the names of StreamView, from an address or a form.
    Returns: StreamView.
    Raises: nothing.
    Source: none; ours.
    """
    usual = StreamView()
    found = {name.name: asked.get(name.name) or getattr(usual, name.name) for name in fields(StreamView)}
    found["by"] = found["by"] if found["by"] in LEVELS else usual.by
    found["shown"] = found["shown"] if found["shown"] in (MONEY, UNITS) else usual.shown
    return StreamView(**found)


def streams(viewer: Viewer, view: StreamView) -> Streams:
    """Every stream at a level.

    Inputs: a viewer with plan.read, what is asked for.
    Returns: Streams, kept in memory until the plan changes. Without a forecast it has no months. Groups of several
        units of measure have no figures in units.
    Raises: NotAllowed; InvalidInput for a level that is none.
    Source: screens.md 3; issue 6, consensus.
    """
    require(viewer, Permission.PLAN_READ)
    if view.by not in LEVELS:
        raise InvalidInput(_("Choose what the rows stand for."))
    with session_scope(viewer) as session:
        return shared_frame(
            session,
            viewer,
            "consensus_streams",
            subjects=(*SUBJECTS, "aop", "plan"),
            args=(today(), view.by, view.shown),
            compute=lambda: _streams(session, viewer, view),
        )


def stream_rows(found: Streams, view: StreamView, *, start: int = 0, end: int = 100, sort: Sort = ()) -> StreamPage:
    """Rows of the grid, the widest disagreement in RM first.

    Inputs: found and the view it was asked by; the first row and the one after the last; columns to sort by.
    Returns: StreamPage.
    Raises: nothing.
    Source: screens.md 22.
    """
    listed = table(found, view)
    listed = narrowed(listed, mentioning(listed, view.search, "name"))
    page = one_page(listed, sort, start=start, end=end, otherwise=(("spread", True), ("id", False)))
    return StreamPage(plain_rows(page), len(listed))


def table(found: Streams, view: StreamView) -> pd.DataFrame:
    """All rows of the grid, of one month or of all of them.

    Inputs: found and the view.
    Returns: the columns of StreamPage, a row a group in the order of ``found``.
    Raises: nothing.
    Source: none; ours.
    """
    chosen = month_places(found, view)
    shown = {layer: _total(found.figures[layer][:, chosen]) for layer in LAYERS}
    valued = {layer: _total(found.money[layer][:, chosen]) for layer in LAYERS}
    spoken = np.column_stack([valued[layer] for layer in SPOKEN])
    known = np.nan_to_num(spoken, nan=-np.inf), np.nan_to_num(spoken, nan=np.inf)
    high, low = known[0].argmax(axis=1), known[1].argmin(axis=1)
    whole = np.arange(len(found.keys))
    spread = np.nan_to_num(spoken[whole, high] - spoken[whole, low])
    consensus = valued["consensus"]
    apart = spread > 0
    names = np.array(SPOKEN, dtype=object)
    return pd.DataFrame(
        {
            "id": found.keys,
            "name": found.names,
            **shown,
            "spread": spread,
            "spread_share": np.divide(spread, consensus, out=np.full(len(spread), np.nan), where=consensus > 0),
            "high": np.where(apart, names[high], ""),
            "low": np.where(apart, names[low], ""),
            **{f"cover_{name}": found.coverage[name] for name in STREAMS},
        }
    )


def month_places(found: Streams, view: StreamView) -> list[int]:
    """Which months a view adds up: one, or all of them.

    Inputs: found and the view; a month that is not planned counts as none chosen.
    Returns: their places.
    Raises: nothing.
    Source: none; ours.
    """
    one = [at for at, month in enumerate(found.months) if f"{month:%Y-%m}" == view.month]
    return one or list(range(len(found.months)))


def _total(figures: FloatArray) -> FloatArray:
    """Of the months that are known, NaN where none is."""
    known = np.isfinite(figures)
    return np.where(known.any(axis=1), np.where(known, figures, 0.0).sum(axis=1), np.nan)


def _streams(session: Session, viewer: Viewer, view: StreamView) -> Streams:
    plan = demand_plan(session, viewer)
    leaves = plan.base.leaves
    keys, names = _keyed(leaves, view.by)
    number, groups = pd.factorize(keys, sort=True)
    member = csr_array((np.ones(len(leaves)), (number, np.arange(len(leaves)))), shape=(len(groups), len(leaves)))
    first = np.unique(number, return_index=True)[1]
    newest = rows.newest_version(session)
    layers = _layers(session, plan, None if newest is None else newest.id)
    price = leaves["price"].to_numpy(dtype=float)[:, None]
    money = {name: np.asarray(member @ (layer * price)) for name, layer in layers.items()}
    figures = money if view.shown == MONEY else _in_units(layers, member, leaves, number)
    targets = {unit: _targets(session, plan, view.by, list(groups), unit) for unit in {MONEY, view.shown}}
    coverage = {name: _coverage(plan, name, number, len(groups)) for name in STREAMS}
    return Streams(
        months=plan.base.months,
        keys=[str(group) for group in groups],
        names=[str(names[at]) for at in first],
        figures=_said({**figures, "aop": targets[view.shown]}, coverage),
        money=_said({**money, "aop": targets[MONEY]}, coverage),
        coverage=coverage,
        published=None if newest is None else version_name(newest.first_period, newest.number),
    )


def _keyed(leaves: pd.DataFrame, by: str) -> tuple[Any, Any]:
    if by == COMPANY:
        same = np.full(len(leaves), COMPANY, dtype=object)
        return same, np.full(len(leaves), _("Company"), dtype=object)
    keys = leaves[by].astype(object).where(leaves[by].notna(), _("(none)")).astype(str).to_numpy(dtype=object)
    named = f"{by}_name"
    if named not in leaves:
        return keys, keys
    return keys, keys + " " + leaves[named].astype(str).to_numpy(dtype=object)


def _layers(session: Session, plan: DemandPlan, version_id: int | None) -> dict[str, FloatArray]:
    """Leaves x months, units; where a stream is silent, the baseline."""
    shape, baseline = plan.consensus.shape, plan.baseline
    spoken = {
        name: np.where(np.isnan(said := cells.dense(shape)), baseline, said) for name, cells in plan.streams.items()
    }
    return {
        "statistical": plan.base.statistical,
        "baseline": baseline,
        **{name: spoken.get(name, baseline) for name in STREAMS},
        "consensus": plan.consensus,
        "published": _published(session, plan, version_id),
    }


def _published(session: Session, plan: DemandPlan, version_id: int | None) -> FloatArray:
    """NaN in months that the published plan does not have."""
    table = np.full(plan.consensus.shape, np.nan)
    if version_id is None or not plan.base.months:
        return table
    found = rows.published(session, version_id=version_id, since=plan.base.months[0])
    at = pd.Index(plan.base.months).get_indexer(pd.Index(found["period"]))
    index = pd.MultiIndex.from_frame(plan.base.leaves[LEAF])
    place = index.get_indexer(pd.MultiIndex.from_frame(found[LEAF].astype("int64")))
    inside = (at >= 0) & (place >= 0)
    table[:, np.unique(at[inside])] = 0.0
    table[place[inside], at[inside]] = found["quantity"].to_numpy(dtype=float)[inside]
    return table


def _in_units(
    layers: Mapping[str, FloatArray], member: csr_array, leaves: pd.DataFrame, number: Any
) -> dict[str, FloatArray]:
    several = leaves["uom"].groupby(number).nunique().to_numpy() > 1
    blank = np.where(several, np.nan, 1.0)[:, None]
    return {name: np.asarray(member @ layer) * blank for name, layer in layers.items()}


def _targets(session: Session, plan: DemandPlan, by: str, groups: list[str], shown: str) -> FloatArray:
    months = plan.base.months
    table = np.full((len(groups), len(months)), np.nan)
    if by not in AOP_LEVELS or not months:
        return table
    measure = "revenue" if shown == MONEY else "volume"
    found = rows.targets(session, level=by, measure=measure, since=months[0], until=months[-1])
    members = [""] if by == COMPANY else groups
    place = pd.Index(members, dtype=object).get_indexer(pd.Index(found["member"], dtype=object))
    at = pd.Index(months).get_indexer(pd.Index(found["period"]))
    table[place[place >= 0], at[place >= 0]] = found["value"].to_numpy(dtype=float)[place >= 0]
    return table


def _coverage(plan: DemandPlan, name: str, number: Any, groups: int) -> FloatArray:
    size = np.bincount(number, minlength=groups) * max(len(plan.base.months), 1)
    if name not in plan.streams:
        return np.zeros(groups)
    spoken = np.bincount(number[plan.streams[name].row], minlength=groups)
    return np.divide(spoken, size, out=np.zeros(groups), where=size > 0)


def _said(figures: Mapping[str, FloatArray], coverage: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Without figures of streams that said nothing of a group."""
    return {
        name: layer if name not in coverage else np.where((coverage[name] > 0)[:, None], layer, np.nan)
        for name, layer in figures.items()
    }
