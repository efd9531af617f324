"""Start a program that ends when the process that started it ends, however that happens.

A supervisor killed with ``kill -9`` cannot stop its children. On Linux the kernel does it; elsewhere the program
simply runs on, and the next start waits for it and says so.

Usage: python -m commands.follow <number of the process to follow> <program> [argument ...]
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def following(leader: int, command: Sequence[str]) -> list[str]:
    """The command line that starts ``command`` through this module."""
    return [sys.executable, "-m", "commands.follow", str(leader), *command]


def follow(leader: int, command: list[str]) -> None:
    """Become ``command``. What the kernel was asked for here outlives the exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The leader may have died before the kernel was asked.
    if os.getppid() == leader:
        os.execvp(command[0], command)  # noqa: S606 (no shell is the point)


if __name__ == "__main__":
    follow(int(sys.argv[1]), sys.argv[2:])
