"""Writes forecasts of a file's series; the finished file appears all at once or not at all."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import orjson
from numpy.typing import NDArray

from core.errors import InvalidInput

FIXED_COLUMNS = ("unique_id", "ds", "y_hat")
# More decimals are noise of the arithmetic, not knowledge; whole numbers keep all their digits.
SIGNIFICANT_DIGITS = 9
BLOCK_SERIES = 1000
# Twice as fast as the usual level, and the file is hardly larger.
COMPRESSION = 1


def check_output(path: Path, *, inputs: Sequence[Path]) -> None:
    """Raises InvalidInput when no forecast can be written there, before anybody has waited for it."""
    if path.exists() and not path.is_file():
        raise InvalidInput(f"{path} is not a file. Choose another name for the output.")
    if not path.parent.is_dir():
        raise InvalidInput(f"The folder {path.parent} does not exist. Make it, or choose another output.")
    if not os.access(path.parent, os.W_OK):
        raise InvalidInput(f"The folder {path.parent} cannot be written to. Choose another output.")
    if any(path.exists() and path.samefile(source) for source in inputs):
        raise InvalidInput(f"The output would replace {path}, which is an input. Choose another output.")


def write_forecast(
    path: Path,
    *,
    ids: Sequence[str],
    days: NDArray[np.datetime64],
    figures: NDArray[np.float64],
    quantiles: Sequence[float],
    methods: Sequence[str],
) -> None:
    """One row for every series and step: days are series x steps, figures series x steps x (mean, quantiles).

    The ids stand as they stood in the history, so that the two files can be joined.
    """
    if not np.isfinite(figures).all():
        raise ValueError("a forecast that is not a finite number cannot be written")
    header = (*FIXED_COLUMNS, *(f"q{quantile}" for quantile in quantiles), "method")
    with appearing(path) as file:
        file.write(f"{','.join(header)}\n".encode())
        for start in range(0, len(ids), BLOCK_SERIES):
            block = slice(start, start + BLOCK_SERIES)
            file.write(_lines(ids[block], days[block], figures[block], methods[block]).encode())


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, compressed when its name ends in .gz; it takes its place when all is written."""
    place = path.resolve()
    arriving = place.with_name(f".{place.name}.{os.getpid()}.part")
    compressed = place.suffix.lower() == ".gz"
    try:
        with arriving.open("wb") as raw:
            # Without name and time: the same forecast is the same file.
            packed = gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) if compressed else None
            with packed or raw as file:
                yield cast(BinaryIO, file)
        arriving.replace(place)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise


def _lines(
    ids: Sequence[str], days: NDArray[np.datetime64], figures: NDArray[np.float64], methods: Sequence[str]
) -> str:
    starts = [_cell(name) for name in ids]
    ends = [_cell(method) for method in methods]
    middles = iter(_number_cells(figures.reshape(-1, figures.shape[-1])))
    return "".join(
        f"{start},{day},{next(middles)},{end}\n"
        for start, dates, end in zip(starts, _texts(days), ends, strict=True)
        for day in dates
    )


def _texts(days: NDArray[np.datetime64]) -> list[list[str]]:
    different, position = np.unique(days, return_inverse=True)
    texts = np.asarray(np.datetime_as_string(different))[position]
    return cast(list[list[str]], texts.reshape(days.shape).tolist())


def _number_cells(rows: NDArray[np.float64]) -> list[str]:
    # A JSON array of arrays is rows of comma-separated numbers, and orjson writes it many times faster than csv.
    written = orjson.dumps(np.ascontiguousarray(_rounded(rows)), option=orjson.OPT_SERIALIZE_NUMPY)
    return written[2:-2].decode().split("],[")


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    sizes = np.abs(values)
    leading = np.floor(np.log10(sizes, out=np.zeros_like(sizes), where=sizes > 0))
    scale = 10.0 ** np.clip(SIGNIFICANT_DIGITS - 1 - leading, 0, 300)
    return np.asarray(np.where(scale > 1, np.round(values * scale) / scale, np.round(values)) + 0.0)


def _cell(text: str) -> str:
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
