"""Means over what is known: NaN marks the periods before a series, origins not judged, methods not asked."""

import numpy as np

from analytics.inputs import FloatArray


def mean_known(values: FloatArray, *, axis: int | tuple[int, ...]) -> FloatArray:
    """Mean of the entries that are not NaN.

    Inputs: values: any shape; axis: the axis or axes to average over.
    Returns: array without those axes, NaN where nothing is known.
    Raises: nothing.
    Source: definition; unlike numpy.nanmean it is silent where nothing is known.
    """
    known = ~np.isnan(values)
    count = np.asarray(known.sum(axis=axis))
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))
