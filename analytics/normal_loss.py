"""Standard normal loss functions: how much demand is expected beyond k standard deviations of stock.

Array in, array out, one entry per item; NaN in, NaN out.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.inputs import FloatArray, floats

# Below this loss the factor is beyond 36 standard deviations and the logarithm would underflow.
_SMALLEST_LOSS = 1e-290
_NEWTON_STEPS = 60
# No probability mass is left beyond, in double precision.
_FAR = 38.0


def normal_loss(factor: ArrayLike) -> FloatArray:
    """First standard normal loss G(k), the expected excess of a standard normal over k.

    Inputs: factor: k, standard deviations, per item.
    Returns: G(k) >= 0, in standard deviations.
    Raises: AnalyticsError when the array is not 1-D.
    Source: Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., appendix C.3.
    """
    (k,) = floats(factor)
    return np.maximum(_density(k) - k * _tail(k), 0.0)


def second_normal_loss(factor: ArrayLike) -> FloatArray:
    """Second standard normal loss, half the expected squared excess of a standard normal over k.

    Inputs: factor: k, standard deviations, per item.
    Returns: array >= 0, in squared standard deviations.
    Raises: AnalyticsError when the array is not 1-D.
    Source: Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., appendix C.3.
    """
    (k,) = floats(factor)
    return np.maximum(((k**2 + 1) * _tail(k) - k * _density(k)) / 2, 0.0)


def inverse_normal_loss(loss: ArrayLike) -> FloatArray:
    """The factor k with G(k) = loss, to machine precision.

    Inputs: loss: expected excess in standard deviations, per item.
    Returns: k, negative for losses above 0.399; +inf for a loss of 0; NaN for a negative one.
    Raises: AnalyticsError when the array is not 1-D.
    Source: Newton's method on log G, which is concave, from the right of the root (monotone).
    """
    (target,) = floats(loss)
    solvable = np.where(target > 0, np.maximum(target, _SMALLEST_LOSS), np.nan)
    factor = _start_right_of_root(solvable)
    for _ in range(_NEWTON_STEPS):
        excess = _density(factor) - factor * _tail(factor)
        step = np.log(excess / solvable) * excess / _tail(factor)
        factor = factor + step
        if np.nanmax(np.abs(step), initial=0.0) < 1e-14:
            break
    return np.where(target == 0, np.inf, factor)


def _start_right_of_root(loss: FloatArray) -> FloatArray:
    peak = 1 / np.sqrt(2 * np.pi)
    right_of_small_loss = np.sqrt(-2 * np.log(np.minimum(loss, peak)))
    return np.asarray(np.where(loss < peak, right_of_small_loss, peak - loss))


def _density(k: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-(np.clip(k, -_FAR, _FAR) ** 2) / 2) / np.sqrt(2 * np.pi))


def _tail(k: FloatArray) -> FloatArray:
    return np.asarray(special.ndtr(-k))
