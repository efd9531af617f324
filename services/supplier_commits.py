"""Commits of a supplier to what is forecast for it: look at them, send them, take them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import supplier_planning as rows
from services.form_values import row_id
from services.partners import partner_scope
from services.submissions import own_submissions, submit, withdraw
from services.supplier_agreements import is_shared
from services.supplier_commit_cells import known_cells, payload_lines, typed_cells
from services.supplier_commit_grid import NAME, VERSIONS_KEPT, CommitGrid, SharedVersion, grid


def commit_grid(viewer: Viewer, number: object = None) -> CommitGrid:
    """What is shared with the viewer's company, and what it committed to.

    Inputs: a supplier with portal.supplier.forecast; the number of an earlier version, None for the newest.
    Returns: CommitGrid.
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    with partner_scope(viewer, Permission.SUPPLIER_FORECAST) as session:
        return grid(session, row_id(number))


def to_commit(session: Session) -> SharedVersion | None:
    """The newest forecast, while the supplier has not committed to it; within an open session of the supplier.

    Inputs: the open session.
    Returns: the forecast; None when none is shared, or a commit to it waits or was accepted.
    Raises: nothing.
    Source: screens.md 19.
    """
    supplier = rows.own_supplier(session)
    agreement = None if supplier is None else rows.own_agreement(session, supplier.id)
    if supplier is None or agreement is None or not is_shared(agreement._asdict()):
        return None
    newest = next(iter(rows.forecasts(session, supplier.id, limit=1)), None)
    sent = own_submissions(session, NAME, limit=VERSIONS_KEPT)
    committed = {each.payload.get("forecast") for each in sent if each.status in ("pending", "accepted")}
    if newest is None or newest.id in committed:
        return None
    return SharedVersion(newest.id, newest.number, newest.shared_at, newest.bucket)


def send(viewer: Viewer, forecast_id: object, cells: Sequence[Mapping[str, Any]], *, note: object = None) -> int:
    """Send commits for the newest forecast; they count once the buyer accepts them.

    Inputs: a supplier with portal.supplier.forecast and portal.commit; the forecast on the screen; cells: item (id of a
        CommitItem), starts_on, quantity (empty: no commit) and comment, those that are not named stay as sent; a note.
    Returns: how many cells differ from what was sent before; nothing is sent for none.
    Raises: NotAllowed; Conflict when another forecast was shared meanwhile; InvalidInput naming item and bucket.
    Source: screens.md 19; security.md B08.
    """
    with partner_scope(viewer, Permission.SUPPLIER_FORECAST, Permission.PORTAL_COMMIT) as session:
        found = grid(session, 0)
        if not found.agreed or found.version is None:
            raise InvalidInput(_("No forecast is shared with you at present. Ask your buyer to share one."))
        if row_id(forecast_id) != found.version.id:
            raise Conflict(
                _("Forecast %(number)s is the newest one. Reload the page, then commit.", number=found.version.number)
            )
        known = known_cells(found)
        typed = typed_cells(found, cells)
        changed = {key for key, value in typed.items() if value != known[key]}
        if not changed:
            return 0
        lines = payload_lines(found, known | typed)
        if not lines:
            raise InvalidInput(_("There is no commit: enter a quantity for at least one item."))
        number = found.version.number
        payload = {"forecast": found.version.id, "number": number, "lines": lines}
        submit(session, viewer, NAME, payload, title=_("Commit to forecast %(number)s", number=number), note=note)
    return len(changed)


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Withdraw a commit nobody decided on.

    Inputs: as send; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed, NotFound, Conflict.
    Source: services.submissions.
    """
    with partner_scope(viewer, Permission.SUPPLIER_FORECAST, Permission.PORTAL_COMMIT) as session:
        withdraw(session, viewer, NAME, submission_id)
