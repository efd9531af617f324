"""A file of items with the terms they are replenished on: every cell checked before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.exchange.problems import BadValue
from data.exchange.series_file import SERIES, FloatArray, SeriesFile

MEASURE, TARGET = "service_measure", "service_target"
MEASURES = ("cycle", "fill")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a number must be; needed tells that an empty cell is refused, else it takes the default."""

    column: str
    least: float = 0.0
    above: bool = False
    needed: bool = False
    default: float = np.nan


RULES = (
    _Rule("lead_time_mean", needed=True),
    _Rule("lead_time_sd", default=0.0),
    _Rule("review_period", above=True, default=1.0),
    _Rule("unit_cost"),
    _Rule("order_cost"),
    _Rule("holding_rate"),
    _Rule("moq"),
    _Rule("lot_multiple"),
    _Rule("shelf_life", least=1.0),
)


def read_items(path: Path) -> tuple[SeriesFile, pd.DataFrame]:
    """The file, to say more about its rows, and the items in the order of their rows.

    Raises InvalidInput with file, row, column, value and remedy.
    """
    file = SeriesFile(path, texts=(SERIES, MEASURE))
    frame = file.frame([*(rule.column for rule in RULES), TARGET])
    with file.named():
        _check_ids(file, frame[SERIES])
        for rule in RULES:
            frame[rule.column] = _checked(file, frame[rule.column].to_numpy(), rule)
        _check_service(file, frame)
    return file, frame


def _check_ids(file: SeriesFile, ids: pd.Series) -> None:
    _refuse(file, SERIES, (ids == "").to_numpy(), _empty())
    again = ids.duplicated().to_numpy()
    if again.any():
        first = int((ids == ids[again.argmax()]).to_numpy().argmax())
        place = f"is there twice, first in row {file.record(first)[0]}."
        _refuse(file, SERIES, again, BadValue("twice", place, "Keep one row for each item."))


def _checked(file: SeriesFile, values: FloatArray, rule: _Rule) -> FloatArray:
    if rule.needed:
        _refuse(file, rule.column, np.isnan(values), _empty())
    wrong = values <= rule.least if rule.above else values < rule.least
    bound = f"above {rule.least:g}" if rule.above else f"{rule.least:g} or more"
    _refuse(file, rule.column, wrong, BadValue("out_of_range", f"is not {bound}.", "Correct it."))
    return np.where(np.isnan(values), rule.default, values)


def _check_service(file: SeriesFile, frame: pd.DataFrame) -> None:
    named = frame[MEASURE].str.strip().str.lower()
    known = BadValue("unknown", f"is none of {', '.join(MEASURES)}.", "Write one of them.")
    _refuse(file, MEASURE, (~named.isin(MEASURES)).to_numpy(), known)
    frame[MEASURE] = named
    target = frame[TARGET].to_numpy()
    _refuse(file, TARGET, np.isnan(target), _empty())
    share = BadValue("out_of_range", "does not lie between 0 and 1.", "Write 95 % as 0.95.")
    _refuse(file, TARGET, (target <= 0) | (target >= 1), share)


def _refuse(file: SeriesFile, column: str, wrong: NDArray[np.bool_], problem: BadValue) -> None:
    if wrong.any():
        raise file.refusal(int(wrong.argmax()), column, problem)


def _empty() -> BadValue:
    return BadValue("empty", "is empty, but needed in every row.", "Fill the cell, or delete the row.")


def refuse_item(file: SeriesFile, record: int, problem: BadValue) -> None:
    """Raise InvalidInput about the item of a record."""
    with file.named():
        raise file.refusal(record, SERIES, problem)
