"""Series to forecast and what came of them: a folder of sets, described by its datasets.json.

Every set is a folder with history.csv.gz (unique_id, ds, y, drivers), actual.csv.gz (unique_id, ds, y) and, where
drivers are planned, future.csv.gz (unique_id, ds, drivers). The data is for measuring only and no part of the project.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.inputs import FloatArray
from data.exchange.series_calendar import Calendar, Days, IntArray

KEYS = ["unique_id", "ds"]
TEXTS = {"unique_id": str, "method": str}


@dataclass(frozen=True)
class Dataset:
    """One set: how it is forecast and which seasons its measures know."""

    folder: Path
    freq: str
    season: int
    horizon: int
    gaps: str
    mase_season: int
    naive2_season: int

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def history(self) -> Path:
        return self.folder / "history.csv.gz"

    @property
    def future(self) -> Path | None:
        file = self.folder / "future.csv.gz"
        return file if file.exists() else None

    @cached_property
    def sample(self) -> Sample:
        calendar = Calendar(self.freq)
        past, truth = read(self.history), read(self.folder / "actual.csv.gz")
        ids, first, last = _ends(past, calendar, self.gaps)
        periods = int((last - first).max()) + 1
        history = _placed(past, calendar, ids=ids, starts=last - periods + 1, periods=periods)
        begun = np.arange(periods)[:, None] >= periods - 1 - (last - first)
        if self.gaps == "zero":
            history = np.where(begun, np.nan_to_num(history), np.nan)
        actual = _placed(truth, calendar, ids=ids, starts=last + 1, periods=self.horizon)
        days = calendar.days(last + np.arange(1, self.horizon + 1)[:, None])
        return Sample(ids.to_numpy(dtype=object), history, actual, days)

    def regular(self) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        """History and plan with a row for every period, as methods need it that know no gaps.

        Unknown values repeat the last known one.
        """
        calendar = Calendar(self.freq)
        rows = read(self.history) if self.future is None else pd.concat([read(self.history), read(self.future)])
        ids, first, last = _ends(read(self.history), calendar, self.gaps)
        ahead = 0 if self.future is None else self.horizon
        periods = [np.arange(start, end + 1) for start, end in zip(first, last + ahead, strict=True)]
        every = {"unique_id": ids.repeat(last + ahead - first + 1), "ds": calendar.days(np.concatenate(periods))}
        found = pd.DataFrame(every).merge(rows, on=KEYS, how="left")
        planned = found.groupby("unique_id").cumcount(ascending=False) < ahead
        if self.gaps == "zero":
            found["y"] = found["y"].fillna(0.0)
        values = [name for name in found.columns if name not in KEYS]
        found[values] = found.groupby("unique_id")[values].ffill()
        plan = found[planned].drop(columns="y")
        return found[~planned], None if self.future is None else plan


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Arrays of a set, right aligned at each series' origin.

    history is periods x series, NaN before the first row and where unknown; actual is horizon x series, NaN where
    unknown; days are those of actual.
    """

    ids: NDArray[np.object_]
    history: FloatArray
    actual: FloatArray
    days: Days

    def of(self, ids: NDArray[np.object_]) -> Sample:
        """The same of some series only."""
        chosen = np.isin(self.ids, ids)
        return Sample(self.ids[chosen], self.history[:, chosen], self.actual[:, chosen], self.days[:, chosen])


def datasets(folder: Path) -> tuple[Dataset, ...]:
    """The sets of a folder, as its datasets.json describes them."""
    described = json.loads((folder / "datasets.json").read_text())
    fields = ("freq", "season", "horizon", "gaps", "mase_season", "naive2_season")
    sets = {name: found for name, found in described.items() if not name.startswith("_")}
    return tuple(Dataset(folder / name, *(sets[name][field] for field in fields)) for name in sorted(sets))


def read(path: Path) -> pd.DataFrame:
    """A file of series in order of id and day; an id may read like a missing value."""
    frame = pd.read_csv(path, dtype=TEXTS, parse_dates=["ds"], keep_default_na=False, na_values={"y": [""]})
    return frame.sort_values(KEYS, ignore_index=True)


def _ends(rows: pd.DataFrame, calendar: Calendar, gaps: str) -> tuple[pd.Index, IntArray, IntArray]:
    """Ids with their first and last period; where an absent row is a missing one, all go on to the end of the file."""
    day = rows.groupby("unique_id")["ds"]
    first, last = calendar.numbers(_days(day.min())), calendar.numbers(_days(day.max()))
    return day.min().index, first, last if gaps == "zero" else np.full_like(last, last.max())


def _placed(rows: pd.DataFrame, calendar: Calendar, *, ids: pd.Index, starts: IntArray, periods: int) -> FloatArray:
    """The column y as periods x series, from these periods on."""
    values = np.full((periods, len(ids)), np.nan)
    series = ids.get_indexer(pd.Index(rows["unique_id"]))
    values[calendar.numbers(_days(rows["ds"])) - starts[series], series] = rows["y"].to_numpy()
    return values


def _days(column: pd.Series) -> Days:
    return column.to_numpy().astype("datetime64[D]")
