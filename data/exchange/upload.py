"""Takes an incoming stream to disk under a name of our own, hashed while it arrives."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from core.errors import Conflict, TooLarge

CHUNK_BYTES = 1 << 20
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it arrived. ``original_name`` is for showing only, never part of a path."""

    path: Path
    sha256: str
    size_bytes: int
    original_name: str


def store_upload(stream: BinaryIO, folder: Path, *, max_bytes: int, original_name: str = "") -> StoredFile:
    """Write the stream into ``folder``; raises TooLarge. Whatever goes wrong, no file stays behind."""
    _private_folder(folder)
    path = folder / uuid4().hex
    # The final name appears only when all bytes are there, so nobody ever reads half an upload.
    arriving = path.with_suffix(".part")
    try:
        digest, size = _copy(stream, arriving, max_bytes)
        arriving.rename(path)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise
    return StoredFile(path, digest, size, display_name(original_name))


def size_of_folder(folder: Path) -> int:
    """How many bytes the stored files take; those that go away meanwhile take none."""
    return sum(status.st_size for _path, status in _files(folder))


def remove_older(folder: Path, *, before: float) -> int:
    """Delete files that were stored before a moment (seconds since 1970); how many there were."""
    old = [path for path, status in _files(folder) if status.st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                yield path, status


def check_unchanged(stored: StoredFile) -> None:
    """Raises Conflict when the stored bytes are no longer those that were looked at."""
    with stored.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != stored.sha256:
        raise Conflict("The stored file is not the one that was checked. Upload it again.")


def display_name(name: str) -> str:
    """The name a browser sent, without folders, control and direction characters, cut to a readable length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(character for character in last if unicodedata.category(character)[0] != "C").strip()
    if len(visible) > LONGEST_NAME:
        half = LONGEST_NAME // 2
        visible = f"{visible[: half - 1]}…{visible[-half:]}"
    return visible if visible.strip(".") else "upload"


def _private_folder(folder: Path) -> None:
    # An existing folder keeps its mode: it may belong to somebody else.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _copy(stream: BinaryIO, path: Path, max_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := stream.read(min(CHUNK_BYTES, max_bytes + 1)):
            size += len(chunk)
            if size > max_bytes:
                raise TooLarge(f"The file is larger than {_megabytes(max_bytes)}. Split it, or compress it with gzip.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB" if count >= 1_000_000 else f"{count:,} bytes"
