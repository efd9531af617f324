"""The leaves of the demand plan by level: what each belongs to, and which of them a view is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from analytics.demand_consensus import Ints
from core.clock import today
from core.i18n import _
from core.viewer import Viewer
from data.frames import shared_frame
from services.demand_plan import BASE_SUBJECTS, DemandBase, demand_base

SCOPE = ("category", "family", "brand", "product", "region", "location", "channel")
"""What a view can be narrowed by."""
LEVELS = ("all", *SCOPE, "leaf")
"""What rows can stand for; a leaf is a product at a location through a channel."""
NAMED = ("product", "location", "channel")
"""Levels whose members have a name beside their code."""
BETWEEN = " · "

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level: the ``number`` of each leaf's member, and by number its ``keys`` and ``names``."""

    number: Ints
    keys: Texts
    names: Texts

    def place(self, key: str) -> int:
        """The number of a member, -1 for none."""
        at = int(np.searchsorted(self.keys, key))
        return at if at < len(self.keys) and self.keys[at] == key else -1


def leaf_levels(session: Session, viewer: Viewer) -> Mapping[str, Level]:
    """What each leaf belongs to at each level, kept in memory as long as the leaves are.

    Inputs: an open session and the viewer.
    Returns: Level by the names of LEVELS; what has no category, family, brand or region is of a member without key.
    Raises: nothing.
    Source: screens.md 3.
    """
    base = demand_base(session, viewer)
    return shared_frame(
        session,
        viewer,
        "demand_levels",
        subjects=BASE_SUBJECTS,
        args=(today(), base.fingerprint),
        compute=lambda: _levels(base),
    )


def leaves_of(levels: Mapping[str, Level], scope: Mapping[str, str]) -> Ints:
    """The leaves that a scope is about.

    Inputs: levels; scope: the key of a member by level, an empty text narrows nothing.
    Returns: places of leaves, ascending; none for a member that is not there.
    Raises: nothing.
    Source: none; ours.
    """
    inside = np.ones(len(levels["leaf"].number), dtype=bool)
    for name in SCOPE:
        if wanted := scope.get(name, ""):
            inside &= levels[name].number == levels[name].place(wanted)
    found: Ints = np.flatnonzero(inside)
    return found


def _levels(base: DemandBase) -> dict[str, Level]:
    leaves = base.leaves
    found = {"all": _level(pd.Series("", index=leaves.index), pd.Series(_("Everything"), index=leaves.index))}
    for name in SCOPE:
        keys = leaves[name].astype(object).where(leaves[name].notna(), "").astype(str)
        names = (
            keys + " " + leaves[f"{name}_name"].astype(str) if name in NAMED else keys.where(keys != "", _("(none)"))
        )
        found[name] = _level(keys, names)
    codes = [leaves[name].astype(str) for name in NAMED]
    found["leaf"] = _level(
        codes[0] + BETWEEN + codes[1] + BETWEEN + codes[2],
        codes[0] + " " + leaves["product_name"].astype(str) + BETWEEN + codes[1] + BETWEEN + codes[2],
    )
    return found


def _level(keys: pd.Series[str], names: pd.Series[str]) -> Level:
    number, known = pd.factorize(keys.to_numpy(dtype=object), sort=True)
    first = np.zeros(len(known), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return Level(np.asarray(number, dtype=np.int64), known, names.to_numpy(dtype=object)[first])
