"""The halal board: certificates by what is to be done about them, products that are not covered, blocked sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.bom_explosion import total_requirements
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import halal as rows
from data.queries import settings as stored
from services.audit import record
from services.form_values import calendar_day, row_id, sentence
from services.halal_cover import HALAL, HOLDER, HalalCover, certificate_text, shared_cover
from services.listed_rows import PAGE_ROWS, Sort, equal_to, mentioning, narrowed, one_page
from services.plain_rows import plain_rows
from services.stock_rules import stock_rules

MOST_BROKEN = 200
LONGEST_REASON = 500
LONGEST_OVERRIDE_DAYS = 366
STATES = ("expired", "expiring", "missing", "valid", "future", "replaced")
"""Of a certificate; replaced: it has ended, but its holder has another one that is valid."""
URGENCY = {state: place for place, state in enumerate(STATES)}
CERTIFICATE_COLUMNS = (
    *("state", "kind", "holder", "code", "name", "body", "number", "valid_from", "valid_until", "days_left"),
    *("documents", "breaks", "note"),
)
PRODUCT_COLUMNS = ("code", "name", "kind", "covered", "why")
BLOCKED_COLUMNS = ("code", "name", "supplier", "why", "until", "reason", "by")


@dataclass(frozen=True, slots=True)
class HalalFilters:
    """What the certificates are narrowed to; an empty text narrows nothing. ``state`` is one of STATES, ``kind`` of
    the certificate, ``holder`` product, supplier or location."""

    state: str = ""
    kind: str = ""
    holder: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class HalalPage:
    """Some rows of a list, and how many it has."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class HalalSummary:
    """Halal certificates by state, finished goods that are to be halal and those not covered, blocked sources, and
    those that somebody allowed; how many days before its end a certificate counts as expiring."""

    states: dict[str, int]
    halal_goods: int
    not_covered: int
    blocked: int
    allowed: int
    due_days: int


@dataclass(frozen=True, slots=True)
class CertificateDetail:
    """A certificate, or one that is missing, its documents, and the finished goods it breaks."""

    certificate: dict[str, Any]
    documents: list[dict[str, Any]]
    broken: list[dict[str, Any]]


def certificates(
    viewer: Viewer, filters: HalalFilters, *, start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()
) -> HalalPage:
    """A page of the certificates, with a row for each halal one that is missing; the most urgent first unless sorted.

    Inputs: a viewer with inventory.read, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: the page; rows hold CERTIFICATE_COLUMNS and id; breaks: finished halal goods that are not covered for
        want of it.
    Raises: NotAllowed; InvalidInput when a product is made of itself.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _filtered(_certificates(session, viewer), filters)
    order = (*sort, ("urgency", False), ("breaks", True), ("valid_until", False), ("code", False), ("id", False))
    return _page(found, order, start=start, end=end)


def products(
    viewer: Viewer, *, show: str = "", search: str = "", start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()
) -> HalalPage:
    """A page of the products that are to be halal with whether they are covered, those that are not first.

    Inputs: a viewer with inventory.read; show: broken for those not covered only; a text to search for; rows, sort.
    Returns: the page; rows hold PRODUCT_COLUMNS and product_id.
    Raises: as certificates.
    Source: services.halal_cover.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = shared_cover(session, viewer).products
    if show == "broken":
        found = found[~found["covered"]]
    found = found.assign(id=found["product_id"], goods=found["kind"] == "finished")
    order = (*sort, ("covered", False), ("goods", True), ("code", False))
    return _page(_searched(found, search, ("code", "name", "why")), order, start=start, end=end)


def blocked(viewer: Viewer, *, start: int = 0, end: int = PAGE_ROWS, sort: Sort = ()) -> HalalPage:
    """A page of what must not be bought of whom, with what was allowed for a time.

    Inputs: a viewer with inventory.read, rows, sort.
    Returns: the page; rows hold BLOCKED_COLUMNS, id, supplier_id and product_id.
    Raises: as certificates.
    Source: services.halal_cover.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = shared_cover(session, viewer).blocked.reset_index()
    found = found.assign(
        id=found["supplier_id"].astype(str).str.cat(found["product_id"].astype(str), sep="-"),
        allowed=found["until"].notna(),
    )
    return _page(found, (*sort, ("allowed", False), ("supplier", False), ("code", False)), start=start, end=end)


def summary(viewer: Viewer) -> HalalSummary:
    """What there is to do, in numbers.

    Inputs: a viewer with inventory.read.
    Returns: HalalSummary.
    Raises: as certificates.
    Source: screens.md 1.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _certificates(session, viewer)
        cover = shared_cover(session, viewer)
        due_days = int(stock_rules(session).certificate_days)
    counts = found.loc[found["kind"] == HALAL, "state"].value_counts()
    goods = cover.products[cover.products["kind"] == "finished"]
    allowed = int(cover.blocked["until"].notna().sum())
    return HalalSummary(
        states={state: int(counts.get(state, 0)) for state in STATES},
        halal_goods=len(goods),
        not_covered=int((~goods["covered"]).sum()),
        blocked=len(cover.blocked) - allowed,
        allowed=allowed,
        due_days=due_days,
    )


