"""The watched folder: one folder for each kind of row, in which other programs leave files to be brought in.

Nobody trusts what lies there: links are not followed, folders that are links are not entered, and a name is only ever
used inside the folder it was found in.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from io import BufferedReader
from pathlib import Path, PurePath
from typing import Any

import orjson

from data.exchange.upload import display_name

ARCHIVE, FAILED = "archive", "failed"
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe would keep whoever opens it waiting.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Gone(Exception):
    """The file is not there any more, or not the one that was seen."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it was seen: the folder it lies in, its name, and what changes when somebody writes or moves it."""

    folder: str
    name: str
    signature: str


class DropFolder:
    """The watched folder at a path; it is made when missing, with a folder for each of ``kinds``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self, kinds: Iterable[str]) -> None:
        for name in (*kinds, ARCHIVE, FAILED):
            (self._path / name).mkdir(parents=True, exist_ok=True)

    def files(self) -> Iterator[Dropped]:
        """What lies there now, without hidden files, links, and files whose name says that they are being written."""
        for entry in sorted(os.scandir(self._path), key=lambda found: found.name):
            kind_of_row = entry.name not in {ARCHIVE, FAILED} and not entry.name.startswith(".")
            if kind_of_row and entry.is_dir(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    yield from self._in(entry.name)

    def _in(self, folder: str) -> Iterator[Dropped]:
        for entry in sorted(os.scandir(self._path / folder), key=lambda found: found.name):
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                continue
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield Dropped(folder, entry.name, _signature(status))

    def links(self) -> list[str]:
        """What is not followed, to be told to whoever runs the server."""
        folders = [entry for entry in os.scandir(self._path) if not entry.name.startswith(".")]
        inside = [found for entry in folders if entry.is_dir(follow_symlinks=False) for found in os.scandir(entry)]
        return sorted(os.path.relpath(entry.path, self._path) for entry in (*folders, *inside) if entry.is_symlink())

    @contextmanager
    def opened(self, dropped: Dropped) -> Iterator[BufferedReader]:
        """The bytes of a file; raises Gone when it is not the one that was seen."""
        with self._folder(dropped.folder) as folder:
            try:
                descriptor = os.open(_only_a_name(dropped.name), _FILE, dir_fd=folder)
            except OSError as error:
                raise Gone(dropped.name) from error
            with os.fdopen(descriptor, "rb") as file:
                _require_same(os.fstat(descriptor), dropped)
                yield file

    def sha256(self, dropped: Dropped) -> str:
        with self.opened(dropped) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def archive(self, dropped: Dropped, digest: str, result: Mapping[str, Any], *, on: date) -> None:
        """Move a file that is in the data to the archive of the day, with what came of it beside."""
        self._put_away(dropped, f"{ARCHIVE}/{on:%Y-%m-%d}", digest, result, ())

    def fail(self, dropped: Dropped, digest: str, result: Mapping[str, Any], error_file: Iterable[bytes] = ()) -> None:
        """Move a file that was not brought in to the failed ones, with the reasons beside."""
        self._put_away(dropped, FAILED, digest, result, error_file)

    def _put_away(
        self, dropped: Dropped, place: str, digest: str, result: Mapping[str, Any], error_file: Iterable[bytes]
    ) -> None:
        """The file goes last: whoever is killed before finds it where it was, and does this again."""
        target = self._path / place
        target.mkdir(parents=True, exist_ok=True)
        stem = f"{dropped.folder}-{display_name(dropped.name)}"
        name = PurePath(stem)
        base = f"{name.stem}.{digest[:8]}"
        pieces = iter(error_file)
        with suppress(StopIteration):
            _write(target / f"{base}.errors.csv", next(pieces), pieces)
        _write(target / f"{base}.json", orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        with self._folder(dropped.folder) as folder:
            try:
                _require_same(os.stat(dropped.name, dir_fd=folder, follow_symlinks=False), dropped)
                os.rename(_only_a_name(dropped.name), target / f"{base}{name.suffix}", src_dir_fd=folder)
            except FileNotFoundError as error:
                raise Gone(dropped.name) from error

    @contextmanager
    def _folder(self, name: str) -> Iterator[int]:
        try:
            descriptor = os.open(self._path / _only_a_name(name), _FOLDER)
        except OSError as error:
            raise Gone(name) from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _only_a_name(name: str) -> str:
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise Gone(name)
    return name


def _require_same(status: os.stat_result, dropped: Dropped) -> None:
    if not stat.S_ISREG(status.st_mode) or _signature(status) != dropped.signature:
        raise Gone(dropped.name)


def _signature(status: os.stat_result) -> str:
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def _write(path: Path, first: bytes, others: Iterable[bytes] = ()) -> None:
    arriving = path.with_name(f".{path.name}")
    with arriving.open("wb") as file:
        file.write(first)
        file.writelines(others)
    arriving.replace(path)
