"""Drivers: what is known besides demand itself, for the history and the horizon."""

from dataclasses import dataclass

from analytics.inputs import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Drivers:
    """values are drivers x (periods + horizon) x series, NaN where unknown; names say which driver is which."""

    names: tuple[str, ...]
    values: FloatArray
