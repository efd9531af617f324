"""Which products are covered by valid halal certificates, through their recipes, and whom nothing may be bought of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.errors import AnalyticsError
from analytics.halal_roll_up import NONE, IntArray, goes_into, rolled_up, users
from core.clock import today
from core.errors import Conflict, InvalidInput
from core.i18n import _, day
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import halal as rows

SUBJECTS = ("master", "products")
HALAL = "halal"
EXEMPT = "not_applicable"
PRODUCT, SUPPLIER, LOCATION = "product", "supplier", "location"
HOLDER = ["holder", "holder_id"]
SOURCE = ["supplier_id", "product_id"]
CERTIFICATE = ["body", "number", "valid_from", "valid_until", "valid"]

Source = tuple[int, int]
"""Supplier and product."""


@dataclass(frozen=True, slots=True, eq=False)
class HalalCover:
    """The cover of a day.

    products, a row a product in use that is to be halal: product_id, code, name, kind, covered, cause (the product_id
    that breaks it, missing when it is covered) and why (a sentence).
    breaks, a row for each certificate that an item lacks itself: product_id, holder, holder_id, holder_code,
    holder_name, body, number, valid_until and breaks (how many finished halal goods it goes into).
    needs, who has to hold a certificate: holder, holder_id, holder_code, holder_name.
    blocked, indexed by SOURCE: code, name, supplier, why, and until and reason of an override, missing without one.
    parent, component: places in ``ids`` of the lines that were followed.
    """

    products: pd.DataFrame
    breaks: pd.DataFrame
    needs: pd.DataFrame
    blocked: pd.DataFrame
    ids: IntArray
    parent: IntArray
    component: IntArray


def halal_cover(session: Session, *, as_of: date) -> HalalCover:
    """The cover of a day, worked out from what is stored.

    A product is to be halal unless it is marked not applicable. It is covered when it has a valid certificate of its
    own, so do all its suppliers and the plants that make it, and all components of its recipe are covered or marked
    not applicable.

    Inputs: an open session, the day.
    Returns: HalalCover.
    Raises: InvalidInput naming the cycle when a product is made of itself.
    Source: analytics.halal_roll_up.
    """
    items = rows.items(session)
    lines = _lines(rows.lines(session, on=as_of), items)
    exempt = (items["halal"] == EXEMPT).to_numpy()
    wanted = (items["kind"] == "finished").to_numpy() & ~exempt & (items["life_cycle"] != "retired").to_numpy()
    sources = rows.sources(session)
    needed = _needed(items[~exempt], sources[sources["used"]], rows.plants(session), made=lines["parent_id"])
    breaks = _lacking(needed, best_certificates(rows.certificates(session), as_of=as_of))
    try:
        broken = np.isin(items["product_id"], breaks["product_id"]) & ~exempt
        found = rolled_up(~broken, parent=lines["parent"], component=lines["component"])
        place = np.searchsorted(items["product_id"].to_numpy(), breaks["product_id"].to_numpy())
        counts = users(place, wanted=wanted, parent=lines["parent"], component=lines["component"])
        into_halal = goes_into(wanted, parent=lines["parent"], component=lines["component"])
    except AnalyticsError as error:
        raise InvalidInput(_("The halal cover can't be told: %(reason)s. Mend the recipe.", reason=error)) from error
    breaks = breaks.assign(breaks=counts)
    ids = items["product_id"].to_numpy()
    cause = np.where(found.cause == NONE, -1, ids[found.cause]) if len(ids) else found.cause
    shown = items.assign(covered=found.covered, cause=cause)[~exempt & (items["life_cycle"] != "retired").to_numpy()]
    return HalalCover(
        products=shown.assign(why=_why(shown, breaks, items, as_of=as_of)),
        breaks=breaks,
        needs=needed.drop(columns="product_id").drop_duplicates(HOLDER),
        blocked=_blocked(session, sources, items[into_halal & ~exempt], as_of=as_of),
        ids=ids.astype(np.intp),
        parent=lines["parent"].to_numpy(dtype=np.intp),
        component=lines["component"].to_numpy(dtype=np.intp),
    )


def shared_cover(session: Session, viewer: Viewer) -> HalalCover:
    """The cover of today, kept in memory until the data change. Not to be changed.

    Inputs: an open session, the viewer.
    Returns: HalalCover.
    Raises: as halal_cover.
    Source: none; ours.
    """
    as_of = today()
    return shared_frame(
        session,
        viewer,
        "halal_cover",
        subjects=SUBJECTS,
        args=(as_of,),
        compute=lambda: halal_cover(session, as_of=as_of),
    )


def blocked_sources(session: Session, viewer: Viewer) -> pd.DataFrame:
    """What must not be bought of whom: an item that goes into a halal product, of a supplier without a valid halal
    certificate, unless somebody allowed it.

    Inputs: an open session, the viewer.
    Returns: frame indexed by SOURCE with code, name, supplier and why, a sentence.
    Raises: as halal_cover.
    Source: none; ours.
    """
    found = shared_cover(session, viewer).blocked
    return found[found["until"].isna()]


def with_blocked(session: Session, viewer: Viewer, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a list of what to buy, each with why it is blocked.

    Inputs: an open session, the viewer, rows with supplier_id and product_id.
    Returns: the rows with ``blocked``: a sentence, None where nothing is in the way.
    Raises: as halal_cover.
    Source: none; ours.
    """
    why = blocked_sources(session, viewer)["why"].to_dict()
    return [{**row, "blocked": why.get((row["supplier_id"], row["product_id"]))} for row in records]


