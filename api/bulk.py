"""Accepting many at once: what needs no judgement; the rest is left and told with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.repeatable import PARAMETER, repeatable
from api.schemas import schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from core.viewer import Viewer
from services.bulk_outcome import BulkOutcome

MOST = 500
Chosen = Strict.from_dict(
    {"ids": fields.List(fields.Integer(), required=True, validate=validate.Length(1, MOST))}, name="Chosen"
)
Accepted = schema_of(BulkOutcome, "AcceptedAtOnce")


def add_acceptance(group: Blueprint, right: Permission, accept_plain: Callable[[Viewer, object], BulkOutcome]) -> None:
    """Give a group of endpoints the acceptance of several at once."""

    @group.post("/acceptance")
    @requires(right)
    @group.arguments(Chosen)
    @group.response(200, Accepted)
    @group.doc(parameters=[PARAMETER])
    @repeatable
    def accept_several(chosen: dict[str, Any]) -> Response:
        """Accept several that need no judgement. Each is checked on its own; the others are left and told why."""
        return one(Accepted, accept_plain(viewer(), chosen["ids"]))
