"""A supplier's scorecard: the same figures for the supplier and inside, each with the lines behind it, and disputes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from analytics.service import lead_time_statistics, otif, otif_lines
from core.clock import today
from core.errors import Conflict, NotFound
from core.i18n import EMPTY, _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from data.queries import supplier_scorecard as rows
from services.audit import record
from services.delivery_rules import delivery_rules
from services.form_values import chosen_id, row_id, sentence
from services.partners import partner_scope
from services.plain_rows import plain_rows
from services.submissions import NOTE_LENGTH, Described, Kind, Submission, submit

KIND_NAME = "scorecard_dispute"
PORTAL = "/portal/supplier/scorecard"
MONTHS, LISTED = 12, 500
LINE_COLUMNS = (
    *("id", "order", "line_no", "code", "item", "first_confirmed_date", "delivered_date", "ordered_quantity"),
    *("delivered_quantity", "due", "on_time", "in_full", "days_late", "excluded"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """On time and in full of the lines first confirmed in a month; None when none was due."""

    first: date
    rate: float | None
    lines: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Figures of the last MONTHS months; a figure that can't be measured is None. Rates are fractions, times days."""

    supplier: str
    since: date
    otif: float | None
    on_time: float | None
    in_full: float | None
    lines_due: int
    lead_mean: float | None
    lead_sd: float | None
    response_days: float | None
    issues: int
    open_issues: int
    receipts: int
    ppm: float | None
    kinds: int
    valid_kinds: int
    months: Sequence[Month]
    lines: Sequence[dict[str, Any]]


def suppliers(viewer: Viewer) -> list[tuple[int, str]]:
    """Suppliers that have a scorecard.

    Inputs: a viewer with partner.read.
    Returns: id and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return [(row.id, row.name) for row in rows.suppliers(session)]


def scorecard(viewer: Viewer, supplier_id: object = None) -> Scorecard:
    """The scorecard of a supplier.

    Inputs: a colleague with partner.read and a supplier; or a supplier, which gets its own whatever stands here.
    Returns: the scorecard; lines left out after a dispute are in the list, not in the figures.
    Raises: NotAllowed; NotFound.
    Source: analytics.service.otif against the first confirmed date; formulas.md 54 for lead times; response: from
        sending an order to the first answer to a line; ppm: quantity affected per million received.
    """
    until = today()
    since = (pd.Timestamp(until).to_period("M") - (MONTHS - 1)).to_timestamp().date()
    with _scope(viewer) as session:
        found = next(
            (s for s in rows.suppliers(session) if not viewer.internal or s.id == chosen_id(supplier_id)), None
        )
        if found is None:
            raise NotFound(_("There is no such supplier."))
        span: dict[str, Any] = {"supplier_id": found.id, "since": since, "until": until}
        lines = rows.lines(session, **span)
        issues, receipts = rows.quality(session, **span)
        certificates = rows.certificates(session, supplier_id=found.id, until=until)
        rules = delivery_rules(session)
    counted = lines[lines["excluded"].isna()]
    limits: dict[str, Any] = {
        "as_of": until,
        "quantity_tolerance": rules.quantity_tolerance,
        "late_tolerance_days": int(rules.late_tolerance_days),
    }
    judged = otif(counted, **limits)
    lead = lead_time_statistics(counted.assign(all=0), by=["all"]) if len(counted) else None
    known = issues.issues and not issues.unknown and receipts.quantity
    return Scorecard(
        supplier=str(found.name),
        since=since,
        otif=_known(judged.rate),
        on_time=_known(judged.on_time_rate),
        in_full=_known(judged.in_full_rate),
        lines_due=judged.lines_due,
        lead_mean=_known(lead["mean_days"].iloc[0]) if lead is not None else None,
        lead_sd=_known(lead["sd_days"].iloc[0]) if lead is not None else None,
        response_days=_response(counted),
        issues=issues.issues,
        open_issues=issues.open,
        receipts=receipts.receipts,
        ppm=float(issues.quantity / receipts.quantity * 1_000_000) if known else None if issues.issues else 0.0,
        kinds=certificates.certificates,
        valid_kinds=certificates.valid,
        months=_months(counted, limits, since, until),
        lines=_listed(lines, limits),
    )


def dispute(viewer: Viewer, line_id: object, reason: object) -> int:
    """Ask that a line does not count.

    Inputs: a supplier with portal.supplier.scorecard and portal.answer; an own line; why.
    Returns: the id of the request.
    Raises: NotAllowed; NotFound for a line that is not there or another supplier's; InvalidInput without a reason;
        Conflict for one that is left out already.
    Source: product.md, promise 6: nothing changes before a colleague accepts it.
    """
    why = sentence(reason, name=_("Reason"), longest=NOTE_LENGTH)
    with partner_scope(viewer, Permission.SUPPLIER_SCORECARD, Permission.PORTAL_ANSWER) as session:
        found = rows.line(session, row_id(line_id))
        if found is None:
            raise NotFound(_("There is no such order line."))
        if found.excluded:
            raise Conflict(_("This line is left out already."))
        title = _("Scorecard: line %(line)s disputed", line=f"{found.number} / {found.line_no}")
        payload = {"line_id": found.id, "reason": why}
        return submit(session, viewer, KIND_NAME, payload, title=title, subject_id=found.id, note=why)


def describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> Mapping[int, Described]:
    """Disputes as colleagues judge them.

    Inputs: an open session and submissions of this kind.
    Returns: by id what is asked for.
    Raises: nothing.
    Source: none; ours.
    """
    return {each.id: _described(rows.line(session, row_id(each.payload.get("line_id")))) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Leave the line out of the scorecard, with the reason that both sides read.

    Inputs: the open session of the decision, who decides, the dispute.
    Returns: nothing.
    Raises: Conflict when the line is not the company's any more or left out already.
    Source: product.md, promise 6.
    """
    line = rows.line(session, row_id(found.payload.get("line_id")))
    if line is None or line.excluded or line.company_id != found.company_id:
        raise Conflict(_("This line can't be left out any more."))
    values = {"line_id": line.id, "company_id": found.company_id, "reason": str(found.payload.get("reason", ""))}
    rows.exclude(session, **values, created_by=viewer.user_id)
    record(session, viewer, "scorecard.exclude", subject="purchase_order_line", subject_id=line.id, after=values)
    stored.bump(session, "orders")


