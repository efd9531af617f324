"""Forecast value added: what each step and each person added to published plans, and which items to leave alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.forecast_value_added import SAME, SUMS, touchless, value_added_by
from analytics.forecast_value_added import value_added as value_gained
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import overrides as edited
from data.queries import value_added as rows
from services import company_rules
from services.item_classes import boxes
from services.listed_rows import PAGE_ROWS, Sort, one_page
from services.overrides import first_open_month
from services.plain_rows import plain_rows
from services.plan_rules import TouchlessRules
from services.plan_versions import CONSENSUS, DEMAND, SUBJECT

STEPS = ("statistical", "events", "sales", "marketing", "customer", "finance", "planner", "consensus")
"""In the order in which they follow each other; naive stands before the first."""
NAIVE = "naive"
KINDS = (DEMAND, CONSENSUS)
DEEPEST_LAG = 12
ITEM = ["product_id", "location_id"]
NOBODY = 0
NAMES = ("code", "name", "category", "location", "box")
FIGURES = (*SUMS, "before_wmape", "after_wmape", "value_added", "money")
ITEM_COLUMNS = (*NAMES, *FIGURES)
TOUCHLESS_COLUMNS = (*NAMES, "months", "last_month", *FIGURES)


@dataclass(frozen=True, slots=True)
class ValueFilters:
    """What is judged: the lag, plans of a kind (empty: the last of either), items of a box of ABC and XYZ; and what
    the list of items is of: a step, and the id of a person. Texts, as an address has them."""

    lag: str = "1"
    kind: str = ""
    box: str = ""
    step: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Stair:
    """WMAPE over all cells after a step, and what it added, shares; naive added nothing."""

    step: str
    error: float
    added: float | None


@dataclass(frozen=True, slots=True)
class ValueAdded:
    """Steps, people and classes, a row each with SUMS, before_wmape, after_wmape and value_added (shares). ``stair``:
    every step over all cells, put onto what stood before it. ``lags``: the farthest there is."""

    steps: list[dict[str, Any]]
    people: list[dict[str, Any]]
    classes: list[dict[str, Any]]
    stair: list[Stair]
    lag: int
    lags: int


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items of a list and how many it has."""

    rows: list[dict[str, Any]]
    total: int


def value_added(viewer: Viewer, filters: ValueFilters) -> ValueAdded:
    """What every step, person and class of items added to the published plans at a lag.

    Inputs: a viewer with plan.read, filters of which step and person are not looked at.
    Returns: ValueAdded; without a plan of a month that is over all its lists are empty. Streams are judged on the
        cells where they spoke, against statistics with events; statistics against naive, on every cell.
    Raises: NotAllowed.
    Source: formulas.md 3.1, FVA; Gilliland; lag: glossary.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        lags = _lags(session, filters)
        lag = min(_lag(filters), lags) or 1
        steps = _within(session, viewer, _sums(session, viewer, rows.steps, filters, lag), filters.box)
        people = _within(session, viewer, _sums(session, viewer, rows.people, filters, lag), filters.box)
        names = {row.id: row.name for row in edited.people(session)}
        classed = _classes(session, viewer, steps)
    by_step = value_added_by(steps, by=["step"])
    listed = plain_rows(by_step.reindex([step for step in STEPS if step in by_step.index]).reset_index())
    return ValueAdded(
        steps=listed,
        people=_named(people, names),
        classes=classed,
        stair=_stair(listed),
        lag=lag,
        lags=lags,
    )


def items(viewer: Viewer, filters: ValueFilters, *, start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()) -> ItemPage:
    """The items behind a figure, those to which most error was added in money first unless sorted otherwise.

    Inputs: a viewer with plan.read; filters: step (the consensus unless said) or person narrow too; first row and the
        one after the last; columns to sort by with whether descending.
    Returns: ItemPage; rows hold ITEM_COLUMNS, product_id, location_id and id; money is the error taken away in RM at
        the price, below 0 where some was added.
    Raises: NotAllowed.
    Source: screens.md 7.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        lag = min(_lag(filters), _lags(session, filters)) or 1
        query = rows.people if filters.person else rows.steps
        found = _within(session, viewer, _sums(session, viewer, query, filters, lag), filters.box)
        step = filters.step if filters.step in STEPS else "" if filters.person else "consensus"
        if step:
            found = found[found["step"] == step]
        if filters.person:
            found = found[found["person_id"].astype(str) == filters.person]
        listed = _listed(session, viewer, value_added_by(found, by=ITEM).reset_index())
    return _page(listed, ITEM_COLUMNS, start=start, end=end, sort=sort)


