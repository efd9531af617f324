"""Agreements on what is shared with suppliers, and sharing it: each forecast is a version that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.supplier_forecast import NONE, bucket_of, buckets, smoothed
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, counted
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import supplier_planning as rows
from data.queries import supplier_stock as supplier_stock_rows
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id
from services.managed_weeks import shared_weeks
from services.partner_events import PartnerEvent, announce
from services.supply_planned import Planned, unlimited

BUCKETS, LEVELS = ("week", "month"), ("item", "location")
MOST_BUCKETS, MOST_SMOOTHING = 52, 12
VERSIONS_KEPT = 24
KEYS = ["product_id", "location_id"]
SHARES = ("near_warn", "near_bad", "far_warn", "far_bad")
PORTAL_PAGE = "/portal/supplier/forecast"
USUAL: Mapping[str, Any] = {
    "horizon": 6,
    "bucket": "month",
    "level": "item",
    "smoothing": 1,
    "firm_fence": 1,
    **dict(zip(SHARES, (0.05, 0.1, 0.15, 0.3), strict=True)),
}


@dataclass(frozen=True, slots=True)
class SharedSupplier:
    """A supplier and what is agreed: ``terms`` is empty without an agreement; ``number`` and ``shared_at`` are of the
    newest forecast that was shared."""

    id: int
    code: str
    name: str
    has_portal: bool
    terms: Mapping[str, Any]
    version: int
    number: int | None
    shared_at: Any

    @property
    def active(self) -> bool:
        return bool(self.terms) and is_shared(self.terms)


def suppliers(viewer: Viewer) -> list[SharedSupplier]:
    """All suppliers with their agreements, those that have one first.

    Inputs: a viewer with purchase.read.
    Returns: SharedSupplier each.
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        return [_shared(row) for row in rows.suppliers(session)]


def versions(viewer: Viewer, supplier_id: object) -> list[dict[str, Any]]:
    """The forecasts that were shared with a supplier, the newest first.

    Inputs: a viewer with purchase.read, and the supplier.
    Returns: dictionaries of id, number, plan_day, bucket, level, shared_at, shared_by, plan_period and plan_number of
        the demand plan that was published then (None: none was).
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = rows.shared_versions(session, row_id(supplier_id), limit=VERSIONS_KEPT)
        return [row._asdict() for row in found]


def save(viewer: Viewer, supplier_id: object, version: object, typed: Mapping[str, Any]) -> None:
    """Agree on what is shared with a supplier.

    Inputs: a viewer with purchase.edit; the supplier; the version on the screen, 0 for a new agreement; typed: the
        fields of SupplierAgreement, shares in per cent.
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput naming the field; Conflict when somebody else changed it.
    Source: screens.md 19.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    values = _terms(typed)
    with session_scope(viewer) as session:
        supplier = _supplier(session, supplier_id)
        before = rows.agreement(session, supplier.id, for_update=True)
        if not rows.save_agreement(session, supplier.id, values, seen=row_id(version)):
            name = supplier.name
            raise Conflict(
                _("Somebody else changed the agreement with %(name)s. Reload the page and look again.", name=name)
            )
        record(
            session,
            viewer,
            "supplier_agreement.save",
            subject="supplier",
            subject_id=supplier.id,
            before=None if before is None else _plain({name: getattr(before, name) for name in values}),
            after=_plain(values),
        )