def _described(line: Any) -> Described:
    if line is None:
        return Described(_("A line that is gone"), obstacle=_("This line is not there any more."))
    name = f"{line.number} / {line.line_no}"
    facts = [
        (_("First confirmed"), day(line.first_confirmed_on), EMPTY),
        (_("Delivered"), day(line.actual_on) if line.actual_on else EMPTY, EMPTY),
        (_("In the scorecard"), _("counts"), _("left out")),
    ]
    obstacle = _("This line is left out already.") if line.excluded else None
    return Described(_("Leave %(line)s out of the scorecard", line=name), facts, obstacle=obstacle)


def _months(counted: pd.DataFrame, limits: dict[str, Any], since: date, until: date) -> list[Month]:
    judged = otif_lines(counted, **limits)
    due = judged[judged["due"]]
    month = pd.to_datetime(counted.loc[due.index, "first_confirmed_date"]).dt.to_period("M")
    rates = due["otif"].astype(float).groupby(month)
    every = pd.period_range(since, until, freq="M")
    mean, size = rates.mean().reindex(every), rates.size().reindex(every, fill_value=0)
    return [
        Month(period.to_timestamp().date(), _known(rate), int(lines))
        for period, rate, lines in zip(every, mean.tolist(), size.tolist(), strict=True)
    ]


def _listed(lines: pd.DataFrame, limits: dict[str, Any]) -> list[dict[str, Any]]:
    judged = otif_lines(lines, **limits)
    return plain_rows(lines.join(judged)[list(LINE_COLUMNS)].head(LISTED))


def _response(counted: pd.DataFrame) -> float | None:
    sent, answered = (pd.to_datetime(counted[name], utc=True) for name in ("sent_at", "answered_at"))
    days = (answered - sent).dt.total_seconds() / 86_400
    return _known(days[days >= 0].mean())


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


@contextmanager
def _scope(viewer: Viewer) -> Iterator[Session]:
    if viewer.internal:
        require(viewer, Permission.PARTNER_READ)
        with session_scope(viewer) as session:
            yield session
        return
    with partner_scope(viewer, Permission.SUPPLIER_SCORECARD) as session:
        yield session


KIND = Kind(KIND_NAME, "Scorecard dispute", Permission.REVIEW_DECIDE, PORTAL, describe, accept)
