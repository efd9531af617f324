"""What must be free before Tandem starts: its home and its port."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from core.errors import AppError
from data.embedded.locks import Busy, hold

EARLIER_RUN_PATIENCE_SECONDS = 15.0


class NotFree(AppError):
    """Something is in the way; the message says what, and what to do."""


@contextmanager
def only_run(home: Path, url: str) -> Iterator[int]:
    """Be the only Tandem on ``home``; yields the lock's file number.

    Children keep that file open, so that the home counts as taken until the last of them has ended, also when
    the supervisor was killed.
    """
    home.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + EARLIER_RUN_PATIENCE_SECONDS
    while True:
        try:
            file = hold(home / "serve.lock")
        except Busy:
            _complain_about_another_run(home, overdue=time.monotonic() > deadline)
            time.sleep(0.2)
        else:
            break
    with file:
        ourselves = {"pid": psutil.Process().pid, "since": psutil.Process().create_time(), "url": url}
        _note(home).write_text(json.dumps(ourselves))
        yield file.fileno()


def require_free_port(host: str, port: int) -> None:
    """Refuse early, in words, what gunicorn would say five times in its log."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotFree(
                f"Tandem cannot listen on {host}:{port}: {error.strerror}. "
                f"Choose another port, for example: make run PORT={port + 1}"
            ) from None


def _complain_about_another_run(home: Path, *, overdue: bool) -> None:
    noted = _note(home)
    other = json.loads(noted.read_text() or "{}") if noted.exists() else {}
    if _lives(other):
        raise NotFree(
            f"Tandem already runs on {home}: {other['url']} (process {other['pid']}). "
            "Stop it there with Ctrl-C, or choose another TANDEM_HOME and PORT."
        )
    if overdue:
        raise NotFree(f"Parts of an earlier run on {home} have not ended yet. Try again in a moment.")


def _lives(other: dict[str, object]) -> bool:
    try:
        return psutil.Process(int(str(other["pid"]))).create_time() == other["since"]
    except (KeyError, psutil.NoSuchProcess):
        return False


def _note(home: Path) -> Path:
    return home / "serve.json"
