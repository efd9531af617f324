"""The processes a file forecast may use."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from analytics.forecasting.request import Mode


@contextmanager
def workers(processes: int, *, mode: Mode) -> Iterator[Executor | None]:
    """Processes for the engine, each with one thread.

    Inputs: processes: how many; mode: of the forecast.
    Returns: context of an executor, None when one process is enough: this one.
    Raises: nothing.
    Source: house convention.
    """
    if mode == "full":
        # Loaded once for all processes, and before its threads are limited.
        importlib.import_module("sklearn.ensemble")
    # Threads inside gain next to nothing on small arrays, and on a busy machine wait most of the time.
    with threadpool_limits(limits=1):
        if processes == 1:
            yield None
            return
        # Forked at once, while they are small and no library has started threads that a fork would cut off.
        with ProcessPoolExecutor(processes, get_context("fork"), _end_with_parent) as executor:
            executor.submit(int).result()
            yield executor


def _end_with_parent() -> None:
    """A killed parent cannot stop its workers: they wait for work that never comes unless they look after it."""
    Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
