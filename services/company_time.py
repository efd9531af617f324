"""The company's own time: quiet hours and the hour of the digest are meant in its zone."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from models.base import Json
from services.audit import record

KEY = "company.time_zone"
DEFAULT = "Asia/Kuala_Lumpur"


def company_zone(session: Session) -> ZoneInfo:
    """The zone in which the company lives.

    Inputs: an open session of a colleague.
    Returns: the zone stored, or the default.
    Raises: nothing.
    Source: none; ours.
    """
    found = (stored.value(session, KEY) or {}).get("value")
    return ZoneInfo(found if found in zones() else DEFAULT)


def company_now(session: Session) -> datetime:
    """This moment on the company's clock.

    Inputs: an open session of a colleague.
    Returns: the moment with its zone.
    Raises: nothing.
    Source: none; ours.
    """
    return now().astimezone(company_zone(session))


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Zones to choose from.

    Inputs: none.
    Returns: their names, sorted.
    Raises: nothing.
    Source: the IANA time zone database.
    """
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def set_company_zone(viewer: Viewer, name: object) -> str:
    """Say in which zone the company lives.

    Inputs: a viewer with partner.manage; the name of a zone.
    Returns: the name.
    Raises: NotAllowed; InvalidInput for a zone that there is not.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_MANAGE)
    if not isinstance(name, str) or name not in zones():
        raise InvalidInput(_("Time zone: choose one of the list, such as Asia/Kuala_Lumpur."))
    with session_scope(viewer) as session:
        before = company_zone(session).key
        if name != before:
            old: Json = {"value": before}
            new: Json = {"value": name}
            stored.save(session, KEY, new)
            record(session, viewer, "setting.change", subject="setting", subject_id=KEY, before=old, after=new)
    return name