def certificate(viewer: Viewer, certificate_id: object) -> CertificateDetail:
    """One row of the list of certificates with its documents and what it breaks.

    Inputs: a viewer with inventory.read; the id of a row.
    Returns: CertificateDetail; broken: code and name of at most 200 finished goods.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        every = _certificates(session, viewer)
        found = every[every["id"] == str(certificate_id)] if isinstance(certificate_id, str | int) else every.head(0)
        if found.empty:
            raise NotFound(_("There is no such certificate any more. Reload the page."))
        (shown,) = plain_rows(found)
        documents = rows.documents(session, shown["certificate_id"]) if shown["certificate_id"] else []
        broken = _broken_by(shared_cover(session, viewer), shown)
    return CertificateDetail(shown, [row._asdict() for row in documents], broken)


def breaks_of(viewer: Viewer, product_id: object) -> list[dict[str, Any]]:
    """Everything that keeps one product from being covered, at all levels of its recipe.

    Inputs: a viewer with inventory.read; a product.
    Returns: rows with code and name of the item that lacks a certificate, holder, holder_code, holder_name and what
        is wrong with it; none for a product that is covered or need not be.
    Raises: NotAllowed; NotFound for a product there is not.
    Source: analytics.bom_explosion.
    """
    require(viewer, Permission.INVENTORY_READ)
    wanted = row_id(product_id)
    with session_scope(viewer) as session:
        cover = shared_cover(session, viewer)
        names = rows.items(session).set_index("product_id")[["code", "name"]]
    if wanted not in names.index:
        raise NotFound(_("There is no such product any more. Reload the page."))
    demand = (cover.ids == wanted).astype(float)
    ones = np.ones(cover.parent.size)
    below = total_requirements(demand, parent=cover.parent, component=cover.component, quantity=ones) > 0
    found = cover.breaks[cover.breaks["product_id"].isin(cover.ids[below])].join(names, on="product_id")
    what = [certificate_text(row, as_of=today()) for row in found.itertuples()]
    return plain_rows(found.assign(what=what).head(MOST_BROKEN))


def allow(viewer: Viewer, supplier_id: object, product_id: object, *, until: object, reason: object) -> None:
    """Let an item be bought of a supplier without a valid certificate for a time.

    Inputs: a viewer with master.edit; what is blocked; the last day, within a year; why.
    Returns: nothing.
    Raises: NotAllowed; NotFound when it is not blocked; InvalidInput for a day that is past or too far ahead, or
        without a reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.MASTER_EDIT)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_REASON)
    last = _coming_day(until)
    source = (row_id(supplier_id), row_id(product_id))
    with session_scope(viewer) as session:
        found = _blocked_source(session, viewer, source)
        rows.allow(
            session,
            supplier_id=source[0],
            product_id=source[1],
            until=last,
            reason=why,
            created_by=viewer.user_id,
        )
        about = {"supplier": found["supplier"], "product": found["code"]}
        _record(session, viewer, "halal.allow", source, before=about, after={"until": str(last)}, reason=why)


