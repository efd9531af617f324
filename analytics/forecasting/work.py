"""Work on a panel cut into chunks of series, in this process or in several."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from analytics.forecasting.panel import IntArray

Task = TypeVar("Task")
Done = TypeVar("Done")
# (series done, series in all)
Report = Callable[[int, int], None]
# Large enough for the vectorised methods, small enough for a progress bar that moves.
CHUNK_SERIES = 32


def chunks(columns: IntArray) -> list[IntArray]:
    """Column positions in pieces of at most CHUNK_SERIES.

    Inputs: columns: positions of series.
    Returns: list of arrays, in order.
    Raises: nothing.
    Source: house convention.
    """
    return [columns[start : start + CHUNK_SERIES] for start in range(0, len(columns), CHUNK_SERIES)]


class Workers:
    """Runs one function over many tasks, results in the order of the tasks."""

    def __init__(self, pool: ProcessPoolExecutor | None) -> None:
        self._pool = pool

    def run(self, function: Callable[[Task], Done], tasks: Sequence[Task]) -> Iterator[Done]:
        """Results one by one, as soon as they are there."""
        return self._pool.map(function, tasks) if self._pool else map(function, tasks)


@contextmanager
def workers(processes: int) -> Iterator[Workers]:
    """A Workers over so many processes; leaving it early drops the tasks that have not begun.

    Inputs: processes: 1 works in this process; more are started afresh (spawn) and import this package,
        a second or two that pays from about half a minute of work on.
    Returns: context manager.
    Raises: whatever a task raises.
    Source: house convention.
    """
    if processes <= 1:
        yield Workers(None)
        return
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        yield Workers(pool)
    finally:
        pool.shutdown(cancel_futures=True)


class Progress:
    """Turns units of work into series done, so that both stages of a run move one bar."""

    def __init__(self, report: Report | None, *, series: int, units: int) -> None:
        self._report = report
        self._series = series
        self._units = max(units, 1)
        self._done = 0
        self.add(0)

    def add(self, units: int) -> None:
        """So many more units are done."""
        self._done += units
        if self._report is not None:
            self._report(self._series * self._done // self._units, self._series)
