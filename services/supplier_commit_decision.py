"""Commits as colleagues judge them, and what accepting them means for the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from analytics.supplier_forecast import BAD, WARN
from core.errors import Conflict
from core.i18n import EMPTY, _, counted, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import supplier_planning as rows
from data.queries.settings import bump
from services.audit import record
from services.form_values import row_id, shown_quantity
from services.submissions import Described, Kind, Submission
from services.supplier_agreements import PORTAL_PAGE
from services.supplier_commit_grid import NAME, sent_lines
from services.supplier_commit_lights import lights_of, thresholds

FACTS = 12


def _describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    return {each.id: _described(session, each) for each in found}


def _described(session: Session, found: Submission) -> Described:
    supplier = rows.supplier_of(session, found.company_id)
    lines = sent_lines(found)
    agreement = None if supplier is None else rows.agreement(session, supplier.id)
    if supplier is None or agreement is None:
        gone = _("There is no agreement with this supplier any more.")
        return Described(_("Commit of %(count)s figures", count=len(lines)), obstacle=gone)
    forecast, quantity = ([float(line[name]) for line in lines] for name in ("forecast", "quantity"))
    terms = thresholds(agreement)
    lights = lights_of(
        [Decimal(line["forecast"]) for line in lines],
        [Decimal(line["quantity"]) for line in lines],
        near=[bool(line["near"]) for line in lines],
        terms=terms,
    )
    price = rows.prices(session, supplier.id)
    short = [
        max(asked - given, 0.0) * price.get(line["product_id"], 0.0)
        for line, asked, given in zip(lines, forecast, quantity, strict=True)
    ]
    apart = lights.count(BAD) + lights.count(WARN)
    summary = (
        counted("%(count)s figure apart from the forecast", "%(count)s figures apart from the forecast", apart)
        if apart
        else _("Commits to the forecast as asked for")
    )
    worst = sorted(range(len(lines)), key=lambda at: -short[at])[:FACTS]
    names = rows.names(session, [lines[at]["product_id"] for at in worst])
    facts = [_fact(lines[at], names) for at in worst if lines[at]["forecast"] != lines[at]["quantity"]]
    summary = _("Forecast %(number)s: %(summary)s", number=found.payload.get("number"), summary=summary)
    return Described(summary, facts, impact=sum(short), plain=apart == 0)


def _fact(line: Mapping[str, Any], names: Mapping[int, Any]) -> tuple[str, str, str]:
    item = names.get(line["product_id"])
    label = f"{EMPTY if item is None else item.code} · {day(date.fromisoformat(line['starts_on']))}"
    uom = "" if item is None else f" {item.uom}"
    said = f" · {line['comment']}" if line["comment"] else ""
    return (
        label,
        _("forecast %(quantity)s", quantity=shown_quantity(Decimal(line["forecast"])) + uom),
        shown_quantity(Decimal(line["quantity"])) + uom + said,
    )


def _accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """The commits become the capacity of the source: planned purchases may not exceed them."""
    supplier = rows.supplier_of(session, found.company_id)
    if supplier is None:
        raise Conflict(_("There is no agreement with this supplier any more."))
    since = rows.counted_from(session, row_id(found.payload.get("forecast")), supplier.id)
    if since is None:
        raise Conflict(_("The forecast that this commit answers is not there any more."))
    stored = [
        {
            "product_id": line["product_id"],
            "location_id": line["location_id"],
            "starts_on": date.fromisoformat(line["starts_on"]),
            "ends_on": date.fromisoformat(line["ends_on"]),
            "quantity": Decimal(line["quantity"]),
            "comment": line["comment"] or None,
            "counted_from": since,
            "submission_id": found.id,
        }
        for line in sent_lines(found)
    ]
    rows.replace_commits(session, supplier.id, stored)
    record(
        session,
        viewer,
        "supplier_commit.store",
        subject="supplier",
        subject_id=supplier.id,
        after={"submission": found.id, "figures": len(stored)},
    )
    bump(session, "supplier_limits")


KIND = Kind(NAME, "Commit to a forecast", Permission.REVIEW_DECIDE, PORTAL_PAGE, _describe, _accept)
