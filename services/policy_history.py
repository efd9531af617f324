"""What has become of the policy of an item: who changed what, when and why."""

from __future__ import annotations

from typing import Any

from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import policy_history as noted
from services.form_values import row_id

SHOWN_AT_MOST = 100


def policy_history(
    viewer: Viewer, product_id: object, location_id: object, *, limit: int = SHOWN_AT_MOST
) -> list[dict[str, Any]]:
    """Every change of one policy.

    Inputs: a viewer with inventory.read, product and location, how many at most.
    Returns: the newest first: at, who (None: the operator or a recalculation without a person), source, reason, and
        ``changes``: a list of (field, before, after) of what changed; before is None where there was no policy.
    Raises: NotAllowed.
    Source: screens.md 8; product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        rows = noted.history(session, item=(row_id(product_id), row_id(location_id)), limit=limit)
    return [
        {"at": row.at, "who": row.who, "source": row.source, "reason": row.reason, "changes": _changes(row)}
        for row in rows
    ]


def _changes(row: Any) -> list[tuple[str, Any, Any]]:
    before = row.before or {}
    return [
        (name, before.get(name), row.after.get(name))
        for name in noted.FIELDS
        if before.get(name) != row.after.get(name)
    ]
