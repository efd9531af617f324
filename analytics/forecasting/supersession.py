"""Items that take over from others: demand moves to the successor, none is made and none is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.forecasting.panel import Panel
from analytics.inputs import FloatArray

# Shares such as a third each leave no item of their own behind.
_NOTHING_LEFT = 1e-9


@dataclass(frozen=True, slots=True)
class Succession:
    """new_id has the share (above 0, at most 1) of old_id's demand from the first period on or after changeover."""

    old_id: str
    new_id: str
    share: float
    changeover: date


def superseded(panel: Panel, *, links: Sequence[Succession]) -> Panel:
    """The panel with the history of replaced items carried over to their successors.

    Inputs: panel: demand as sold; links: who follows whom, the shares of one old item adding up to at most 1.
    Returns: Panel; the share of the demand before the changeover stands with the successor, which is added at the
        end (without anything in its design) if it has not sold yet. What the old item sells later is its own run-out.
        Chains pass on what was inherited. A changeover after the panel moves nothing yet: see handed_over.
    Raises: AnalyticsError for an unknown old item, an item that follows itself, a share that is not above 0, or
        shares above 1 in total.
    Source: house convention: phase-in and phase-out keep the total of every period.
    """
    _require(links, known=panel.ids)
    ids = tuple(dict.fromkeys([*panel.ids, *(link.new_id for link in links)]))
    added = len(ids) - len(panel.ids)
    values = np.pad(panel.values, ((0, 0), (0, added)), constant_values=np.nan)
    due = [link for link in links if pd.Timestamp(link.changeover) <= panel.periods[-1]]
    for old_id, successors in _by_old_item(due):
        before = [(panel.periods < pd.Timestamp(link.changeover), link) for link in successors]
        # A series begins with its own demand: where all of it was passed on, it has not begun.
        _move(values, ids, old_id, before, left=np.nan)
    design = None if panel.design is None else np.pad(panel.design, ((0, 0), (0, 0), (0, added)))
    return replace(panel, ids=ids, values=values, design=design)


def handed_over(
    paths: FloatArray, *, ids: Sequence[str], periods: pd.DatetimeIndex, links: Sequence[Succession]
) -> FloatArray:
    """Forecasts of items that are to be replaced, moved to their successors from the changeover on.

    Inputs: paths: periods x series, quantity per period; ids: of the series; periods: the horizon; links: as in
        superseded, both items among the ids. A changeover before the horizon has moved the history already and
        moves nothing here.
    Returns: array like paths, with the same total in every period.
    Raises: AnalyticsError for an unknown item, an item that follows itself, a share that is not above 0, or shares
        above 1 in total.
    Source: house convention: phase-in and phase-out keep the total of every period.
    """
    _require(links, known=ids)
    _require_known([link.new_id for link in links], ids)
    values = paths.copy()
    ahead = [link for link in links if pd.Timestamp(link.changeover) > periods[0]]
    for old_id, successors in _by_old_item(ahead):
        since = [(periods >= pd.Timestamp(link.changeover), link) for link in successors]
        _move(values, ids, old_id, since, left=0.0)
    return values


def _require(links: Sequence[Succession], *, known: Sequence[str]) -> None:
    _require_known([link.old_id for link in links], known)
    for old_id, successors in _by_old_item(links):
        if any(link.new_id == old_id for link in successors):
            raise AnalyticsError(f"{old_id} cannot follow itself")
        shares = [link.share for link in successors]
        if not min(shares) > 0 or sum(shares) > 1 + _NOTHING_LEFT:
            raise AnalyticsError(f"the shares of {old_id} must be above 0 and at most 1 in total, not {shares}")


def _require_known(wanted: Sequence[str], known: Sequence[str]) -> None:
    missing = sorted(set(wanted) - set(known))
    if missing:
        raise AnalyticsError(f"unknown items: {', '.join(missing)}")


def _by_old_item(links: Sequence[Succession]) -> list[tuple[str, list[Succession]]]:
    """Earliest changeover first, so that what an item inherits is there before it is passed on."""
    ordered = sorted(links, key=lambda link: (link.old_id, link.changeover))
    groups = [(old_id, list(group)) for old_id, group in groupby(ordered, key=lambda link: link.old_id)]
    return sorted(groups, key=lambda group: group[1][0].changeover)


def _move(
    values: FloatArray,
    ids: Sequence[str],
    old_id: str,
    parts: list[tuple[NDArray[np.bool_], Succession]],
    *,
    left: float,
) -> None:
    """Take from the old column what belongs to the successors; `left` stands where nothing of it remains."""
    demand = values[:, ids.index(old_id)].copy()
    kept = np.ones(len(demand))
    for rows, link in parts:
        share = link.share * rows
        kept -= share
        own = values[:, ids.index(link.new_id)]
        values[:, ids.index(link.new_id)] = np.where(np.isnan(demand), own, np.nan_to_num(own) + share * demand)
    values[:, ids.index(old_id)] = np.where(kept > _NOTHING_LEFT, kept * demand, left)
