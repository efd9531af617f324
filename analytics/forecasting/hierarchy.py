"""The tree behind a plan: leaves such as product x location x channel, and every total that is planned above them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from analytics.errors import AnalyticsError
from analytics.forecasting.known import mean_known
from analytics.forecasting.panel import IntArray
from analytics.inputs import FloatArray

TOTAL = "total"
_BETWEEN = " x "


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """Nodes from the total down to the leaves, and the sums that bind them.

    nodes: a row per node: level (its keys, joined by " x "; "total" without any) and a column per key, "" where the
        node spans it. The leaves are the last rows, in the order they were given.
    levels: names in the order of the nodes, the leaves' own last.
    membership: levels x leaves, the node that holds the leaf on the level.
    summing: nodes x leaves, the matrix S of ones: demand of all nodes = S @ demand of the leaves.
    """

    nodes: pd.DataFrame
    levels: tuple[str, ...]
    membership: IntArray
    summing: csr_matrix

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return int(self.membership.shape[1])

    def level(self, name: str) -> int:
        """Position of a level among the levels."""
        if name not in self.levels:
            raise AnalyticsError(f"no level {name}: there are {', '.join(self.levels)}")
        return self.levels.index(name)

    def aggregated(self, leaf_values: FloatArray) -> FloatArray:
        """Values of all nodes from those of the leaves: rows x leaves to rows x nodes; NaN where no leaf is known."""
        known = ~np.isnan(leaf_values)
        totals = (self.summing @ np.where(known, leaf_values, 0.0).T).T
        return np.asarray(np.where((self.summing @ known.T.astype(np.float64)).T > 0, totals, np.nan))

    def level_means(self, node_values: FloatArray) -> FloatArray:
        """Mean of the known values of each level, one per level."""
        position = self.level_positions()
        return np.array([mean_known(node_values[position == level], axis=0) for level in range(len(self.levels))])

    def level_positions(self) -> IntArray:
        """Position of the level of every node."""
        return np.asarray(pd.Categorical(self.nodes["level"], categories=list(self.levels)).codes, dtype=np.int64)


def hierarchy(leaves: pd.DataFrame, *, levels: Sequence[Sequence[str]] | None = None) -> Hierarchy:
    """The nodes above some leaves.

    Inputs: leaves: a row per leaf, a column of labels per key, such as product, family, location, channel; together
        they name the leaf. levels: keys of every level between total and leaves, coarse to fine, such as
        [("family",), ("product",), ("family", "location")]; None = every key on its own.
    Returns: Hierarchy; the total first and the leaves last are always there.
    Raises: AnalyticsError when there are no leaves or keys, a label is missing, two leaves have the same labels or
        a level names an unknown key.
    Source: Hyndman & Athanasopoulos, FPP3, section 11.1, grouped time series.
    """
    labels = _labels(leaves)
    inner = [(key,) for key in labels.columns] if levels is None else [tuple(level) for level in levels]
    every = tuple(labels.columns)
    chosen = list(dict.fromkeys([(), *(level for level in inner if set(level) != set(every)), every]))
    parts = [_level(labels, level) for level in chosen]
    first = np.cumsum([0, *(len(names) for names, _ in parts)])
    membership = np.stack([start + position for start, (_, position) in zip(first, parts, strict=False)])
    return Hierarchy(
        nodes=pd.concat([names for names, _ in parts], ignore_index=True),
        levels=tuple(_name(level) for level in chosen),
        membership=membership,
        summing=_summing(membership, nodes=int(first[-1])),
    )


def _labels(leaves: pd.DataFrame) -> pd.DataFrame:
    if leaves.empty:
        raise AnalyticsError("a hierarchy needs at least one leaf and one key")
    missing = leaves.columns[leaves.isna().any()]
    if len(missing):
        raise AnalyticsError(f"a leaf has no {', no '.join(missing)}")
    labels = leaves.astype(str).reset_index(drop=True)
    twice = labels.duplicated()
    if twice.any():
        raise AnalyticsError(f"two leaves are called {_BETWEEN.join(labels[twice].iloc[0])}")
    return labels


def _level(labels: pd.DataFrame, keys: tuple[str, ...]) -> tuple[pd.DataFrame, IntArray]:
    """Nodes of a level, and which of them holds each leaf. The leaves' own level keeps their order."""
    unknown = [key for key in keys if key not in labels.columns]
    if unknown:
        raise AnalyticsError(f"a level names unknown keys: {', '.join(unknown)}")
    kept = labels.assign(**{key: "" for key in labels.columns if key not in keys})
    leaf_level = len(keys) == len(labels.columns)
    position = np.arange(len(kept)) if leaf_level else kept.groupby(list(kept.columns)).ngroup().to_numpy()
    nodes = kept.iloc[np.unique(position, return_index=True)[1]]
    nodes.insert(0, "level", _name(keys))
    return nodes, position.astype(np.int64)


def _name(keys: tuple[str, ...]) -> str:
    return _BETWEEN.join(keys) or TOTAL


def _summing(membership: IntArray, *, nodes: int) -> csr_matrix:
    levels, leaves = membership.shape
    columns = np.tile(np.arange(leaves), levels)
    return csr_matrix((np.ones(membership.size), (membership.ravel(), columns)), shape=(nodes, leaves))
