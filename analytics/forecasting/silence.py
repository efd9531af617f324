"""Runs of zeros too long to be chance: the product was not on sale, which says nothing of its demand."""

import numpy as np
from numpy.typing import NDArray

from analytics.inputs import FloatArray

# How likely a run may be in a whole history before it is taken for a stock-out or a pause in listing.
_CHANCE = 1e-6
_ROUNDS = 3


def improbable_silence(values: FloatArray) -> NDArray[np.bool_]:
    """Zeros of runs that ended, and that the share of zeros outside of them makes all but impossible.

    Inputs: values: periods x series, NaN where not known.
    Returns: periods x series.
    Raises: nothing.
    Source: censored demand, Nahmias 1994; runs of Bernoulli trials.
    """
    zero, known = values == 0, ~np.isnan(values)
    run = _run_lengths(zero)
    silent = np.zeros_like(zero)
    for _round in range(_ROUNDS):
        heard = known & ~silent
        periods = np.maximum(heard.sum(axis=0), 1)
        # With half a zero more the share is never nothing.
        share = np.clip(((zero & heard).sum(axis=0) + 0.5) / (periods + 1), 0.0, 1 - _CHANCE)
        silent = zero & (run > np.log(_CHANCE / periods) / np.log(share)) & _ended(zero)
    return np.asarray(silent)


def _run_lengths(zero: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Length of the run of zeros that every cell is in."""
    before, after = np.zeros(zero.shape, dtype=np.int64), np.zeros(zero.shape, dtype=np.int64)
    count = np.zeros(zero.shape[1], dtype=np.int64)
    for row in range(len(zero)):
        count = np.where(zero[row], count + 1, 0)
        before[row] = count
    count = np.zeros(zero.shape[1], dtype=np.int64)
    for row in range(len(zero) - 1, -1, -1):
        count = np.where(zero[row], count + 1, 0)
        after[row] = count
    return np.where(zero, before + after - 1, 0)


def _ended(zero: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells with demand somewhere after them."""
    return np.asarray(np.logical_or.accumulate(~zero[::-1], axis=0)[::-1])
