"""What published plans said, value by value, for programs that read them to the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import plan_values as rows
from services.form_values import row_id
from services.plan_versions import SUPPLY


def values_after(
    viewer: Viewer, version_id: object, *, last: Sequence[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], list[Any] | None]:
    """The values of a published plan, from a place on.

    Inputs: a viewer with plan.read, the id of a version; the place of the value before (None: from the first), count.
    Returns: dictionaries of product, location, channel (empty in a supply plan), period and the steps of a demand plan,
        or demand, receipts, end_stock and owed of a supply plan; and the place of the last one, None at the end.
    Raises: NotAllowed; NotFound.
    Source: screens.md 14, 24.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        version = rows.version_kind(session, version_id=row_id(version_id))
        if version is None:
            raise NotFound(_("There is no such plan."))
        read = rows.supply_after if version == SUPPLY else rows.demand_after
        found = [row._asdict() for row in read(session, version_id=row_id(version_id), last=last, limit=limit + 1)]
    place = found[limit - 1] if len(found) > limit else None
    names = rows.PLACE
    shown = [{name: value for name, value in row.items() if name not in names} for row in found[:limit]]
    return shown, None if place is None else [place[name] for name in names] + [place["period"].isoformat()]