def share(viewer: Viewer, supplier_id: object = None) -> list[str]:
    """Share the forecast of today's plan with one supplier, or with all whose agreement is in force.

    Inputs: a viewer with purchase.edit; the supplier, None for all.
    Returns: the names of those it was shared with.
    Raises: NotAllowed, NotFound; Conflict without an agreement in force.
    Source: screens.md 19; product.md: each publication is a version.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    with session_scope(viewer) as session:
        wanted = [found for found in map(_shared, rows.suppliers(session)) if found.active]
        if supplier_id is not None:
            wanted = [found for found in wanted if found.id == _supplier(session, supplier_id).id]
        if not wanted:
            raise Conflict(_("No agreement is in force. Save one that is shared from today or before, then share."))
        plan = unlimited(session, viewer)
        plan_version = rows.newest_plan_version(session)
        for found in wanted:
            _share_with(session, viewer, found, plan, plan_version)
    return [found.name for found in wanted]


def is_shared(terms: Mapping[str, Any]) -> bool:
    """Whether an agreement is in force today.

    Inputs: terms: with shared_from and shared_to.
    Returns: True or False.
    Raises: nothing.
    Source: none; ours.
    """
    return terms["shared_from"] <= today() and (terms["shared_to"] is None or today() <= terms["shared_to"])


def _share_with(
    session: Session, viewer: Viewer, found: SharedSupplier, plan: Planned, plan_version: int | None
) -> None:
    terms = found.terms
    times = buckets(plan.model.weeks[0], bucket=terms["bucket"], count=terms["horizon"])
    lines = shared_lines(plan, rows.sent_orders(session, found.id), supplier_id=found.id, terms=terms)
    values = {
        "supplier_id": found.id,
        "plan_day": today(),
        "plan_version_id": plan_version,
        "bucket": terms["bucket"],
        "level": terms["level"],
        "fence_ends_on": times[terms["firm_fence"]][0] if terms["firm_fence"] < len(times) else times[-1][1],
        "shared_by": viewer.user_id,
    }
    made, number = rows.add_forecast(session, values, lines)
    managed_weeks = shared_weeks(plan, supplier_stock_rows.managed(session, found.id))
    supplier_stock_rows.add_weeks(session, made, managed_weeks)
    record(
        session,
        viewer,
        "supplier_forecast.share",
        subject="supplier",
        subject_id=found.id,
        after={"forecast": made, "number": number, "lines": len(lines), "plan_version": plan_version},
    )
    company = None if not found.has_portal else rows.supplier(session, found.id)
    if company is not None:
        told = counted("%(count)s figure; please commit.", "%(count)s figures; please commit.", len(lines))
        title = _("Forecast %(number)s is shared with you", number=number)
        event = PartnerEvent("supplier_forecast.shared", "supplier_forecast", made, title, PORTAL_PAGE, told)
        announce(session, viewer, company.company_id, event)


def shared_lines(
    plan: Planned, sent: pd.DataFrame, *, supplier_id: int, terms: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What the plan needs of a supplier by item and bucket.

    Inputs: plan: not limited by what suppliers committed to; sent: open lines of sent orders; the supplier and its
        agreement.
    Returns: dictionaries of product_id, location_id (None by item), starts_on, ends_on, forecast (planned purchases and
        open orders, smoothed beyond the fence) and firm (sent orders), of items with any of both.
    Raises: nothing.
    Source: screens.md 19; analytics.supplier_forecast.
    """
    model = plan.model
    times = buckets(model.weeks[0], bucket=terms["bucket"], count=terms["horizon"])
    of_week = bucket_of(model.weeks, times)
    needed = _placed(pd.concat([_planned(plan, supplier_id), _open(plan, supplier_id)]), of_week, terms["level"])
    days = (pd.to_datetime(sent["due_on"]) - pd.Timestamp(model.weeks[0])).dt.days
    week = (days // 7).clip(lower=0).astype("int64")
    ordered = _placed(sent.assign(week=week)[week < len(of_week)], of_week, terms["level"])
    keys = pd.concat([needed[KEYS], ordered[KEYS]]).drop_duplicates().sort_values(KEYS).reset_index(drop=True)
    firm = _table(ordered, keys, len(times))
    forecast = smoothed(_table(needed, keys, len(times)), over=terms["smoothing"], after=terms["firm_fence"])
    forecast = np.maximum(forecast, firm)
    return [
        {
            "product_id": int(product_id),
            "location_id": None if location_id == 0 else int(location_id),
            "starts_on": first,
            "ends_on": end,
            "forecast": Decimal(str(round(float(forecast[row, at]), 4))),
            "firm": Decimal(str(round(float(firm[row, at]), 4))),
        }
        for row, (product_id, location_id) in enumerate(keys.itertuples(index=False))
        for at, (first, end) in enumerate(times)
    ]


def _planned(plan: Planned, supplier_id: int) -> pd.DataFrame:
    sources = plan.model.sources
    own = np.flatnonzero((sources["kind"] == "buy") & (sources["supplier_id"] == supplier_id))
    week, place = np.nonzero(plan.plan.receipts[:, own])
    node = sources["node"].to_numpy(dtype=np.int64)[own[place]]
    quantity = plan.plan.receipts[week, own[place]]
    return plan.model.nodes.loc[node, KEYS].reset_index(drop=True).assign(week=week, quantity=quantity)


def _open(plan: Planned, supplier_id: int) -> pd.DataFrame:
    """Open orders, drafts too: they are needed as well."""
    firm = plan.model.firm
    own = firm[(firm["kind"] == "buy") & (firm["supplier_id"] == supplier_id) & (firm["week"] < len(plan.model.weeks))]
    own = own.dropna(subset=["node"])
    keys = plan.model.nodes.loc[own["node"].astype("int64"), KEYS].reset_index(drop=True)
    return keys.assign(week=own["week"].to_numpy(dtype=np.int64), quantity=own["quantity"].to_numpy(dtype=float))


def _placed(found: pd.DataFrame, of_week: np.ndarray, level: str) -> pd.DataFrame:
    """With the bucket; by item all places are one, number 0."""
    bucket = of_week[found["week"].to_numpy(dtype=np.int64)]
    placed: pd.DataFrame = found.assign(bucket=bucket)[bucket != NONE]
    return placed.assign(location_id=0) if level == "item" else placed


def _table(found: pd.DataFrame, keys: pd.DataFrame, count: int) -> np.ndarray:
    """(items, buckets)."""
    table = np.zeros((len(keys), count))
    if not found.empty:
        row = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(found[KEYS]))
        np.add.at(table, (row, found["bucket"].to_numpy(dtype=np.int64)), found["quantity"].to_numpy(dtype=float))
    return table


