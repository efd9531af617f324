"""What is out of line in the history of a series: found on request, corrected only when a planner agrees.

Accepted corrections stand in for what was sold when the next run learns from the history; what was sold stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analytics.forecasting.cleaning import find_outliers
from analytics.forecasting.panel import Panel
from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import demand_annotations as rows
from models.base import Json
from services import forecast_flags, series_history
from services.audit import record
from services.cycle_lock import DEMAND, require_open
from services.forecast_detail import found_series
from services.forecasts import RunView, found_run
from services.form_values import calendar_day, quantity_of, row_id, sentence

OWN_KINDS = ("event", "outlier")
NOTE_LENGTH = 500
DECIDED_AT_ONCE = 200

Choice = tuple[object, object]
"""Annotation id and the version that was on the screen, as they come from the browser."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One finding. ``corrected`` is None where nothing is to be corrected; ``author`` is None for one that was found,
    ``judge`` for one that waits for a decision."""

    id: int
    period: date
    kind: str
    status: str
    observed: float
    corrected: float | None
    note: str | None
    author: str | None
    judge: str | None
    decided_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """Findings, the newest first, and the periods of the history that can be noted."""

    run: RunView
    annotations: list[Annotation]
    periods: list[date]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to: findings that wait for a decision, and how many of them are new."""

    waiting: int
    new: int


