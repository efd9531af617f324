"""What a forecast run has to do: what an earlier run has already, and in which blocks the rest is forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.errors import JobFailed
from core.i18n import _
from core.release import code_version
from data.queries import forecast_blocks as blocks
from data.queries import forecasts as rows
from data.queries.settings import version
from models.base import Json
from services.forecast_digests import Digests, series_digests
from services.forecast_results import Key
from services.forecast_scope import Scope, Selected, selected
from services.forecasts import demand_window
from services.planning_events import SUBJECT as EVENTS

BLOCK_SERIES = 2_000
EXAMPLES = 20
# What the figures of a run depend on besides the data.
CODE = (
    "analytics/**/*.py",
    "services/forecast_blocks.py",
    "services/forecast_drivers.py",
    "services/forecast_results.py",
    "requirements.txt",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """``series`` in scope, ``copied`` of them from run ``source``, the others in so many ``blocks``."""

    series: int
    copied: int
    source: int | None
    blocks: int


def settings_now(session: Session, run: Any) -> Json:
    """All parameters of a run that begins now; the same parameters and data give the same figures.

    Inputs: an open session; the stored run.
    Returns: those that were asked for, and what they mean today: code, begin of the history, location, the version of
        the events where the run looks at them.
    Raises: InvalidInput when the scope names what there is no more; while there is no whole period of demand.
    Source: issue 3, reproducible runs.
    """
    since, _first_period = demand_window(session, run.frequency)
    scope = selected(session, Scope.of(run.scope))
    events = version(session, EVENTS) if run.mode == "full" else None
    return {
        **run.parameters,
        "code": code_version(*CODE),
        "since": since.isoformat(),
        "location_id": scope.location_id,
        "events": events,
    }


def plan(session: Session, run: Any) -> Plan:
    """Begin a run anew: take over what an earlier one has, cut the rest into blocks, and write that down.

    Inputs: an open session that holds the run; the run with the parameters of settings_now and its first period.
    Returns: Plan.
    Raises: InvalidInput for a scope that leaves nothing; JobFailed when there is no demand in it.
    Source: docs/adr/0007-forecast-runs.md.
    """
    blocks.forget(session, run.id)
    rows.delete_results(session, run.id)
    chosen = selected(session, Scope.of(run.scope))
    digests = _digests(session, run, chosen)
    if not digests:
        raise JobFailed(_("None of the products chosen has demand in a whole period."))
    source = None if run.parameters["anew"] or run.parameters["fill_stock_outs"] else _source(session, run)
    copied = rows.copy_results(session, source=source, run_id=run.id, series=digests) if source else set()
    cut = list(_blocks(digests, copied))
    blocks.add(session, run.id, cut)
    planned = Plan(len(digests), len(copied), source if copied else None, len(cut))
    progress = {
        "series": planned.series,
        "copied": planned.copied,
        "copied_classes": rows.class_counts(session, run.id) if copied else {},
        "source": planned.source,
        "expected": _expected(session, run, digests),
        "account": _left_out(chosen, digests),
        "log": run.progress.get("log", []),
    }
    rows.change_run(session, run.id, progress=progress)
    return planned


def _digests(session: Session, run: Any, chosen: Selected) -> Digests:
    return series_digests(
        session,
        products=chosen.products["product_id"].tolist(),
        location_id=chosen.location_id,
        frequency=run.frequency,
        since=date.fromisoformat(run.parameters["since"]),
        before=run.first_period,
    )


def _source(session: Session, run: Any) -> int | None:
    """The newest finished run with the same settings."""
    settled = {name: value for name, value in run.parameters.items() if name != "anew"}
    names = ("frequency", "first_period", "horizon", "scope", "mode")
    asked = {name: getattr(run, name) for name in names} | {"parameters": settled}
    found = rows.newest_done(session, frequency=run.frequency, asked=asked)
    return None if found is None else int(found.id)


def _blocks(digests: Digests, copied: set[Key]) -> Iterator[tuple[list[int], int]]:
    """Products of about BLOCK_SERIES series together and how many are left to forecast; without those that have none.

    They are always cut alike, whatever was copied: methods lean on what they did for the whole block.
    """
    place = 0
    placed = []
    for product, series in groupby(digests, key=lambda found: found[0]):
        keys = [(found[0], found[1]) for found in series]
        placed.append((place // BLOCK_SERIES, product, sum(key not in copied for key in keys)))
        place += len(keys)
    for _number, members in groupby(placed, key=lambda found: found[0]):
        together = list(members)
        left = sum(count for _place, _product, count in together)
        if left:
            yield [product for _place, product, _count in together], left


def _expected(session: Session, run: Any, digests: Digests) -> dict[str, int]:
    """Demand classes as an earlier run found them, so that progress can be told by class."""
    earlier = rows.largest_done(session, frequency=run.frequency, series=len(digests))
    if earlier is None:
        return {}
    return rows.class_counts(session, earlier.id, sorted({product for product, _place, _digest in digests}))


def _left_out(chosen: Selected, digests: Digests) -> Json:
    """Materials are not sold; a finished product without history can't be forecast from it."""
    products: pd.DataFrame = chosen.products
    known = {product for product, _place, _digest in digests}
    without = products[~products["product_id"].isin(known) & (products["kind"] == "finished")]
    return {
        "without_history": len(without),
        "without_history_examples": without["code"].head(EXAMPLES).tolist(),
        "retired": chosen.retired,
    }