def _shared(row: Any) -> SharedSupplier:
    values = row._asdict()
    head = {name: values.pop(name) for name in ("id", "code", "name", "number", "shared_at")}
    company, version = values.pop("company_id"), values.pop("version") or 0
    terms = values if version else {}
    return SharedSupplier(**head, has_portal=company is not None, terms=terms, version=version)


def _supplier(session: Session, supplier_id: object) -> Any:
    found = rows.supplier(session, row_id(supplier_id))
    if found is None:
        raise NotFound(_("There is no such supplier."))
    return found


def _terms(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, checked."""
    horizon = _whole(typed.get("horizon"), _("Horizon"), least=1, most=MOST_BUCKETS)
    shared_from = calendar_day(typed.get("shared_from"), name=_("Shared from"))
    shared_to = calendar_day(typed["shared_to"], name=_("Shared to")) if typed.get("shared_to") else None
    if shared_to is not None and shared_to < shared_from:
        raise InvalidInput(_("Shared to: the last day can't be before the first."))
    terms: dict[str, Any] = {
        "horizon": horizon,
        "bucket": _one_of(typed.get("bucket"), BUCKETS, _("Bucket")),
        "level": _one_of(typed.get("level"), LEVELS, _("Level")),
        "smoothing": _whole(typed.get("smoothing"), _("Smoothing"), least=1, most=MOST_SMOOTHING),
        "firm_fence": _whole(typed.get("firm_fence"), _("Firm fence"), least=0, most=horizon),
        **{name: _share_of(typed.get(name), share_names()[name]) for name in SHARES},
        "shared_from": shared_from,
        "shared_to": shared_to,
    }
    for near in ("near", "far"):
        if terms[f"{near}_warn"] > terms[f"{near}_bad"]:
            raise InvalidInput(
                _("%(name)s: the warning has to come before the alarm.", name=share_names()[f"{near}_warn"])
            )
    return terms


def share_names() -> dict[str, str]:
    """What the thresholds are called.

    Inputs: none.
    Returns: texts by field.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        "near_warn": _("Warning within the fence, %"),
        "near_bad": _("Alarm within the fence, %"),
        "far_warn": _("Warning beyond the fence, %"),
        "far_bad": _("Alarm beyond the fence, %"),
    }


def _whole(value: object, name: str, *, least: int, most: int) -> int:
    found = quantity_of(value, name=name)
    if found != int(found) or not least <= found <= most:
        raise InvalidInput(
            _("%(name)s: enter a whole number from %(least)s to %(most)s.", name=name, least=least, most=most)
        )
    return int(found)


def _share_of(value: object, name: str) -> float:
    found = float(quantity_of(value, name=name))
    if not 0 <= found <= 1000:
        raise InvalidInput(_("%(name)s: enter a share from 0 to 1,000 per cent.", name=name))
    return round(found / 100, 4)


def _one_of(value: object, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise InvalidInput(_("%(name)s: choose one of the list.", name=name))
    return str(value)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date | Decimal) else value for name, value in values.items()}
