"""Lists of API keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.grid import text_column
from core.i18n import EMPTY, _, day, moment

STATES = {"active": "Active", "revoked": "Revoked", "expired": "Expired", "idle": "Owner deactivated"}


def key_columns() -> list[dict[str, Any]]:
    """What is known of a key, its owner left out."""
    return [
        text_column("name", _("Name"), filter=True, minWidth=140),
        text_column("state", _("State"), filter=True, minWidth=110),
        text_column("prefix", _("Begins with"), minWidth=170),
        text_column("scopes", _("Rights"), minWidth=220, tooltipField="scopes"),
        text_column("used", _("Last used (UTC)"), minWidth=140),
        text_column("expires", _("Good until"), minWidth=110),
    ]


def key_rows(keys: Sequence[Any]) -> list[dict[str, Any]]:
    """Keys (services.api_keys.KeyView) as rows of a grid."""
    return [
        {
            "id": key.id,
            "name": key.name,
            "state": _(STATES[key.state]),
            "prefix": f"tandem_{key.prefix}_…",
            "scopes": ", ".join(key.scopes),
            "used": moment(key.last_used_at) if key.last_used_at else EMPTY,
            "expires": day(key.expires_at),
            "owner": key.owner,
            "company": key.company,
        }
        for key in keys
    ]
