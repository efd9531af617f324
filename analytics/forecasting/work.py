"""Work on a panel cut into chunks of series, with a count of what is done."""

from collections.abc import Callable

from analytics.forecasting.panel import IntArray

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
