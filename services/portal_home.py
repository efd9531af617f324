"""The first page of a portal: what waits for a partner, of the features that its people have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from core.clock import now
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import partner_events, shipments, submissions, supplier_quality
from services import customer_orders, oem_orders, partner_forecasts, supplier_commits, supplier_orders
from services.customer_orders import LineCounts
from services.oem_orders import OrderCounts
from services.own_requests import kinds_of
from services.partner_forecasts import ForecastVersion
from services.partner_messages import unread_of
from services.partners import partner_scope
from services.submissions import Submission, submission_of
from services.supplier_commit_grid import SharedVersion
from services.supplier_lines import ToDo
from services.supplier_quality import LISTED, NEXT

HAPPENED = 5
DECIDED = 5
DECIDED_DAYS = 7

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of something wait, and the day of the first: when it is due."""

    count: int
    first_on: date | None


@dataclass(frozen=True, slots=True)
class Issues(Waiting):
    """Quality issues on which it is the supplier's turn; ``open`` are all that are not closed."""

    open: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """A customer's or OEM's own forecast: the draft, and the version that was sent last."""

    draft: ForecastVersion | None
    newest: ForecastVersion | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The company's own requests: those pending and since when, those decided in the last DECIDED_DAYS days."""

    pending: int
    since: datetime | None
    decided: int
    newest: Sequence[Submission]


@dataclass(frozen=True, slots=True)
class PortalHome:
    """What waits; None for a feature that the viewer does not have. ``to_commit`` is a forecast to commit to, and
    ``commits`` tells whether the viewer has that feature."""

    lines: ToDo | None
    to_ship: Waiting | None
    commits: bool
    to_commit: SharedVersion | None
    issues: Issues | None
    deliveries: LineCounts | None
    production: OrderCounts | None
    forecast: Forecast | None
    unread: int
    asked: Asked
    happened: Sequence[dict[str, Any]]


def portal_home(viewer: Viewer) -> PortalHome:
    """What waits for the viewer's company.

    Inputs: a partner.
    Returns: PortalHome, read in one transaction.
    Raises: NotAllowed for colleagues, and without ``portal.messages``, which every portal has.
    Source: screens.md 18; each figure is that of the page it leads to.
    """
    with partner_scope(viewer, Permission.PORTAL_MESSAGES) as session:

        def having(feature: Permission, read: Callable[[Session], _Found]) -> _Found | None:
            return read(session) if viewer.may(feature) else None

        return PortalHome(
            lines=having(Permission.SUPPLIER_PORTAL, supplier_orders.to_do),
            to_ship=having(Permission.SUPPLIER_SHIPMENTS, _to_ship),
            commits=viewer.may(Permission.SUPPLIER_FORECAST),
            to_commit=having(Permission.SUPPLIER_FORECAST, supplier_commits.to_commit),
            issues=having(Permission.SUPPLIER_QUALITY, _issues),
            deliveries=having(Permission.CUSTOMER_PORTAL, customer_orders.open_lines),
            production=having(Permission.OEM_PORTAL, oem_orders.open_orders),
            forecast=having(Permission.CUSTOMER_FORECAST, _forecast) or having(Permission.OEM_DEMAND, _forecast),
            unread=unread_of(session, viewer),
            asked=_asked(session, viewer),
            happened=[
                row._asdict()
                for row in partner_events.events(session, company_id=None, before_id=None, limit=HAPPENED, names=False)
            ],
        )


def _to_ship(session: Session) -> Waiting:
    found = shipments.to_ship(session)
    return Waiting(len(found), found[0].due_on if found else None)


def _issues(session: Session) -> Issues:
    found = supplier_quality.issues(session, closed=False, limit=LISTED)
    mine = [row.due_on for row in found if row.state in NEXT]
    return Issues(count=len(mine), first_on=min(mine, default=None), open=len(found))


def _forecast(session: Session) -> Forecast:
    return Forecast(*partner_forecasts.current(session))


def _asked(session: Session, viewer: Viewer) -> Asked:
    """Of kinds whose feature is withheld nothing is told."""
    kinds = kinds_of(viewer)
    waiting = submissions.waiting(session, kinds=kinds)
    since = now() - timedelta(days=DECIDED_DAYS)
    found = submissions.decided(session, kinds=kinds, since=since, limit=DECIDED)
    return Asked(
        pending=waiting.pending,
        since=waiting.since,
        decided=found[0].total if found else 0,
        newest=[submission_of(row) for row in found],
    )
