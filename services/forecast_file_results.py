"""What came of a bare file: the account, the list of series a page at a time, one series, and the downloads."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

import numpy as np
import pandas as pd

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.exchange.export import Cell
from data.exchange.formulas import restore
from data.exchange.series_calendar import Calendar
from data.forecast_files import FORECASTS, PROBLEMS, read_paths, read_series
from services.download_list import chosen
from services.forecast_file import UploadedFile, uploaded_file
from services.outgoing import Format, Made, Outgoing, outgoing, table
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


def download(viewer: Viewer, file_id: UUID, what: str, kind: Format) -> Outgoing:
    """The forecasts, the metrics of the series, or the faults of the rows, as a file.

    Inputs: the owner with export, the file, which of them: forecasts, metrics or problems; csv or xlsx.
    Returns: Outgoing, to be closed; forecasts have the columns that cli.py forecast writes.
    Raises: NotAllowed; NotFound for another name, and for what is not there.
    Source: security.md F05.
    """
    require(viewer, Permission.EXPORT)
    file = uploaded_file(viewer, file_id)
    made = _DOWNLOADS.get(what, _nothing)(file, kind)
    plain = _NOT_PLAIN.sub("-", file.name.partition(".")[0]).strip("-")
    return outgoing(f"{plain or 'file'}-{what}", kind, made)


def _nothing(_file: UploadedFile, _kind: Format) -> Made:
    raise NotFound(_("There is no such list."))


def _metrics(file: UploadedFile, kind: Format) -> Made:
    found = _series(file)
    if found.empty:
        return _nothing(file, kind)
    return table(kind, "Metrics", METRICS, chosen(plain_rows(found), METRICS))


def _forecasts(file: UploadedFile, kind: Format) -> Made:
    return _stored(file, kind, FORECASTS, _forecast_cells)


def _forecast_cells(row: list[str]) -> list[Cell]:
    name, day, *figures, method = row
    return [restore(name), date.fromisoformat(day), *map(float, figures), method]


def _problems(file: UploadedFile, kind: Format) -> Made:
    return _stored(file, kind, PROBLEMS, _problem_cells)


def _problem_cells(row: list[str]) -> list[Cell]:
    number, *texts = row
    return [int(number), *map(restore, texts)]


def _stored(file: UploadedFile, kind: Format, name: str, cells_of: Callable[[list[str]], list[Cell]]) -> Made:
    """What the worker wrote as CSV: just that, or typed as a workbook."""
    try:
        # Opened at once: a file that is not there is an answer, and one that is deleted meanwhile is sent whole.
        opened = (file.folder.result / name).open("rb")
    except FileNotFoundError:
        return _nothing(file, kind)
    return _copied(opened) if kind is Format.CSV else _typed(opened, name, cells_of)


def _copied(opened: BinaryIO) -> Made:
    with opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk


def _typed(opened: BinaryIO, name: str, cells_of: Callable[[list[str]], list[Cell]]) -> Made:
    with TextIOWrapper(opened, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        title = name.partition(".")[0].capitalize()
        yield from table(Format.XLSX, title, next(rows), map(cells_of, rows))


_DOWNLOADS: Mapping[str, Callable[[UploadedFile, Format], Made]] = {
    "forecasts": _forecasts,
    "metrics": _metrics,
    "problems": _problems,
}


def _series(file: UploadedFile) -> pd.DataFrame:
    """The list of series; empty when there is no result."""
    columns = read_series(file.folder.result)
    found = pd.DataFrame(columns or {"unique_id": [], "volume": []})
    return found.assign(position=np.arange(len(found)))


def _path(calendar: Calendar, start: int, values: Any) -> Path:
    days = calendar.days(start + np.arange(len(values))).tolist()
    return [(day, None if np.isnan(value) else float(value)) for day, value in zip(days, values.tolist(), strict=True)]
