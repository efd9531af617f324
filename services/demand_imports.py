"""Figures of the demand plan that come by a file or the grid of master data: edits like any other in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from core.viewer import Viewer
from data.exchange.fields import Entity
from data.queries import demand_edits as rows
from data.queries.demand_edits import EditCells
from services.demand_ledger import enter, listed
from services.demand_plan import DECIDED, LEAF, STREAMS, DemandPlan, demand_plan, figures_of, said_now

IMPORT = "import"
TABLE = "forecast_override"


@contextmanager
def noted(session: Session, viewer: Viewer, entity: Entity) -> Iterator[None]:
    """Enter what is written meanwhile into the ledger of edits, where it changes figures of the demand plan.

    Inputs: the open session of the change; who makes it; the kind of rows that are written.
    Returns: nothing.
    Raises: nothing of its own.
    Source: docs/demand-plan.md, compare and set.
    """
    if entity.table != TABLE:
        yield
        return
    rows.lock(session)
    plan = demand_plan(session, viewer)
    yield
    said = said_now(session, plan.base, plan.baseline)
    for stream in STREAMS:
        figures = [figures_of(cells, stream, plan.consensus.shape) for cells in (plan.streams, said)]
        _enter(session, viewer, plan, stream, figures)


def _enter(session: Session, viewer: Viewer, plan: DemandPlan, stream: str, said: Sequence[FloatArray]) -> None:
    before, after = said
    row, at = np.nonzero((before != after) & ~(np.isnan(before) & np.isnan(after)))
    if not row.size:
        return
    below = (plan.weighed if stream == DECIDED else plan.baseline)[row, at]
    was, new = before[row, at], after[row, at]
    products, locations, channels = plan.base.leaves[LEAF].to_numpy()[row].T.tolist()
    cells = EditCells(
        products=products,
        locations=locations,
        channels=channels,
        periods=[plan.base.months[place] for place in at],
        before=listed(was),
        after=listed(new),
        consensus=plan.consensus[row, at].tolist(),
    )
    enter(
        session,
        viewer,
        cells,
        stream=stream,
        scope={},
        mode="set",
        source=IMPORT,
        before_total=float(np.where(np.isnan(was), below, was).sum()),
        after_total=float(np.where(np.isnan(new), below, new).sum()),
    )
