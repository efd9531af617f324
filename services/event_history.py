"""Past promotions, each beside what would have been sold without it, and what can be learned from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.event_sales import AFTER_DAYS, BASE_DAYS, Bools, Ints, event_sales, window_days
from analytics.inputs import FloatArray
from analytics.promotion_uplift import LearnedUplift, learned_uplift
from core.clock import today
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import event_sales as rows

LEARNED_MONTHS = 36
MOST_EVENTS = 20_000
"""Products and channels of events that are learned from, the newest ones."""
FEWEST_WEEKS = 4
LEAST_SEASON, MOST_SEASON = 0.3, 3.0
ALL = 0
Panel = tuple[FloatArray, Ints]
MEASURES = ("actual", "usual", "actual_after", "usual_after")


@dataclass(frozen=True, slots=True, eq=False)
class EventHistory:
    """``past``: a row for each product and channel of a past promotion with actual and usual units while it ran and in
    the week after (``*_after``), the same in money (``*_revenue``), the rest of the family (``sisters_*``); usual
    figures are those of ordinary days around it, adjusted for the season. ``learned``: what follows."""

    past: pd.DataFrame
    learned: LearnedUplift


def event_history(session: Session, viewer: Viewer) -> EventHistory:
    """What past promotions did, kept in memory until sales or those events change.

    Inputs: an open session and the viewer.
    Returns: EventHistory of promotions that ended, with the week after them, within LEARNED_MONTHS; at most
        MOST_EVENTS. Not to be changed.
    Raises: nothing of its own.
    Source: docs/guide/marketing-calendar.md.
    """
    before = today() - timedelta(days=AFTER_DAYS)
    since = (pd.Timestamp(today()) - pd.DateOffset(months=LEARNED_MONTHS)).date()
    state = tuple(int(value) for value in rows.state(session, since=since, before=before))
    return shared_frame(
        session,
        viewer,
        "event_history",
        subjects=("demand", "products", "master"),
        args=(today(), state),
        compute=lambda: _history(session, since, before),
    )


def _history(session: Session, since: date, before: date) -> EventHistory:
    events = rows.promotions(session, since=since, before=before, limit=MOST_EVENTS)
    past = _measured(session, events) if len(events) else _nothing(events)
    known = past[past["weeks_sold"] >= FEWEST_WEEKS]
    return EventHistory(past=past, learned=learned_uplift(known))


def _nothing(events: pd.DataFrame) -> pd.DataFrame:
    names = [f"{name}{kind}" for kind in ("", "_revenue") for name in MEASURES]
    return events.reindex(columns=[*events.columns, *names, "sisters_usual", "sisters_actual", "weeks_sold"])


def _measured(session: Session, events: pd.DataFrame) -> pd.DataFrame:
    first_day, last_day = min(events["starts_on"]) - timedelta(days=BASE_DAYS), today() - timedelta(days=1)
    start, end = (_day_numbers(events[name], first_day) for name in ("starts_on", "ends_on"))
    length = end - start + 1
    width = window_days(length)
    day = start[:, None] + np.arange(width) - BASE_DAYS
    known = (day >= 0) & (day <= (last_day - first_day).days)
    ordinary = known & ~_of_events(events["product_id"].to_numpy(dtype=np.int64), start, end + AFTER_DAYS, day)
    units, money = _windows(session, events, day)
    result = events.copy()
    for kind, sold in (("", units), ("_revenue", money)):
        found = event_sales(sold, ordinary, length)
        for name in MEASURES:
            result[f"{name}{kind}"] = getattr(found, name)
        if not kind:
            result["weeks_sold"] = found.weeks_sold
    days = (last_day - first_day).days + 1
    families = rows.families(session, since=first_day, until=last_day)
    of_category = _panel(_free(events, families), ["category"], events, first_day, days)
    season, season_after = _season(of_category, day, known, length)
    for kind in ("", "_revenue"):
        result[f"usual{kind}"] *= season
        result[f"usual_after{kind}"] *= season_after
    sisters = _panel(families, ["family", "channel_id"], events, first_day, days)
    of_family = event_sales(np.where(known, _at(sisters, day) - units, 0.0), ordinary, length)
    return result.assign(sisters_usual=of_family.usual * season, sisters_actual=of_family.actual)


def _day_numbers(days: pd.Series, first: date) -> Ints:
    return np.asarray((pd.to_datetime(days) - pd.Timestamp(first)).dt.days, dtype=np.int64)


def _of_events(product: Ints, start: Ints, end: Ints, day: Ints) -> Bools:
    """Whether a day of a window is one of any event of the product, or of the week after it."""
    wide = int(max(end.max(), day.max())) + 2 - int(min(day.min(), 0))
    low = -int(min(day.min(), 0))
    key = product * wide + low
    begun = np.searchsorted(np.sort(key + start), key[:, None] + day, side="right")
    over = np.searchsorted(np.sort(key + end), key[:, None] + day, side="left")
    found: Bools = begun > over
    return found


def _windows(session: Session, events: pd.DataFrame, day: Ints) -> tuple[FloatArray, FloatArray]:
    width = day.shape[1]
    first = pd.to_datetime(events["starts_on"]) - pd.Timedelta(days=BASE_DAYS)
    last = first + pd.Timedelta(days=width - 1)
    windows = events.assign(first=first.dt.date, last=last.dt.date)
    sold = rows.sold(session, windows)
    place = sold["place"].to_numpy(dtype=np.int64) - 1
    column = (pd.to_datetime(sold["day"]) - pd.Series(first.to_numpy()[place], sold.index)).dt.days.to_numpy()
    units, money = np.zeros(day.shape), np.zeros(day.shape)
    units[place, column] = sold["quantity"].to_numpy(dtype=float)
    money[place, column] = sold["revenue"].to_numpy(dtype=float)
    return units, money


def _free(events: pd.DataFrame, families: pd.DataFrame) -> pd.DataFrame:
    """What was sold through channels in which nothing is ever promoted."""
    promoted = events["channel_id"]
    return families[:0] if promoted.isna().any() else families[~families["channel_id"].isin(set(promoted.astype(int)))]


def _season(panel: Panel, day: Ints, known: Bools, length: Ints) -> tuple[FloatArray, FloatArray]:
    """How much more the category sold in free channels in the days of an event, and after it, than around it."""
    found = event_sales(np.where(known, _at(panel, day), 0.0), known, length)
    ratios = []
    for actual, usual in ((found.actual, found.usual), (found.actual_after, found.usual_after)):
        ratio = np.divide(actual, usual, out=np.ones_like(actual), where=(usual > 0) & (actual > 0))
        ratios.append(np.clip(ratio, LEAST_SEASON, MOST_SEASON))
    return ratios[0], ratios[1]


def _panel(sold: pd.DataFrame, by: list[str], events: pd.DataFrame, first: date, days: int) -> tuple[FloatArray, Ints]:
    """Units of each group a day, and the group of each event; all channels are one group more of their family."""
    parts = sold
    if "channel_id" in by:
        parts = pd.concat([sold, sold.assign(channel_id=ALL)], ignore_index=True)
    wanted = events.assign(channel_id=events["channel_id"].fillna(ALL).astype("int64"))
    wanted = wanted.assign(**{name: wanted[name].fillna("") for name in by if name != "channel_id"})
    parts = parts.assign(**{name: parts[name].fillna("") for name in by if name != "channel_id"})
    index = pd.MultiIndex.from_frame(wanted[by].drop_duplicates())
    group = index.get_indexer(pd.MultiIndex.from_frame(wanted[by]))
    place = index.get_indexer(pd.MultiIndex.from_frame(parts[by])) if len(parts) else np.zeros(0, dtype=np.int64)
    table = np.zeros((len(index), days))
    inside = place >= 0
    column = _day_numbers(parts["day"], first) if len(parts) else np.zeros(0, dtype=np.int64)
    np.add.at(table, (place[inside], column[inside]), parts["quantity"].to_numpy(dtype=float)[inside])
    return table, np.asarray(group, dtype=np.int64)


def _at(panel: Panel, day: Ints) -> FloatArray:
    table, group = panel
    found: FloatArray = table[group[:, None], np.clip(day, 0, table.shape[1] - 1)]
    return found
