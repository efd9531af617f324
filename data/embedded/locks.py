"""Advisory locks on files. The kernel drops them when their holder dies, also by kill -9."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.errors import AppError

PATIENCE_SECONDS = 180.0


class Busy(AppError):
    """Another process holds the lock."""


@contextmanager
def locked(path: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold ``path`` alone for the length of the block."""
    with _open(path) as file:
        _take_alone(file, path, patience_seconds)
        yield


def hold(path: Path) -> IO[bytes]:
    """Hold ``path`` alone until the returned file is closed or this process ends, or raise ``Busy``."""
    file = _open(path)
    try:
        _take_alone(file, path, patience_seconds=0.0)
    except Busy:
        file.close()
        raise
    return file


def share(path: Path) -> IO[bytes]:
    """Hold ``path`` together with others until the returned file is closed or this process ends."""
    file = _open(path)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def sole_user(path: Path) -> bool:
    """Whether nobody shares ``path`` at this moment."""
    with _open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _open(path: Path) -> IO[bytes]:
    # Opened for reading only: a lock needs no more, and a file left by root then serves its other users too.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_CREAT, 0o644), "rb")


def _take_alone(file: IO[bytes], path: Path, patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(f"{path} is held by another process") from None
            time.sleep(0.05)
        else:
            return
