"""Two published plans beside each other, or one beside the plan of now, by group and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics.inputs import FloatArray
from analytics.plan_stability import changed_share
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.frames import shared_frame
from data.queries import plan_versions as heads
from data.queries import published_plans as rows
from services.demand_plan import SUBJECTS as DEMAND_SUBJECTS
from services.demand_plan import demand_plan
from services.form_values import row_id
from services.plain_rows import plain_rows
from services.plan_versions import CONSENSUS, DEMAND, SUPPLY, supply_by_month, version_name
from services.supply_planned import SUBJECTS as SUPPLY_SUBJECTS
from services.supply_planned import planned

LEVELS = ("category", "family", "product")
MEASURES = {DEMAND: ("consensus",), CONSENSUS: ("consensus",), SUPPLY: ("receipts", "demand", "end_stock", "owed")}
SCOPE = ("category", "family", "product", "location", "kind")
UNITS, MONEY = "units", "money"
NOW = "now"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two plans by group and month. ``rows``: key, name, unit, one and other (their totals), change, share (of one,
    None where it is 0) and ``m0`` … the change of each of ``months``; the largest change first. ``one`` and ``other``
    are what the plans are called; figures in RM, or in units where a group has one unit of measure."""

    one: str
    other: str
    measure: str
    by: str
    months: list[date]
    rows: list[dict[str, Any]]
    totals: dict[str, list[float]]


def compare(
    viewer: Viewer,
    one: object,
    other: object,
    *,
    by: str = "category",
    measure: str = "",
    shown: str = MONEY,
    **narrowed: str,
) -> Compared:
    """A published plan beside another one or the plan of now, in the months that both have.

    Inputs: a viewer with plan.read; ids as a browser sent them, other may be NOW; by: one of LEVELS; measure: one of
        those of the kind, the first unless said; shown: MONEY (demand at list price, supply at cost) or UNITS;
        narrowed: texts by the names of SCOPE, empty ones narrow nothing.
    Returns: Compared.
    Raises: NotAllowed; NotFound; InvalidInput for a demand plan beside a supply plan, or an unknown level.
    Source: screens.md 14, 24.
    """
    require(viewer, Permission.PLAN_READ)
    if by not in LEVELS:
        raise InvalidInput(_("Choose category, family or item."))
    scope = {"by": by, **{name: narrowed.get(name, "") for name in SCOPE}}
    with session_scope(viewer) as session:
        head = published_head(session, one)
        known = MEASURES[head.kind]
        measure = measure if measure in known else known[0]
        first = _published(session, viewer, head, measure, scope)
        if other == NOW:
            name, second = _("now"), _current(session, viewer, measure, scope)
        else:
            beside = published_head(session, other)
            if measure not in MEASURES[beside.kind]:
                raise InvalidInput(_("A demand plan can't be compared with a supply plan: choose two of a kind."))
            name, second = head_name(beside), _published(session, viewer, beside, measure, scope)
    return _compared(first, second, names=(head_name(head), name), measure=measure, by=by, shown=shown)


def published_head(session: Session, version_id: object) -> Row[Any]:
    """What a published plan is.

    Inputs: an open session; an id as a browser sent it.
    Returns: its row: id, kind, first_period, number, months, summary and more.
    Raises: NotFound.
    Source: services.plan_versions.
    """
    found = heads.version(session, row_id(version_id))
    if found is None:
        raise NotFound(_("There is no such published plan."))
    return found


def head_name(head: Any) -> str:
    """What a published plan is called.

    Inputs: head: with kind, first_period and number.
    Returns: such as “Demand 2026-11 v2”.
    Raises: nothing.
    Source: screens.md 14.
    """
    kinds = {DEMAND: _("Demand"), CONSENSUS: _("Consensus"), SUPPLY: _("Supply")}
    return f"{kinds.get(head.kind, head.kind)} {version_name(head.first_period, head.number)}"


def _published(session: Session, viewer: Viewer, head: Row[Any], measure: str, scope: dict[str, str]) -> pd.DataFrame:
    return shared_frame(
        session,
        viewer,
        "published_sums",
        subjects=("products",),
        args=(head.id, measure, *scope.values()),
        compute=lambda: rows.sums(session, head.id, measure=measure, scope=scope),
    )


