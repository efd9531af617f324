"""Keeps the parts of a running Tandem alive: starts them in order, restarts the dead, stops them in reverse."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import psutil

from commands.follow import following
from core.errors import AppError

MOST_DEATHS = 5
WITHIN_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
GLANCE_SECONDS = 0.2
LAST_LINES = 20
LARGEST_LOG_BYTES = 10_000_000

Say = Callable[[str], None]


class GaveUp(AppError):
    """A part died again and again; the message holds its last words."""


class Part(Protocol):
    """Something that runs beside us."""

    name: str

    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...
    def last_words(self) -> str: ...


@dataclass(slots=True)
class Program:
    """A child process whose output goes to a log file."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    grace_seconds: float
    keep_open: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with appended(self.log) as output:
            self.process = subprocess.Popen(
                following(os.getpid(), self.command),
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=self.keep_open,
                # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which keeps the order.
                start_new_session=True,
            )

    def alive(self) -> bool:
        if self.process is None or self.process.returncode is not None:
            return False
        if psutil.Process(self.process.pid).status() != psutil.STATUS_ZOMBIE:
            return True
        self._end_family()
        return False

    def stop(self) -> None:
        """Ask for an end, wait, and then end whatever is left."""
        if self.process is None or not self.alive():
            return
        self.process.terminate()
        deadline = time.monotonic() + self.grace_seconds
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._end_family()

    def _end_family(self) -> None:
        """End the program and its own children, and only then let go of its process number."""
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        return tail(self.log)


@dataclass(slots=True)
class _Watched:
    part: Part
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))
    start_again_at: float | None = None

    def look(self, say: Say, now: float) -> None:
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start_again_at = None
                self.part.start()
        elif not self.part.alive():
            self._mourn(say, now)

    def _mourn(self, say: Say, now: float) -> None:
        self.deaths.append(now)
        recent = [died for died in self.deaths if now - died < WITHIN_SECONDS]
        if len(recent) >= MOST_DEATHS:
            raise GaveUp(
                f"The {self.part.name} died {MOST_DEATHS} times within {WITHIN_SECONDS:.0f} seconds.\n"
                f"{self.part.last_words()}"
            )
        pause = FIRST_PAUSE_SECONDS * 2 ** (len(recent) - 1)
        say(f"The {self.part.name} has died; starting it again in {pause:g} s.")
        self.start_again_at = now + pause


class Supervisor:
    """A context in which parts run; leaving it, in whatever way, stops them."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._watched: list[_Watched] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)  # a second Ctrl-C must not leave the half of it running
        for watched in reversed(self._watched):
            watched.part.stop()

    def start(self, part: Part) -> None:
        self._watched.append(_Watched(part))
        part.start()

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Restart what dies until the condition holds, by default for ever."""
        while not until():
            for watched in self._watched:
                watched.look(self._say, time.monotonic())
            time.sleep(GLANCE_SECONDS)


def tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join([f"The last lines of {log}:", *lines])


def appended(log: Path) -> IO[bytes]:
    """The log opened for more lines; one that has grown large is first put aside."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    return log.open("ab")