def touchless_items(
    viewer: Viewer, filters: ValueFilters, *, start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()
) -> ItemPage:
    """Items that nobody should edit in the next cycle: people spoke of them often enough and did not make the plan
    better by what the company asks for.

    Inputs: as items; step and person are not looked at.
    Returns: ItemPage; rows hold TOUCHLESS_COLUMNS, product_id, location_id and id: the evidence.
    Raises: NotAllowed.
    Source: analytics.forecast_value_added.touchless; screens.md 7.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        lag = min(_lag(filters), _lags(session, filters)) or 1
        rules = company_rules.in_force(session, TouchlessRules)
        found = _within(session, viewer, _sums(session, viewer, rows.touched, filters, lag), filters.box)
        own = found[touchless(found, least_months=int(rules.months), least_gain=rules.gain)]
        spoken = own[[*ITEM, "months", "last_month"]]
        listed = _listed(session, viewer, value_added_by(own, by=ITEM).reset_index().merge(spoken, on=ITEM))
    return _page(listed, TOUCHLESS_COLUMNS, start=start, end=end, sort=sort)


def _lag(filters: ValueFilters) -> int:
    known = filters.lag.isascii() and filters.lag.isdigit() and len(filters.lag) <= 2
    return min(max(int(filters.lag), 1), DEEPEST_LAG) if known else 1


def _kinds(filters: ValueFilters) -> list[str]:
    return [filters.kind] if filters.kind in KINDS else list(KINDS)


def _lags(session: Session, filters: ValueFilters) -> int:
    return min(
        rows.farthest_lag(session, kinds=_kinds(filters), before=first_open_month(session)),
        DEEPEST_LAG,
    )


def _sums(
    session: Session, viewer: Viewer, query: Callable[..., pd.DataFrame], filters: ValueFilters, lag: int
) -> pd.DataFrame:
    """Kept in memory until a plan is published or demand changes: 600,000 cells are not read for every click."""
    before, kinds = first_open_month(session), _kinds(filters)
    return shared_frame(
        session,
        viewer,
        f"value_added_{query.__name__}",
        subjects=(SUBJECT, "demand"),
        args=(before, tuple(kinds), lag),
        compute=lambda: query(session, kinds=kinds, lag=lag, before=before, same=SAME),
    )


def _within(session: Session, viewer: Viewer, found: pd.DataFrame, box: str) -> pd.DataFrame:
    return found[_boxes(session, viewer, found) == box] if box else found


def _boxes(session: Session, viewer: Viewer, found: pd.DataFrame) -> pd.Series[Any]:
    known = boxes(session, viewer)
    known = known[~known.index.duplicated()]
    return pd.Series(known.reindex(pd.MultiIndex.from_frame(found[ITEM])).to_numpy(), index=found.index)


def _classes(session: Session, viewer: Viewer, steps: pd.DataFrame) -> list[dict[str, Any]]:
    """What people added to the plan of each class; what is not classified comes last."""
    agreed = steps[steps["step"] == "consensus"]
    if agreed.empty:
        return []
    named = agreed.assign(box=_boxes(session, viewer, agreed).fillna("none"))
    found = value_added_by(named, by=["box"]).sort_index(key=lambda index: index.map(lambda box: (box == "none", box)))
    return plain_rows(found.reset_index())


def _named(people: pd.DataFrame, names: dict[int, str]) -> list[dict[str, Any]]:
    if people.empty:
        return []
    found = value_added_by(people, by=["person_id", "step"]).reset_index()
    found["person"] = [names.get(int(person), _("nobody known")) for person in found["person_id"]]
    return plain_rows(found.sort_values(["person", "step"], kind="stable"))


def _stair(steps: list[dict[str, Any]]) -> list[Stair]:
    """Over all cells; a stream alone put onto statistics with events."""
    known = {row["step"]: row for row in steps}
    whole = known.get("consensus")
    if whole is None or whole["actual"] <= 0:
        return []
    sold, baseline = whole["actual"], whole["before"]
    stair: list[Stair] = []
    for row in steps:
        gained = row["before"] - row["after"]
        if row["step"] == "statistical":
            stair += [
                Stair(NAIVE, row["before_wmape"], None),
                Stair("statistical", row["after_wmape"], row["value_added"]),
            ]
        else:
            # The error of the baseline has that of the events in it.
            error = baseline - (0.0 if row["step"] == "events" else gained)
            stair.append(
                Stair(row["step"], error / sold, float(value_gained([(error + gained) / sold, error / sold])[0]))
            )
    return [step for step in stair if step.error is not None]


def _listed(session: Session, viewer: Viewer, found: pd.DataFrame) -> pd.DataFrame:
    named = found.merge(rows.items(session, found["product_id"].unique().tolist()), on=ITEM)
    named["box"] = _boxes(session, viewer, named).fillna("") if len(named) else ""
    return named.assign(money=(named["before"] - named["after"]) * named["price"])


def _page(found: pd.DataFrame, columns: tuple[str, ...], *, start: int, end: int, sort: Sort) -> ItemPage:
    page = one_page(found, sort, start=start, end=end, otherwise=(("money", False), ("code", False)), sortable=columns)
    listed = plain_rows(page[[*ITEM, *columns]])
    return ItemPage([{**row, "id": f"{row['product_id']}-{row['location_id']}"} for row in listed], len(found))
