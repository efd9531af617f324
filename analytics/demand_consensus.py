"""One figure out of several: the demand plan that statistics and people agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray

Ints = NDArray[np.int64]
BASELINE = "baseline"


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Figures of one stream, a cell each: row and period of the baseline, and the quantity in units."""

    row: Ints
    period: Ints
    quantity: FloatArray

    def dense(self, shape: tuple[int, int]) -> FloatArray:
        """Rows x periods, NaN where the stream said nothing."""
        table = np.full(shape, np.nan)
        table[self.row, self.period] = self.quantity
        return table


def consensus(
    baseline: FloatArray,
    streams: Mapping[str, Cells],
    *,
    weights: Mapping[str, FloatArray],
    decided: Cells | None = None,
) -> FloatArray:
    """The weighted mean of the baseline and of the streams that spoke; what was decided stands as it is.

    Inputs: baseline: rows x periods, units; streams: their cells, each cell at most once a stream; weights: by stream,
        and by BASELINE, (rows,), none below 0; decided: cells whose figure is taken without weighing.
    Returns: rows x periods, units. Where no stream spoke, or all that spoke weigh nothing, the baseline.
    Raises: AnalyticsError for a weight below 0; KeyError for a stream without weights.
    Source: Bates & Granger 1969 (combination of forecasts); weights: docs/demand-plan.md.
    """
    if any((weight < 0).any() for weight in weights.values()):
        raise AnalyticsError("weights must not be below 0")
    result = baseline.copy()
    if streams:
        _weigh(result, streams, weights)
    if decided is not None:
        result[decided.row, decided.period] = decided.quantity
    return result


def _weigh(result: FloatArray, streams: Mapping[str, Cells], weights: Mapping[str, FloatArray]) -> None:
    row = np.concatenate([cells.row for cells in streams.values()])
    period = np.concatenate([cells.period for cells in streams.values()])
    weight = np.concatenate([weights[name][cells.row] for name, cells in streams.items()])
    quantity = np.concatenate([cells.quantity for cells in streams.values()])
    cell, place = np.unique(row * result.shape[1] + period, return_inverse=True)
    row, period = cell // result.shape[1], cell % result.shape[1]
    own = weights[BASELINE][row]
    total = own + np.bincount(place, weights=weight, minlength=len(cell))
    said = np.bincount(place, weights=weight * quantity, minlength=len(cell))
    mean = (own * result[row, period] + said) / np.where(total > 0, total, 1.0)
    result[row, period] = np.where(total > 0, mean, result[row, period])
