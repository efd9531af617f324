"""What a partner's company asked for, of all kinds: how far it is, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.errors import Conflict, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import submissions as rows
from services import (
    customer_ordering,
    customer_promotions,
    customer_returns,
    oem_priority,
    order_changes,
    partner_forecasts,
    supplier_capacity,
    supplier_commit_decision,
    supplier_commits,
    supplier_documents,
)
from services.event_readers import feature_at
from services.form_values import row_id
from services.partners import partner_scope
from services.submission_kinds import KINDS
from services.submissions import Submission, submission_of

TakeBack = Callable[[Viewer, object], None]
# What is not among them is answered by asking anew, or by a word to who decides.
TAKEN_BACK: Mapping[str, TakeBack] = {
    customer_ordering.KIND_NAME: customer_ordering.take_back,
    customer_promotions.KIND_NAME: customer_promotions.take_back,
    customer_returns.KIND_NAME: customer_returns.take_back,
    order_changes.KIND_NAME: order_changes.take_back,
    oem_priority.KIND.name: oem_priority.take_back,
    supplier_commit_decision.KIND.name: supplier_commits.take_back,
    supplier_documents.KIND_NAME: supplier_documents.take_back,
    **{kind.name: supplier_capacity.take_back for kind in supplier_capacity.KINDS},
    **{kind: lambda viewer, _request: partner_forecasts.withdraw(viewer) for kind in partner_forecasts.KINDS.values()},
}


def kinds_of(viewer: Viewer) -> list[str]:
    """The kinds of requests of the features that a partner has; of one that is withheld nothing is told.

    Inputs: a partner.
    Returns: names of kinds.
    Raises: nothing.
    Source: security.md B08.
    """
    return [kind.name for kind in KINDS.values() if _has(viewer, kind.partner_page)]


def requests(
    viewer: Viewer, *, kind: str = "", status: str = "", after: Sequence[Any] | None = None, limit: int
) -> list[Submission]:
    """What the viewer's company asked for, the newest first.

    Inputs: a partner; one kind and one status, none for all; after: the id of the last one that was read; how many.
    Returns: submissions.
    Raises: NotAllowed for colleagues.
    Source: none; ours.
    """
    kinds = [each for each in kinds_of(viewer) if kind in ("", each)]
    with partner_scope(viewer, Permission.PORTAL_MESSAGES) as session:
        found = rows.own_after(session, kinds=kinds, status=status, after=after, limit=limit)
    return [submission_of(row) for row in found]


def request(viewer: Viewer, request_id: object) -> Submission:
    """One of them.

    Inputs: a partner, an id.
    Returns: the submission.
    Raises: NotAllowed for colleagues; NotFound for one that is not there, another company's, or of a feature that is
        withheld, in the same words.
    Source: security.md B01.
    """
    with partner_scope(viewer, Permission.PORTAL_MESSAGES) as session:
        found = rows.own_one(session, submission_id=row_id(request_id))
    if found is None or found.kind not in kinds_of(viewer):
        raise NotFound(_("There is no such request."))
    return submission_of(found)


def take_back(viewer: Viewer, request_id: object) -> None:
    """Take back what nobody decided on yet, with all that follows from it for its kind.

    Inputs: a partner with the rights that it takes to ask for such a thing; an id.
    Returns: nothing.
    Raises: as request; Conflict when it was decided meanwhile, or is of a kind that can't be taken back.
    Source: security.md B01.
    """
    found = request(viewer, request_id)
    known = TAKEN_BACK.get(found.kind)
    if known is None:
        raise Conflict(_("This can't be taken back. Write us a message."))
    if found.status != "pending":
        raise Conflict(_("This request was decided or replaced meanwhile. Reload the page and look again."))
    known(viewer, found.id)


def _has(viewer: Viewer, page: str) -> bool:
    feature = feature_at(page.partition("?")[0])
    return feature is not None and viewer.may(feature)