def noticed(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> Noticed:
    """All that was noticed in the history of a series, in the periods of a run.

    Inputs: a viewer with forecast.read; run, product and location as a browser sent them.
    Returns: Noticed.
    Raises: NotAllowed; NotFound when the run has no such series or no results.
    Source: issue 3, outlier and event annotation.
    """
    require(viewer, Permission.FORECAST_READ)
    with session_scope(viewer) as session:
        run, item = _series(session, run_id, product_id, location_id)
        found = rows.annotations_of_series(session, **item, frequency=run.frequency)
        past = series_history.path(series_history.history(session, run, **item))
    return Noticed(run, [_annotation(row) for row in found], [period for period, _quantity in past])


def find(viewer: Viewer, run_id: object, product_id: object, location_id: object) -> Search:
    """Look for outliers and level shifts in the history of a series; what was decided before stays decided.

    Inputs: a viewer with forecast.run; run, product and location as a browser sent them.
    Returns: Search. Proposals that are not found any more are forgotten.
    Raises: NotAllowed; NotFound; InvalidInput for a series without demand.
    Source: analytics.forecasting.cleaning.
    """
    require(viewer, Permission.FORECAST_RUN)
    with session_scope(viewer) as session:
        run, item = _series(session, run_id, product_id, location_id)
        panel = _panel(session, run, item)
        protected = forecast_flags.event_periods(session, run, panel.periods, **item)
        found = {(finding["period"], finding["kind"]): finding for finding in _findings(panel, protected)}
        stored = rows.annotations_of_series(session, **item, frequency=run.frequency)
        known = {(row.period, row.kind): row for row in stored}
        new = [finding for key, finding in found.items() if key not in known]
        rows.add(session, [{**item, "frequency": run.frequency, **finding} for finding in new])
        waiting = [row for row in stored if row.status == "proposed"]
        for row in waiting:
            _renew(session, row, found.get((row.period, row.kind)))
        gone = [row.id for row in waiting if (row.period, row.kind) not in found]
        rows.withdraw_proposals(session, gone)
        if new or gone:
            after = {"new": len(new), "withdrawn": len(gone), "frequency": run.frequency}
            record(session, viewer, "annotation.find", subject="demand_annotation", subject_id=_name(item), after=after)
    return Search(waiting=len(new) + len(waiting) - len(gone), new=len(new))


def decide(viewer: Viewer, choices: Sequence[Choice], *, accepted: bool, note: object) -> int:
    """Agree to corrections, or turn them down; all or none. What was decided can be decided anew.

    Inputs: a viewer with forecast.run; the annotations with the versions on the screen; whether they hold; why.
    Returns: how many.
    Raises: NotAllowed; NotFound; Conflict when one was changed meanwhile, or the step Demand of the cycle is closed;
        InvalidInput without a choice, and without a note when turning down.
    Source: issue 3: corrected only with consent.
    """
    require(viewer, Permission.FORECAST_RUN)
    said = sentence(note, name=_("Note"), longest=NOTE_LENGTH) if note or not accepted else None
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        held = _held(session, choices)
        status = "accepted" if accepted else "rejected"
        for row in held:
            rows.decide(session, row.id, status=status, user_id=viewer.user_id, at=now(), note=said or row.note)
            record(
                session,
                viewer,
                "annotation.accept" if accepted else "annotation.reject",
                subject="demand_annotation",
                subject_id=row.id,
                before={"status": row.status},
                after={"status": status, "period": str(row.period), "corrected": row.corrected},
                reason=said,
            )
    return len(held)


def annotate(
    viewer: Viewer,
    run_id: object,
    item: tuple[object, object],
    *,
    kind: object,
    period: object,
    corrected: object,
    note: object,
) -> int:
    """Note what happened in a period; it holds at once.

    Inputs: a viewer with forecast.run; the run, whose periods are meant; ids of product and location; kind: one of
        OWN_KINDS; period: its first day; corrected: the quantity to learn from in its place, empty for an event that
        changes nothing; note: what happened.
    Returns: the id of the annotation.
    Raises: NotAllowed; NotFound; InvalidInput that names the field; Conflict when the period has one of the kind, or
        the step Demand of the cycle is closed.
    Source: issue 3, outlier and event annotation.
    """
    require(viewer, Permission.FORECAST_RUN)
    with session_scope(viewer) as session:
        require_open(session, DEMAND)
        run, series = _series(session, run_id, *item)
        sold = dict(series_history.path(_panel(session, run, series)))
        day_one = _period(period, sold)
        said = sentence(note, name=_("Note"), longest=NOTE_LENGTH)
        values = {
            "kind": _own_kind(kind),
            "period": day_one,
            "observed": sold[day_one],
            "corrected": _quantity(corrected, kind),
            "note": said,
        }
        made = rows.add(
            session,
            [
                {
                    **series,
                    "frequency": run.frequency,
                    **values,
                    "status": "accepted",
                    "created_by": viewer.user_id,
                    "decided_by": viewer.user_id,
                    "decided_at": now(),
                }
            ],
        )
        if not made:
            raise Conflict(_("There is one of this kind at %(period)s already: decide about it.", period=day(day_one)))
        after: Json = values | {"period": str(day_one), **series}
        record(
            session,
            viewer,
            "annotation.add",
            subject="demand_annotation",
            subject_id=made[0],
            after=after,
            reason=said,
        )
    return made[0]


def _series(
    session: Session, run_id: object, product_id: object, location_id: object
) -> tuple[RunView, dict[str, int]]:
    run = found_run(session, run_id)
    item = {"product_id": row_id(product_id), "location_id": row_id(location_id)}
    found_series(session, run, **item)
    return run, item


def _panel(session: Session, run: RunView, item: dict[str, int]) -> Panel:
    panel = series_history.history(session, run, **item)
    if panel is None:
        raise InvalidInput(_("This series has no demand in a whole period."))
    return panel


def _findings(panel: Panel, protected: NDArray[np.bool_]) -> list[Json]:
    found = find_outliers(panel.values, season_periods=panel.season_periods, protected=protected[:, None])
    periods = panel.periods.date[found["row"].to_numpy(dtype=int)]
    figures = zip(found["kind"], periods, found["observed"], found["corrected"], strict=True)
    return [
        {"kind": kind, "period": period, "observed": float(observed), "corrected": float(becomes)}
        for kind, period, observed, becomes in figures
    ]


def _renew(session: Session, row: Any, finding: Json | None) -> None:
    """A proposal follows the history until somebody decides about it."""
    if finding and (row.observed, row.corrected) != (finding["observed"], finding["corrected"]):
        rows.change(session, row.id, observed=finding["observed"], corrected=finding["corrected"])


def _held(session: Session, choices: Sequence[Choice]) -> list[Any]:
    """The chosen annotations, unchanged, and held until the transaction ends."""
    versions = {row_id(annotation_id): version for annotation_id, version in choices}
    if not versions:
        raise InvalidInput(_("Select at least one finding."))
    if len(versions) > DECIDED_AT_ONCE:
        raise InvalidInput(_("Select at most %(count)s findings at once.", count=DECIDED_AT_ONCE))
    found = rows.for_decision(session, list(versions))
    if len(found) != len(versions):
        raise NotFound(_("There is no such finding."))
    for row in found:
        if row.version != versions[row.id]:
            raise Conflict(
                _(
                    "Nothing was changed: the finding of %(period)s was changed meanwhile. Look again.",
                    period=day(row.period),
                )
            )
    return found


def _own_kind(kind: object) -> str:
    if kind not in OWN_KINDS:
        raise InvalidInput(_("Kind: choose event or outlier."))
    return str(kind)


def _period(period: object, sold: dict[date, float]) -> date:
    found = calendar_day(period, name=_("Period"))
    if found not in sold:
        first, last = min(sold), max(sold)
        raise InvalidInput(
            _("Period: choose one from %(first)s to %(last)s, by its first day.", first=day(first), last=day(last))
        )
    return found


def _quantity(corrected: object, kind: object) -> float | None:
    if corrected in (None, "") and kind == "event":
        return None
    quantity = quantity_of(corrected, name=_("Corrected demand"))
    if quantity < 0:
        raise InvalidInput(_("Corrected demand: enter zero or more."))
    return float(quantity)


def _name(item: dict[str, int]) -> str:
    return f"{item['product_id']}:{item['location_id']}"


def _annotation(row: Any) -> Annotation:
    return Annotation(**{name: getattr(row, name) for name in Annotation.__dataclass_fields__})
