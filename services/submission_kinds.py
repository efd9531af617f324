"""All kinds of wishes that partners may send, each declared by the feature it belongs to."""

from __future__ import annotations

from services import supplier_commits
from services.submissions import Kind

LISTED: tuple[Kind, ...] = (supplier_commits.KIND,)
KINDS = {kind.name: kind for kind in LISTED}
