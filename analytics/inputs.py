"""Reading of arguments: arrays of one length, frame columns by name, nothing but finite floats.

Missing is NaN everywhere in analytics; an infinite input is no quantity and becomes NaN too, so that the
formulas need no guards of their own against inf - inf.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.errors import AnalyticsError

FloatArray = NDArray[np.float64]


def floats(*values: ArrayLike) -> tuple[FloatArray, ...]:
    """Arguments as 1-D float arrays of one common length.

    Inputs: values: scalars or 1-D arrays, one entry per item; scalars count for every item.
    Returns: as many arrays as given, all 1-D and equally long, NaN where not finite.
    Raises: AnalyticsError when the lengths differ or an array has two dimensions.
    Source: house convention.
    """
    arrays = [np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in values]
    if any(array.ndim > 1 for array in arrays):
        raise AnalyticsError("items must be one-dimensional")
    try:
        common = np.broadcast_arrays(*arrays)
    except ValueError as error:
        raise AnalyticsError(f"lengths differ: {[array.size for array in arrays]}") from error
    return tuple(np.where(np.isfinite(array), array, np.nan) for array in common)


def not_negative(*values: ArrayLike) -> tuple[FloatArray, ...]:
    """As floats, for quantities that cannot be below zero: a negative one is a data error and becomes NaN.

    Inputs: values: scalars or 1-D arrays, one entry per item.
    Returns: as many arrays as given, each entry >= 0 or NaN.
    Raises: AnalyticsError as floats does.
    Source: house convention.
    """
    return tuple(np.where(array >= 0, array, np.nan) for array in floats(*values))


def require_columns(frame: pd.DataFrame, *names: str) -> None:
    """Refuse a frame that lacks part of its contract.

    Inputs: frame: any; names: the columns it must have.
    Returns: nothing.
    Raises: AnalyticsError naming every missing column.
    Source: house convention.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise AnalyticsError(f"missing columns: {', '.join(missing)}")


def column(frame: pd.DataFrame, name: str, *, default: float = np.nan) -> FloatArray:
    """One numeric column as floats; what is not there, or missing in a row, takes the default.

    Inputs: frame: any; name: a numeric column (float, int, Decimal or nullable); default: value for missing.
    Returns: array of the frame's length, finite or NaN.
    Raises: ValueError of NumPy when the column holds text.
    Source: house convention.
    """
    if name not in frame.columns:
        return np.full(len(frame), default)
    (values,) = floats(frame[name].to_numpy(dtype=np.float64, na_value=np.nan))
    return np.where(np.isnan(values), default, values)