def block_again(viewer: Viewer, supplier_id: object, product_id: object) -> None:
    """Take back what was allowed.

    Inputs: a viewer with master.edit; what was allowed.
    Returns: nothing.
    Raises: NotAllowed; NotFound when nothing was allowed.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.MASTER_EDIT)
    source = (row_id(supplier_id), row_id(product_id))
    with session_scope(viewer) as session:
        if not rows.withdraw(session, supplier_id=source[0], product_id=source[1]):
            raise NotFound(_("This is not allowed any more. Reload the page."))
        _record(session, viewer, "halal.block", source)


def _certificates(session: Session, viewer: Viewer) -> pd.DataFrame:
    """Every certificate, and a row for each halal one that somebody needs and has never had."""
    cover, due_days = shared_cover(session, viewer), int(stock_rules(session).certificate_days)
    stored_ones = rows.certificates(session)
    # As objects: beside the rows that have no certificate whole numbers would become fractions.
    held = stored_ones.assign(
        certificate_id=stored_ones["id"].astype(object),
        id=stored_ones["id"].astype(str),
        state=_states(stored_ones, due_days),
    )
    halal_holders = pd.MultiIndex.from_frame(held.loc[held["kind"] == HALAL, HOLDER])
    needed = cover.needs.rename(columns={"holder_code": "code", "holder_name": "name"})
    missing = needed[~pd.MultiIndex.from_frame(needed[HOLDER]).isin(halal_holders)]
    missing = missing.assign(
        id="missing-" + missing["holder"].astype(str) + "-" + missing["holder_id"].astype(str),
        state="missing",
        kind=HALAL,
        documents=0,
    )
    found = pd.concat([held, missing.reindex(columns=held.columns)], ignore_index=True) if len(missing) else held
    until = pd.to_datetime(found["valid_until"])
    found = found.assign(
        urgency=found["state"].map(URGENCY).astype(int),
        days_left=(until - pd.Timestamp(today())).dt.days.astype(float),
        breaks=_break_counts(found, cover),
        documents=found["documents"].astype(int),
    )
    told = ["certificate_id", "number", "body", "valid_from", "valid_until", "note"]
    return found.assign(**{name: found[name].astype(object).where(found[name].notna(), None) for name in told})


def _states(found: pd.DataFrame, due_days: int) -> pd.Series[str]:
    """How each certificate stands; one that has ended does not matter once its holder has a valid one of its kind."""
    begins, ends = pd.to_datetime(found["valid_from"]), pd.to_datetime(found["valid_until"])
    now, due = pd.Timestamp(today()), pd.Timestamp(today() + timedelta(days=due_days))
    valid = (begins.isna() | (begins <= now)) & (ends >= now)
    states = np.select([begins > now, ends < now, ends <= due], ["future", "expired", "expiring"], "valid")
    last = ends.where(valid).groupby([found[name] for name in ("kind", *HOLDER)], dropna=False).transform("max")
    replaced = np.isin(states, ["expired", "expiring"]) & (last > ends).to_numpy()
    return pd.Series(np.where(replaced, "replaced", states), index=found.index, dtype="object")


def _break_counts(found: pd.DataFrame, cover: HalalCover) -> pd.Series[int]:
    """Of a holder that breaks several items, the largest of their counts: goods may use more than one of them."""
    counts = cover.breaks.groupby(HOLDER)["breaks"].max()
    halal = found["kind"].eq(HALAL) & found["state"].isin(["expired", "missing", "future"])
    joined = found[HOLDER].join(counts.rename("breaks"), on=HOLDER)["breaks"]
    return joined.where(halal).fillna(0).astype(int)


def _broken_by(cover: HalalCover, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Finished goods that are not covered because this holder lacks a certificate."""
    mine = cover.breaks[(cover.breaks["holder"] == shown["holder"]) & (cover.breaks["holder_id"] == shown["holder_id"])]
    if shown["kind"] != HALAL or mine.empty:
        return []
    demand = np.isin(cover.ids, mine["product_id"]).astype(float)
    ones = np.ones(cover.parent.size)
    above = total_requirements(demand, parent=cover.component, component=cover.parent, quantity=ones) > 0
    goods = cover.products[cover.products["kind"].eq("finished") & cover.products["product_id"].isin(cover.ids[above])]
    return plain_rows(goods[["product_id", "code", "name"]].sort_values("code").head(MOST_BROKEN))


def _blocked_source(session: Session, viewer: Viewer, source: tuple[int, int]) -> Any:
    found = shared_cover(session, viewer).blocked
    if source not in found.index:
        raise NotFound(_("This source is not blocked any more. Reload the page."))
    return found.loc[[source]].iloc[0]


def _coming_day(value: object) -> date:
    found = calendar_day(value, name=_("Until"))
    latest = today() + timedelta(days=LONGEST_OVERRIDE_DAYS)
    if not today() <= found <= latest:
        raise InvalidInput(_("Until: enter a day from today to %(latest)s.", latest=day(latest)))
    return found


def _record(session: Session, viewer: Viewer, action: str, source: tuple[int, int], **about: Any) -> None:
    record(session, viewer, action, subject="halal_override", subject_id=f"{source[0]}-{source[1]}", **about)
    stored.bump(session, "master")


def _filtered(found: pd.DataFrame, filters: HalalFilters) -> pd.DataFrame:
    keep = equal_to(found, filters, "state", "kind", "holder")
    return narrowed(found, keep & mentioning(found, filters.search, "code", "name", "number", "body"))


def _searched(found: pd.DataFrame, search: str, columns: tuple[str, ...]) -> pd.DataFrame:
    text = search.strip().casefold()
    if not text:
        return found
    hits = [found[name].fillna("").str.casefold().str.contains(text, regex=False) for name in columns]
    return found[np.logical_or.reduce(hits)]


def _page(found: pd.DataFrame, order: Sort, *, start: int, end: int) -> HalalPage:
    page = one_page(found, order, start=start, end=end)
    return HalalPage(plain_rows(page), len(found))
