"""Minimum-trace reconciliation: the coherent forecasts nearest to the base forecasts, in units of their errors.

The covariance of the errors is kept as a diagonal and one factor per row of residuals, never as nodes x nodes, and
the system to be solved has the size of the aggregates: exact for tens of thousands of leaves in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, diags
from scipy.sparse.linalg import splu

from analytics.forecasting.hierarchy import Hierarchy
from analytics.forecasting.known import mean_known
from analytics.inputs import FloatArray

# A node that was never missed is still not known for certain; this share of the mean variance keeps W invertible.
_SMALLEST_VARIANCE = 1e-8
# The same for the correlations: with many residuals of few nodes nothing would be left on the diagonal.
_LEAST_SHRINKAGE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """W = diag(own) + common @ common.T: what every node has for itself (nodes), what they share (nodes x rows)."""

    own: FloatArray
    common: FloatArray


def structural(hierarchy: Hierarchy) -> Covariance:
    """Variance of a node in proportion to its number of leaves: for when nothing is known of the errors.

    Inputs: hierarchy: the nodes.
    Returns: Covariance without common factors.
    Raises: nothing.
    Source: Athanasopoulos, Hyndman, Kourentzes & Petropoulos 2017, structural scaling.
    """
    return _diagonal(np.asarray(hierarchy.summing.sum(axis=1)).ravel())


def of_variances(residuals: FloatArray, *, hierarchy: Hierarchy) -> Covariance:
    """Every node by its own mean squared residual, errors of different nodes taken as unrelated.

    Inputs: residuals: rows x nodes, actual minus base forecast, NaN where unknown.
    Returns: Covariance without common factors; a node without residuals is taken to be like its level.
    Raises: nothing.
    Source: Hyndman, Lee & Wang 2016, weighted least squares.
    """
    return _diagonal(_variances(residuals, hierarchy))


def shrunk(residuals: FloatArray, *, hierarchy: Hierarchy) -> Covariance:
    """Variances as of_variances, correlations as in the residuals but drawn towards none.

    Inputs: residuals: rows x nodes, actual minus base forecast, NaN where unknown.
    Returns: Covariance with a common factor per row that has a residual.
    Raises: nothing.
    Source: Wickramasuriya, Athanasopoulos & Hyndman 2019, MinT(Shrink).
    """
    variances = _variances(residuals, hierarchy)
    rows = residuals[~np.isnan(residuals).all(axis=1)]
    standard = np.nan_to_num(rows / np.sqrt(variances))
    weight = max(shrinkage(standard), _LEAST_SHRINKAGE)
    common = np.sqrt((1 - weight) / max(len(rows), 1)) * np.sqrt(variances)[:, None] * standard.T
    # Where residuals are missing the factors explain less: the diagonal keeps the variance whole.
    return Covariance(np.maximum(variances - (common**2).sum(axis=1), weight * variances), common)


def shrinkage(standard: FloatArray) -> float:
    """How far the correlations of residuals are to be drawn towards zero.

    Inputs: standard: rows x nodes, residuals in units of their own root mean square, 0 where unknown.
    Returns: the weight of the uncorrelated target, 0 to 1; 1 when there are fewer than two rows.
    Raises: nothing.
    Source: Schäfer & Strimmer 2005, section 2.4, uncentred as in Wickramasuriya et al. 2019. The sums over all pairs
        of nodes are taken from the (small) products of rows.
    """
    count = len(standard)
    if count < 2:
        return 1.0
    squares = standard**2
    correlations = ((standard @ standard.T) ** 2).sum() - (squares.sum(axis=0) ** 2).sum()
    products = (squares.sum(axis=1) ** 2).sum() - (squares**2).sum()
    if correlations <= 0:
        return 1.0
    variance = (products - correlations / count) / (count * (count - 1))
    return float(np.clip(variance / (correlations / count**2), 0.0, 1.0))


def projected(base: FloatArray, *, summing: csr_matrix, covariance: Covariance) -> FloatArray:
    """Leaves of the projection of the base forecasts onto what adds up.

    Inputs: base: periods x nodes, finite, leaves last; summing: nodes x leaves; covariance: of their errors.
    Returns: periods x leaves.
    Raises: nothing.
    Source: Wickramasuriya et al. 2019, section 2.4: y - W C'(C W C')^-1 C y, with C = [I, -A] and A the rows of S
        that make the aggregates; C W C' by sparse factors and the identity of Woodbury.
    """
    leaves = summing.shape[1]
    sums = summing[:-leaves]
    above, below = covariance.own[:-leaves], covariance.own[-leaves:]
    factors = splu(
        csc_matrix(diags(above) + sums @ diags(below) @ sums.T),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    common = _incoherence(covariance.common, sums)
    weights = _with_common(factors.solve, common, _incoherence(base.T, sums))
    change = below[:, None] * (sums.T @ weights) - covariance.common[-leaves:] @ (common.T @ weights)
    return np.asarray(base[:, -leaves:] + change.T)


def _diagonal(variances: FloatArray) -> Covariance:
    return Covariance(variances, np.zeros((len(variances), 0)))


def _variances(residuals: FloatArray, hierarchy: Hierarchy) -> FloatArray:
    squares = mean_known(residuals**2, axis=0)
    usual = np.nan_to_num(hierarchy.level_means(squares))[hierarchy.level_positions()]
    squares = np.where(np.isnan(squares), usual, squares)
    mean = float(squares.mean())
    return np.maximum(squares, _SMALLEST_VARIANCE * mean) if mean > 0 else np.ones_like(squares)


def _incoherence(columns: FloatArray, sums: csr_matrix) -> FloatArray:
    """C y: by how much every aggregate exceeds the sum of its leaves."""
    aggregates = sums.shape[0]
    return np.asarray(columns[:aggregates] - sums @ columns[aggregates:])


def _with_common(solve: Callable[[FloatArray], FloatArray], common: FloatArray, gap: FloatArray) -> FloatArray:
    """(K + common common')^-1 gap, where solve is K^-1."""
    plain = solve(gap)
    if not common.shape[1]:
        return plain
    spread = solve(common)
    inner = np.eye(common.shape[1]) + common.T @ spread
    return np.asarray(plain - spread @ np.linalg.solve(inner, common.T @ plain))
