"""Layers beside the demand plan: the history as corrected, the targets, and the plan that was published last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.demand_consensus import Ints
from analytics.inputs import FloatArray
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import demand_review as rows
from services.demand_plan import LEAF, DemandBase, places
from services.plan_versions import version_name


@dataclass(frozen=True, slots=True, eq=False)
class PublishedFigures:
    """The consensus of a published plan as it was written: a row a leaf in the order of ``keys``, a column a month."""

    keys: Ints
    months: list[date]
    figures: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """The demand plan that was published last: what it is called, and its figures by leaf of today; ``place`` is the
    row of each leaf, -1 for a leaf that it did not have."""

    name: str
    place: Ints
    kept: PublishedFigures

    def placed(self, months: list[date], own: Ints) -> FloatArray:
        """(own, months), NaN where nothing was published; a leaf it did not have is 0 in its months."""
        table = np.full((len(own), len(months)), np.nan)
        at = pd.Index(months).get_indexer(pd.Index(self.kept.months))
        inside = np.flatnonzero(at >= 0)
        rows_of = self.place[own]
        known = np.where(rows_of[:, None] >= 0, self.kept.figures[np.maximum(rows_of, 0)][:, inside], 0.0)
        table[:, at[inside]] = known
        return table


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Cells that a stream holds: the leaf and the place of the month among those that are planned."""

    row: Ints
    at: Ints


def held_cells(session: Session, base: DemandBase) -> dict[str, Held]:
    """What streams hold as it is, whatever is done above it.

    Inputs: an open session and the base.
    Returns: Held by stream, streams that hold nothing left out.
    Raises: nothing.
    Source: screens.md 2.
    """
    if not base.months:
        return {}
    found = rows.held(session, since=base.months[0])
    if found.empty:
        return {}
    row, at = places(base.leaves, found), pd.Index(base.months).get_indexer(pd.Index(found["period"]))
    known = (row >= 0) & (at >= 0)
    streams = found["stream"].to_numpy(dtype=object)
    return {str(name): Held(row[own], at[own]) for name in set(streams) for own in [known & (streams == name)]}


def last_published(session: Session, viewer: Viewer, base: DemandBase) -> Published | None:
    """The demand plan that was published last.

    Inputs: an open session, the viewer, the leaves of today.
    Returns: Published; None before the first one.
    Raises: nothing.
    Source: screens.md 5, 24.
    """
    version = rows.newest(session)
    if version is None:
        return None
    # What was published never changes.
    kept: PublishedFigures = shared_frame(
        session,
        viewer,
        "demand_published",
        subjects=(),
        args=(version.id,),
        compute=lambda: _kept(rows.published(session, version_id=version.id)),
    )
    keys = _keys(base.leaves)
    at = np.minimum(np.searchsorted(kept.keys, keys), max(len(kept.keys) - 1, 0))
    place = np.where(kept.keys[at] == keys, at, -1) if len(kept.keys) else np.full(len(keys), -1)
    return Published(version_name(version.first_period, version.number), place, kept)


def corrected(session: Session, base: DemandBase) -> FloatArray:
    """The history with what planners accepted in place of what was sold.

    Inputs: an open session and the base.
    Returns: as base.history; the correction of a product at a location is shared among its channels as they sold in
        that month, equally where none did.
    Raises: nothing.
    Source: services.demand_annotations.
    """
    found = rows.corrections(session, since=base.past[0])
    if found.empty:
        return base.history
    items = base.leaves[LEAF[:2]].assign(row=np.arange(len(base.leaves)))
    cells = found.assign(at=pd.Index(base.past).get_indexer(pd.Index(found["period"]))).merge(items, on=LEAF[:2])
    cells = cells[cells["at"] >= 0]
    row, at = cells["row"].to_numpy(dtype=np.int64), cells["at"].to_numpy(dtype=np.int64)
    sold = pd.Series(base.history[row, at], index=cells.index)
    by_cell = sold.groupby([cells["product_id"], cells["location_id"], cells["at"]])
    whole, count = by_cell.transform("sum"), by_cell.transform("size")
    share = (sold / whole.where(whole > 0)).fillna(1 / count)
    table = base.history.copy()
    table[row, at] = (cells["corrected"].astype(float) * share).to_numpy()
    return table


def targets_of(session: Session, since: date) -> pd.DataFrame:
    """Targets of revenue and volume.

    Inputs: an open session; the first month.
    Returns: level, member, period, measure, value.
    Raises: nothing.
    Source: the annual operating plan.
    """
    return rows.targets(session, since=since)


def _kept(found: pd.DataFrame) -> PublishedFigures:
    months = sorted(set(found["period"]))
    keys, row = np.unique(_keys(found), return_inverse=True)
    figures = np.zeros((len(keys), len(months)))
    figures[row, pd.Index(months).get_indexer(pd.Index(found["period"]))] = found["consensus"].to_numpy(dtype=float)
    return PublishedFigures(keys, months, figures)


def _keys(found: pd.DataFrame) -> Ints:
    """One number a leaf: ids of locations and channels stay far below what is left of 63 bits."""
    parts = (found[name].to_numpy(dtype=np.int64) for name in LEAF)
    product, location, channel = parts
    keys: Ints = (product << 32) + (location << 16) + channel
    return keys
