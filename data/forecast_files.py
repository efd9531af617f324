"""Files that a person wants forecast beside the plan: a private folder each, with the upload and what came of it.

The folder is all there is of them: no table knows them, and with the folder everything is gone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

import numpy as np
import orjson
from numpy.typing import NDArray

from core.settings import settings
from data.exchange.upload import StoredFile, store_upload

FOLDER = "forecast-files"
UPLOAD, ABOUT, RESULT = "upload", "about.json", "result"
SUMMARY, PROBLEMS, FORECASTS = "summary.json", "problems.csv", "forecasts.csv"
SERIES, HISTORY, AHEAD = "series.json", "history.npy", "ahead.npy"

# Changes when the files below change their shape: what another version of Tandem left is not read, and expires.
FORMAT = 1

About = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileFolder:
    """The folder of one file; it may be gone at any moment, because its owner deletes it."""

    path: Path

    @classmethod
    def of(cls, file_id: UUID) -> FileFolder:
        return cls(_root() / file_id.hex)

    @property
    def id(self) -> UUID:
        return UUID(self.path.name)

    @property
    def upload(self) -> Path:
        return self.path / UPLOAD

    @property
    def result(self) -> Path:
        return self.path / RESULT

    def about(self) -> About | None:
        """Whose it is and how it is to be read; None for a file that is not there."""
        return _current(self.path / ABOUT)

    def tell(self, about: Mapping[str, Any]) -> None:
        """Replace what is known about the file. Raises FileNotFoundError when it is gone."""
        arriving = self.path / f".{ABOUT}.{uuid4().hex}"
        arriving.write_bytes(_written(about))
        arriving.replace(self.path / ABOUT)

    def summary(self) -> About | None:
        """What came of it; None before anything did."""
        return _current(self.result / SUMMARY)

    @contextmanager
    def new_result(self) -> Iterator[Path]:
        """A folder that takes the place of the former result when all is written, or leaves it as it was."""
        arriving = self.path / f".{RESULT}.{uuid4().hex}"
        arriving.mkdir(mode=0o700)
        try:
            yield arriving
            shutil.rmtree(self.result, ignore_errors=True)
            arriving.rename(self.result)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)

    def remove(self) -> None:
        """The file and all that came of it."""
        shutil.rmtree(self.path, ignore_errors=True)


def take_in(stream: BinaryIO, *, max_bytes: int, original_name: str) -> tuple[FileFolder, StoredFile]:
    """A new folder with the bytes as they came; raises TooLarge, and leaves nothing behind then."""
    _root().mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = FileFolder.of(uuid4())
    try:
        stored = store_upload(stream, folder.path, max_bytes=max_bytes, original_name=original_name)
        stored.path.rename(folder.upload)
    except BaseException:
        folder.remove()
        raise
    return folder, stored


def all_folders() -> list[FileFolder]:
    """Everybody's files."""
    found = _root().iterdir() if _root().is_dir() else ()
    return [FileFolder(path) for path in found if path.is_dir()]


def remove_older(than: datetime) -> int:
    """Delete files that were uploaded before a moment; tells how many."""
    old = [folder for folder in all_folders() if _since(folder) < than]
    for folder in old:
        folder.remove()
    return len(old)


def write_series(folder: Path, columns: Mapping[str, Any], history: NDArray[Any], ahead: NDArray[Any]) -> None:
    """The table of series as columns, and what a chart needs of each: series x periods, series x paths x steps."""
    (folder / SERIES).write_bytes(orjson.dumps(dict(columns), option=orjson.OPT_SERIALIZE_NUMPY))
    np.save(folder / HISTORY, history, allow_pickle=False)
    np.save(folder / AHEAD, ahead, allow_pickle=False)


def read_series(folder: Path) -> dict[str, list[Any]]:
    """The table of series as columns; empty when the result is gone."""
    return _json(folder / SERIES) or {}


def read_paths(folder: Path, position: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """History and paths ahead of one series; only its own part of the files is read."""
    history = np.load(folder / HISTORY, mmap_mode="r", allow_pickle=False)
    ahead = np.load(folder / AHEAD, mmap_mode="r", allow_pickle=False)
    return np.array(history[position]), np.array(ahead[position])


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    (folder / SUMMARY).write_bytes(_written(summary))


def _root() -> Path:
    return settings().uploads / FOLDER


def _since(folder: FileFolder) -> datetime:
    """When it was uploaded; of a folder whose upload never arrived, when it was made."""
    try:
        return datetime.fromtimestamp((folder.upload if folder.upload.exists() else folder.path).stat().st_mtime, UTC)
    except FileNotFoundError:  # deleted this very moment
        return datetime.max.replace(tzinfo=UTC)


def _written(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps({**told, "format": FORMAT})


def _current(path: Path) -> About | None:
    found = _json(path)
    return found if found is not None and found.get("format") == FORMAT else None


def _json(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return found
