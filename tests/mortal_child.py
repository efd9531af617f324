"""Commits or undoes imports in forks of itself that kill themselves, hard, at a given statement.

Each line of its input is ``import_commit BATCH_ID 7``: a fork does that work, and dies before its seventh statement or
commit. The answer is ``killed``, or ``done`` when there were fewer.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from core.viewer import Viewer
from services import import_work
from services.accounts import operator

MOMENTS = ("before_cursor_execute", "commit")
WORK: dict[str, Callable[..., Any]] = {
    "import_commit": import_work.commit_import,
    "import_undo": import_work.undo_import,
}


@contextmanager
def at_step(last: int, act: Callable[[Connection], None]) -> Iterator[None]:
    """Act before the so manieth statement or commit that this process sends."""
    count = 0

    def step(connection: Connection, *_given: Any) -> None:
        nonlocal count
        count += 1
        if count == last:
            act(connection)

    for moment in MOMENTS:
        event.listen(Engine, moment, step)
    try:
        yield
    finally:
        for moment in MOMENTS:
            event.remove(Engine, moment, step)


def do(viewer: Viewer, kind: str, batch_id: UUID) -> None:
    WORK[kind](viewer, {"batch_id": str(batch_id), "good_rows": True}, lambda _fraction, _message: None)


def _die(_connection: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    for line in sys.stdin:
        kind, batch_id, last = line.split()
        child = os.fork()
        if child == 0:
            with at_step(int(last), _die):
                do(operator(), kind, UUID(batch_id))
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"done {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()
