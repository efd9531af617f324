"""How a run tells how far it is."""

from collections.abc import Callable

# (series done, series in all)
Report = Callable[[int, int], None]