def _current(session: Session, viewer: Viewer, measure: str, scope: dict[str, str]) -> pd.DataFrame:
    """The same columns of the plan of now."""
    subjects = DEMAND_SUBJECTS if measure == "consensus" else SUPPLY_SUBJECTS
    make = _current_demand if measure == "consensus" else _current_supply
    return shared_frame(
        session,
        viewer,
        "current_sums",
        subjects=subjects,
        args=(measure, *scope.values()),
        compute=lambda: make(session, viewer, measure, scope),
    )


def _current_demand(session: Session, viewer: Viewer, _measure: str, scope: dict[str, str]) -> pd.DataFrame:
    plan = demand_plan(session, viewer)
    leaves = plan.base.leaves
    worth = leaves["unit_price"].astype(float).fillna(leaves["unit_cost"].astype(float)).fillna(0.0)
    # Only what is sold has demand of customers.
    items = leaves.rename(columns={"product": "code", "product_name": "name"}).assign(worth=worth, kind="finished")
    return _added_up(items, plan.base.months, plan.consensus, scope)


def _current_supply(session: Session, viewer: Viewer, measure: str, scope: dict[str, str]) -> pd.DataFrame:
    found = planned(session, viewer)
    months, figures = supply_by_month(found)
    nodes = found.model.nodes
    worth = nodes["unit_cost"].astype(float).fillna(nodes["unit_price"].astype(float)).fillna(0.0)
    return _added_up(nodes.assign(worth=worth), months, figures[measure].T, scope)


_COLUMNS = {"product": "code"}


def _added_up(items: pd.DataFrame, months: list[date], values: FloatArray, scope: dict[str, str]) -> pd.DataFrame:
    """Sums by group and month of (items, months)."""
    own = np.ones(len(items), dtype=bool)
    for name in SCOPE:
        if scope[name]:
            own &= (items[_COLUMNS.get(name, name)] == scope[name]).to_numpy()
    kept = items[own]
    by_item = scope["by"] == "product"
    groups = kept[_COLUMNS.get(scope["by"], scope["by"])].astype(object)
    cells = pd.DataFrame(
        {
            "key": np.repeat(groups.where(groups.notna(), "").to_numpy(), len(months)),
            "name": np.repeat(kept["name"].to_numpy(dtype=object), len(months)) if by_item else None,
            "period": months * len(kept),
            UNITS: values[own].ravel(),
            MONEY: (values[own] * kept["worth"].to_numpy()[:, None]).ravel(),
            "uom": np.repeat(kept["uom"].to_numpy(dtype=object), len(months)),
        }
    )
    sums = cells.groupby(["key", "period"]).agg(
        name=("name", "first"), units=(UNITS, "sum"), money=(MONEY, "sum"), least=("uom", "min"), most=("uom", "max")
    )
    return sums.assign(uom=sums["least"].where(sums["least"] == sums["most"])).reset_index()


def _compared(
    first: pd.DataFrame, second: pd.DataFrame, *, names: tuple[str, str], measure: str, by: str, shown: str
) -> Compared:
    months = sorted(set(first["period"]) & set(second["period"]))
    parts = [part[part["period"].isin(months)] for part in (first, second)]
    value = UNITS if shown == UNITS else MONEY
    tables = [part.pivot_table(index="key", columns="period", values=value, aggfunc="sum") for part in parts]
    keys = tables[0].index.union(tables[1].index)
    one, other = (table.reindex(index=keys, columns=months).fillna(0.0).to_numpy(dtype=float) for table in tables)
    named = pd.concat(parts).groupby("key").agg(name=("name", "first"), uom=("uom", _only)).reindex(keys)
    table = named.reset_index(names="key").assign(one=one.sum(axis=1), other=other.sum(axis=1))
    table["unit"] = "RM" if value == MONEY else named["uom"].to_numpy()
    table["change"] = table["other"] - table["one"]
    table["share"] = changed_share(table["change"], table["one"])
    table = table.join(pd.DataFrame(other - one, columns=[f"m{at}" for at in range(len(months))]))
    table = table.iloc[np.argsort(-table["change"].abs().to_numpy(), kind="stable")].drop(columns="uom")
    totals = {"one": one.sum(axis=0).tolist(), "other": other.sum(axis=0).tolist()}
    return Compared(*names, measure, by, months, plain_rows(table), totals)


def _only(units: pd.Series[str]) -> str:
    """The unit of measure of a group, empty where it has several."""
    return str(units.iloc[0]) if units.notna().all() and units.nunique() == 1 else ""
