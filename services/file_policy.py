"""Stocking policies of a bare file of items from a bare file of their history, without the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.calibrated_policy import calibrated_policies
from core.errors import InvalidInput
from core.i18n import _
from data.exchange.item_rows import read_items, refuse_item
from data.exchange.problems import BadValue
from data.exchange.series_calendar import FREQUENCIES, WEEKDAYS, Calendar, parse_plain_day
from data.exchange.series_file import PERIOD, SERIES, SeriesFile
from data.exchange.series_output import appearing, check_output
from data.exchange.series_rows import SeriesRows, read_rows
from services.file_panel import VALUE, Rows, panel

# W takes the weekday from the file.
POLICY_FREQUENCIES = ("W", *FREQUENCIES)
PERIODS_PER_YEAR = {"M": 12.0, "W": 365.25 / 7, "D": 365.25}
SEASON_PERIODS = {"M": 12, "W": 52, "D": 7}
COLUMNS = (
    *(SERIES, "policy", "safety_stock", "reorder_point", "order_quantity", "order_up_to"),
    *("expected_fill_rate", "expected_stock", "demand_class"),
)
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class PolicyAccount:
    """What was done. without_item are series of the history that no item names; returns are rows with a negative
    quantity, which counted as no demand; without_demand are items that get no stock."""

    items: int
    without_item: int
    returns: int
    without_demand: int


def policy_file(history: Path, *, items: Path, frequency: str, output: Path) -> PolicyAccount:
    """Work out the policy of every item of a file and write it.

    Inputs: history: CSV with unique_id, ds, y, a period without a row had no demand; items: CSV with the columns of
        item_rows; frequency: one of POLICY_FREQUENCIES; output: CSV file, compressed when its name ends in .gz.
    Returns: PolicyAccount. The output has COLUMNS, in order of id.
    Raises: InvalidInput naming file, row, column, value and remedy. No output is left behind then.
    Source: analytics.calibrated_policy.
    """
    check_output(output, inputs=[history, items])
    item_file, terms = read_items(items)
    source = SeriesFile(history)
    calendar = Calendar(_weekly(source) if frequency == "W" else frequency)
    past = read_rows(source, calendar, numbers=(VALUE,))
    missing = ~terms[SERIES].isin(past.ids).to_numpy()
    if missing.any():
        absent = BadValue("without_history", f"has no row in {source.name}.", "Add its history, or delete the row.")
        refuse_item(item_file, int(missing.argmax()), absent)
    terms = terms.sort_values(SERIES, ignore_index=True)
    known = _of_items(past, terms[SERIES])
    returns = int((known.numbers[VALUE] < 0).sum())
    rows = Rows(_without_returns(known), None, (), calendar, "zero", 1)
    # Who has not sold lately had no demand lately: all histories end together.
    ends = np.full(len(known.ids), past.periods.max())
    demand = panel(rows, ends, season_periods=SEASON_PERIODS[calendar.frequency[0]])
    found = calibrated_policies(demand, items=terms, periods_per_year=PERIODS_PER_YEAR[calendar.frequency[0]])
    _write(output, found.assign(**{SERIES: terms[SERIES]}))
    return PolicyAccount(
        items=len(found),
        without_item=len(past.ids) - len(known.ids),
        returns=returns,
        without_demand=int((found["demand_per_period"] <= 0).sum()),
    )


def _weekly(file: SeriesFile) -> str:
    """Weeks by the weekday of the first row; what is wrong with that row is said when all are read."""
    monday = f"W-{next(iter(WEEKDAYS))}"
    if PERIOD not in file.header:
        return monday
    try:
        _line, cells = file.record(0)
        return f"W-{list(WEEKDAYS)[parse_plain_day(cells[file.header.index(PERIOD)]).weekday()]}"
    except (BadValue, IndexError):
        return monday


def _of_items(past: SeriesRows, ids: pd.Series) -> SeriesRows:
    """The rows of these series only, under their positions among the items."""
    place = pd.Index(ids).get_indexer(pd.Index(past.ids))[past.series]
    kept = place >= 0
    numbers = {name: values[kept] for name, values in past.numbers.items()}
    return SeriesRows(tuple(ids), place[kept], past.periods[kept], numbers)


def _without_returns(rows: SeriesRows) -> SeriesRows:
    sold = np.maximum(rows.numbers[VALUE], 0.0)
    return SeriesRows(rows.ids, rows.series, rows.periods, {VALUE: sold})


def _write(output: Path, found: pd.DataFrame) -> None:
    figures = found[list(COLUMNS)].round(DECIMALS)
    if figures.isna().any(axis=None):
        raise InvalidInput(_("A policy could not be worked out. Check the items' terms for absurd figures."))
    with appearing(output) as file:
        figures.to_csv(file, index=False, lineterminator="\n")
