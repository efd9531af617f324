"""Tested accuracy: rolling-origin errors of one run, and of all runs one after the other."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.lived_accuracy import SIGNAL_LIMIT
from data.queries import forecast_accuracy as rows
from services.accuracy_filters import AccuracyChoices, AccuracyFilters, Run

HISTORY_RUNS = 24


def tested_run(filters: AccuracyFilters, choices: AccuracyChoices) -> Run | None:
    """The run that is judged: the one asked for, else the newest.

    Inputs: filters; choices.
    Returns: Run; None while there is none.
    Raises: nothing.
    Source: none; ours.
    """
    return next((run for run in choices.runs if filters.run in (0, run.id)), None)


def baseline_of(run: Run, choices: AccuracyChoices) -> Run | None:
    """The approved run to set a run against: the newest other one.

    Inputs: the run that is judged; choices.
    Returns: Run; None while no other was approved.
    Raises: nothing.
    Source: issue 3: against the last approved run.
    """
    return next((other for other in choices.runs if other.approved and other.id != run.id), None)


def tested_table(
    session: Session, filters: AccuracyFilters, choices: AccuracyChoices, *, by: list[str]
) -> pd.DataFrame:
    """The figures of one run, the most money missed a year first.

    Inputs: an open session; filters; choices; by: keys of data.queries.forecast_accuracy.
    Returns: its contract; empty without a finished run. Of several series there is no tracking signal.
    Raises: nothing of its own.
    Source: Tashman 2000; glossary, forecast quality.
    """
    run = tested_run(filters, choices)
    if run is None:
        return pd.DataFrame()
    baseline = baseline_of(run, choices)
    found = rows.rolling_origin_errors(
        session,
        [run.id],
        by=by,
        equal=filters.equal,
        approved_run=baseline.id if baseline else None,
        in_money=filters.weight == "money",
        signal_limit=SIGNAL_LIMIT,
    )
    return found.sort_values("missed_money", ascending=False, kind="stable", ignore_index=True)


def runs_table(session: Session, filters: AccuracyFilters, choices: AccuracyChoices) -> pd.DataFrame:
    """The newest runs in the order they were made: their figures by method or demand class, and their share of series.

    Inputs: an open session; filters; choices.
    Returns: the contract of data.queries.forecast_accuracy by run_id and ``filters.by``, which is empty in the row of
        the whole run; with share.
    Raises: nothing of its own.
    Source: issue 3, drift: model-performance history.
    """
    runs = [run.id for run in choices.runs[:HISTORY_RUNS]]
    options: dict[str, Any] = {"approved_run": None, "in_money": filters.weight == "money"}
    all_series, parts = (
        rows.rolling_origin_errors(session, runs, by=by, equal=filters.equal, signal_limit=SIGNAL_LIMIT, **options)
        for by in (["run_id"], ["run_id", filters.by])
    )
    found = pd.concat([all_series.assign(**{filters.by: ""}), parts])
    found["share"] = found["series"] / found.groupby("run_id")["series"].transform("max")
    return found.sort_values(["run_id", "share", filters.by], ascending=[True, False, True], ignore_index=True)
