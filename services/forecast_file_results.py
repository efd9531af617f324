"""What came of a bare file: the account, the list of series a page at a time, one series, and the downloads."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.exchange.export import csv_chunks
from data.exchange.series_calendar import Calendar
from data.forecast_files import FORECASTS, PROBLEMS, read_paths, read_series
from services.downloads import Download
from services.forecast_file import UploadedFile, uploaded_file
from services.plain_rows import plain_rows

CHUNK_BYTES = 1 << 18
SHOWN_PROBLEMS = 200
MEASURES = ("wmape", "naive_wmape", "bias", "naive_bias", "mase", "naive_mase", "coverage")
METRICS = ("unique_id", "demand_class", "method", "origins", *MEASURES, "volume", "last", "ahead")

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")

Path = list[tuple[date, float | None]]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Some series, and how many there are with this search."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class SeriesPaths:
    """One series as a chart shows it, with its row of the list."""

    row: dict[str, Any]
    history: Path
    mean: Path
    lower: Path
    median: Path
    upper: Path


def summary(viewer: Viewer, file_id: UUID) -> dict[str, Any] | None:
    """What came of a file.

    Inputs: its owner and the file.
    Returns: the account of services.forecast_file_work; None before there is one.
    Raises: NotFound.
    Source: none; ours.
    """
    return uploaded_file(viewer, file_id).folder.summary()


def series_page(
    viewer: Viewer, file_id: UUID, *, search: str = "", sort: tuple[tuple[str, bool], ...] = (), first: int, limit: int
) -> SeriesPage:
    """Some series of the list, those with the largest volume first unless sorted otherwise.

    Inputs: the owner and the file; search: part of the name; sort: columns with whether descending, unknown ones are
        passed over; first and limit: which rows.
    Returns: SeriesPage; each row has its position among all series.
    Raises: NotFound.
    Source: product.md: lists are paged on the server.
    """
    found = _series(uploaded_file(viewer, file_id))
    if search:
        found = found[found["unique_id"].str.contains(search, case=False, regex=False)]
    known = [(column, descending) for column, descending in sort if column in found.columns]
    by, down = zip(*(known or [("volume", True)]), strict=True)
    ordered = found.sort_values(list(by), ascending=[not descending for descending in down], kind="stable")
    return SeriesPage(plain_rows(ordered.iloc[first : first + limit]), len(found))


def series_paths(viewer: Viewer, file_id: UUID, position: object) -> SeriesPaths | None:
    """History and forecast of one series.

    Inputs: the owner and the file; position: of the series, as the list has it; None for the largest one.
    Returns: SeriesPaths; None for a position that no series has.
    Raises: NotFound.
    Source: none; ours.
    """
    file = uploaded_file(viewer, file_id)
    told, found = file.folder.summary(), _series(file)
    if told is None or found.empty:
        return None
    place = int(found["volume"].to_numpy().argmax()) if position is None else position
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(found):
        return None
    history, ahead = read_paths(file.folder.result, place)
    row = plain_rows(found.iloc[[place]])[0]
    calendar = Calendar(told["frequency"])
    end = int(calendar.numbers(np.array([row["last"]], dtype="datetime64[D]"))[0])
    known = history[np.argmax(~np.isnan(history)) :]
    past = _path(calendar, end - len(known) + 1, known)
    mean, lower, median, upper = (_path(calendar, end + 1, values) for values in ahead)
    return SeriesPaths(row, past, mean, lower, median, upper)


def first_problems(viewer: Viewer, file_id: UUID) -> list[dict[str, str]]:
    """The first faults of the rows.

    Inputs: the owner and the file.
    Returns: dictionaries with row, column, value, problem and remedy.
    Raises: NotFound.
    Source: screens.md 20.
    """
    path = uploaded_file(viewer, file_id).folder.result / PROBLEMS
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            listed = list(islice(csv.DictReader(file), SHOWN_PROBLEMS))
    except FileNotFoundError:
        return []
    return [{**row, "remedy": row["what to do"]} for row in listed]


def download(viewer: Viewer, file_id: UUID, what: str) -> Download:
    """The forecasts, the metrics of the series, or the faults of the rows, as a CSV file.

    Inputs: the owner with export, the file, and which of them: forecasts, metrics or problems.
    Returns: Download; forecasts have the columns that cli.py forecast writes.
    Raises: NotAllowed; NotFound for another name, and for what is not there.
    Source: security.md F05.
    """
    require(viewer, Permission.EXPORT)
    file = uploaded_file(viewer, file_id)
    pieces = _DOWNLOADS.get(what, _nothing)(file)
    plain = _NOT_PLAIN.sub("-", file.name.partition(".")[0]).strip("-")
    return Download(f"{plain or 'file'}-{what}.csv", pieces)


def _nothing(_file: UploadedFile) -> Iterator[bytes]:
    raise NotFound(_("There is no such list."))


def _metrics(file: UploadedFile) -> Iterator[bytes]:
    found = _series(file)
    if found.empty:
        return _nothing(file)
    return csv_chunks(METRICS, ([row[name] for name in METRICS] for row in plain_rows(found)))


def _stored(name: str) -> Callable[[UploadedFile], Iterator[bytes]]:
    def pieces(file: UploadedFile) -> Iterator[bytes]:
        try:
            # Opened at once: a file that is not there is an answer, and one that is deleted meanwhile is sent whole.
            opened = (file.folder.result / name).open("rb")
        except FileNotFoundError:
            return _nothing(file)

        def read() -> Iterator[bytes]:
            with opened:
                while chunk := opened.read(CHUNK_BYTES):
                    yield chunk

        return read()

    return pieces


_DOWNLOADS: Mapping[str, Callable[[UploadedFile], Iterator[bytes]]] = {
    "forecasts": _stored(FORECASTS),
    "metrics": _metrics,
    "problems": _stored(PROBLEMS),
}


def _series(file: UploadedFile) -> pd.DataFrame:
    """The list of series; empty when there is no result."""
    columns = read_series(file.folder.result)
    found = pd.DataFrame(columns or {"unique_id": [], "volume": []})
    return found.assign(position=np.arange(len(found)))


def _path(calendar: Calendar, start: int, values: Any) -> Path:
    days = calendar.days(start + np.arange(len(values))).tolist()
    return [(day, None if np.isnan(value) else float(value)) for day, value in zip(days, values.tolist(), strict=True)]
