"""What speaks against an event: others for the same goods, too few hours to make them, too little stock."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from core.i18n import _, counted, day
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import event_sales as rows
from services.capacity import overloads
from services.supply_planned import SUBJECTS, Planned, planned

WEEK = timedelta(days=6)
OWED = -0.5
SHOWN = 3
Clashes = dict[int, list[str]]


def clashes(session: Session, viewer: Viewer, *, since: date, until: date) -> Clashes:
    """Warnings about the promotions and price changes of some days that were not called off.

    Inputs: an open session and the viewer; two days, both included.
    Returns: sentences by event: the same item in another event, an item that another event takes sales from, resources
        that are over in its weeks, stock that the supply plan owes in its weeks. Events without any are left out.
    Raises: nothing.
    Source: screens.md 25.
    """
    return shared_frame(
        session,
        viewer,
        "event_clashes",
        subjects=tuple(dict.fromkeys((*SUBJECTS, "event"))),
        args=(since, until),
        compute=lambda: _clashes(session, viewer, since, until),
    )


def _clashes(session: Session, viewer: Viewer, since: date, until: date) -> Clashes:
    live = rows.live(session, since=since, until=until)
    if live.empty:
        return {}
    found = planned(session, viewer)
    told: Clashes = {}
    for event_id, text in [
        *_same_item(live),
        *_cannibalised(live),
        *_overloaded(live, overloads(session, found)),
        *_owed(live, found),
    ]:
        told.setdefault(event_id, []).append(text)
    return told


def _pairs(live: pd.DataFrame, on: str) -> pd.DataFrame:
    """Rows of different events that meet in time, place and channel."""
    pairs = live.merge(live, on=on, suffixes=("", "_other"))
    pairs = pairs[pairs["event_id"] != pairs["event_id_other"]]
    met = (pairs["starts_on"] <= pairs["ends_on_other"]) & (pairs["starts_on_other"] <= pairs["ends_on"])
    for name in ("location_id", "channel_id"):
        one, other = pairs[name], pairs[f"{name}_other"]
        met &= one.isna() | other.isna() | (one == other)
    return pairs[met]


def _same_item(live: pd.DataFrame) -> list[tuple[int, str]]:
    pairs = _pairs(live, "product_id")
    return [
        (
            event_id,
            _("Same item %(items)s in %(events)s.", items=_few(group["product"]), events=_few(group["code_other"])),
        )
        for event_id, group in _grouped(pairs, "event_id")
    ]


def _cannibalised(live: pd.DataFrame) -> list[tuple[int, str]]:
    takers = live[live["cannibalisation"] > 0]
    if takers.empty:
        return []
    pairs = _pairs(live[live["family"].isin(set(takers["family"].dropna()))], "family")
    pairs = pairs[(pairs["cannibalisation_other"] > 0) & (pairs["product_id"] != pairs["product_id_other"])]
    return [
        (
            event_id,
            _("%(events)s takes sales from %(items)s.", events=_few(group["code_other"]), items=_few(group["product"])),
        )
        for event_id, group in _grouped(pairs, "event_id")
    ]


def _overloaded(live: pd.DataFrame, over: pd.DataFrame) -> list[tuple[int, str]]:
    met = _in_weeks(live, over)
    return [
        (
            event_id,
            _(
                "Capacity: %(resources)s is over in the week of %(week)s.",
                resources=_few(group["resource"]),
                week=day(group["week"].min()),
            ),
        )
        for event_id, group in _grouped(met, "event_id")
    ]


def _owed(live: pd.DataFrame, found: Planned) -> list[tuple[int, str]]:
    week, node = np.nonzero(found.plan.stock < OWED)
    nodes = found.model.nodes
    owed = pd.DataFrame(
        {
            "week": np.array(found.model.weeks, dtype=object)[week],
            "product_id": nodes["product_id"].to_numpy()[node],
        }
    ).drop_duplicates()
    return [
        (
            event_id,
            _("Stock: the plan owes %(items)s in the week of %(week)s.", items=_few(group["product"]),
              week=day(group["week"].min())),
        )
        for event_id, group in _grouped(_in_weeks(live, owed), "event_id")
    ]  # fmt: skip


def _in_weeks(live: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Findings of a product in the weeks of its events."""
    met = live.merge(found, on="product_id")
    if met.empty:
        return met
    return met[
        (met["week"] <= met["ends_on"])
        & (pd.Series([week + WEEK for week in met["week"]], met.index) >= met["starts_on"])
    ]


def _grouped(frame: pd.DataFrame, by: str) -> list[tuple[int, pd.DataFrame]]:
    return [(int(str(key)), group) for key, group in frame.groupby(by)]


def _few(names: pd.Series) -> str:
    """The first few, and how many more."""
    found = sorted(set(names))
    rest = len(found) - SHOWN
    shown = ", ".join(found[:SHOWN])
    return counted("%(names)s and 1 more", "%(names)s and %(count)s more", rest, names=shown) if rest > 0 else shown