def refuse_blocked(session: Session, viewer: Viewer, sources: Iterable[Source]) -> None:
    """Let nothing through that is blocked.

    Inputs: an open session, the viewer, what is to be bought of whom.
    Returns: nothing.
    Raises: Conflict that names the first item that is blocked and says what to do; as halal_cover.
    Source: none; ours.
    """
    blocked = blocked_sources(session, viewer)
    found = blocked[blocked.index.isin(list(sources))]
    if found.empty:
        return
    first = found.iloc[0]
    raise Conflict(
        _(
            "Nothing was ordered: %(item)s of %(supplier)s is %(why)s. Enter the renewed certificate, or have somebody "
            "with the right master.edit allow it under Inventory › Halal.",
            item=first["name"],
            supplier=first["supplier"],
            why=first["why"],
        )
    )


def best_certificates(certificates: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """The halal certificate of each holder that counts: a valid one if there is any, of these the one valid longest.

    Inputs: certificates: of data.queries.halal; the day.
    Returns: frame indexed by HOLDER with CERTIFICATE.
    Raises: nothing.
    Source: none; ours.
    """
    found = certificates[certificates["kind"] == HALAL]
    begun = found["valid_from"].isna() | (pd.to_datetime(found["valid_from"]) <= pd.Timestamp(as_of))
    found = found.assign(valid=begun & (pd.to_datetime(found["valid_until"]) >= pd.Timestamp(as_of)))
    best = found.sort_values(["valid", "valid_until", "id"]).drop_duplicates(HOLDER, keep="last")
    return best.set_index(HOLDER)[CERTIFICATE]


def certificate_text(row: Any, *, as_of: date) -> str:
    """What is wrong with a certificate, or that there is none.

    Inputs: row with body, number, valid_from and valid_until, missing without a certificate; the day.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    if pd.isna(row.number):
        return _("none is known")
    told = {"body": row.body, "number": row.number}
    if row.valid_until < as_of:
        return _("%(body)s, %(number)s, expired on %(day)s", **told, day=day(row.valid_until))
    return _("%(body)s, %(number)s, valid only from %(day)s", **told, day=day(row.valid_from))


def _lines(lines: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """With places in the list of items; what goes into an exempt item is not looked at."""
    exempt = items.loc[items["halal"] == EXEMPT, "product_id"]
    kept = lines[~lines["parent_id"].isin(exempt)]
    ids = items["product_id"].to_numpy()
    return kept.assign(
        parent=np.searchsorted(ids, kept["parent_id"].to_numpy(dtype=np.int64)),
        component=np.searchsorted(ids, kept["component_id"].to_numpy(dtype=np.int64)),
    )


def _needed(items: pd.DataFrame, sources: pd.DataFrame, plants: pd.DataFrame, *, made: pd.Series[int]) -> pd.DataFrame:
    """A row for each certificate that an item needs: its own, those of its suppliers, those of its plants."""
    own = items.assign(
        holder=PRODUCT, holder_id=items["product_id"], holder_code=items["code"], holder_name=items["name"]
    )
    parts = [
        own[items["life_cycle"] != "retired"],
        sources.assign(holder=SUPPLIER),
        plants[plants["product_id"].isin(made)].assign(holder=LOCATION),
    ]
    columns = ["product_id", *HOLDER, "holder_code", "holder_name"]
    found = pd.concat([part[columns] for part in parts], ignore_index=True)
    return found[found["product_id"].isin(items["product_id"])]


def _lacking(needed: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    found = needed.join(best, on=HOLDER)
    valid = found["valid"].eq(True)
    return found[~valid].drop(columns="valid").reset_index(drop=True)


def _why(shown: pd.DataFrame, breaks: pd.DataFrame, items: pd.DataFrame, *, as_of: date) -> pd.Series[str]:
    """The sentence of each product; sentences are made once for each cause."""
    first = breaks.drop_duplicates("product_id")
    names = dict(zip(items["product_id"], items["name"], strict=True))
    told = {row.product_id: _cause_text(row, names[row.product_id], as_of=as_of) for row in first.itertuples()}
    return shown["cause"].map(told).astype("object").fillna("")


def _cause_text(row: Any, item: str, *, as_of: date) -> str:
    what = certificate_text(row, as_of=as_of)
    if row.holder == PRODUCT:
        return _("%(item)s has no valid certificate (%(what)s)", item=item, what=what)
    if row.holder == SUPPLIER:
        return _("%(item)s: supplier %(name)s (%(what)s)", item=item, name=row.holder_name, what=what)
    return _("%(item)s: made at %(name)s (%(what)s)", item=item, name=row.holder_name, what=what)


def _blocked(session: Session, sources: pd.DataFrame, items: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Sources of items that have to be halal, whose supplier has no valid certificate."""
    best = best_certificates(rows.certificates(session), as_of=as_of)
    found = sources.assign(holder=SUPPLIER).merge(items[["product_id", "code", "name"]], on="product_id")
    found = _lacking(found, best).rename(columns={"holder_id": "supplier_id", "holder_name": "supplier"})
    allowed = rows.overrides(session)
    allowed = allowed[pd.to_datetime(allowed["until"]) >= pd.Timestamp(as_of)]
    found = found.merge(allowed, on=SOURCE, how="left")
    told = found[["until", "reason", "by"]].astype("object")
    found = found.assign(**told.where(told.notna(), None))
    why = [
        _("blocked: no valid halal certificate (%(what)s)", what=certificate_text(row, as_of=as_of))
        for row in found.itertuples()
    ]
    return found.assign(why=why).set_index(SOURCE)[["code", "name", "supplier", "why", "until", "reason", "by"]]
