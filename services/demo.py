"""The demo company: load it, tell whether it is here, and let its people in."""

from __future__ import annotations

import secrets
from datetime import date

from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.settings import given_demo_password, private_text, settings
from data.db import sign_in_scope
from data.demo import scale as scales
from data.demo.people import EMAILS
from data.queries import accounts as people
from data.queries import settings as stored
from models.base import Json
from services.accounts import operator
from services.passwords import hash_password, password_matches

DEMO_EMAILS = EMAILS
SCALES = scales.SCALES
PASSWORD_BYTES = 9


def demo_loaded() -> bool:
    """Whether this database holds the demo company.

    Inputs: none.
    Returns: True once the demo was loaded.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    return demo_facts() is not None


def demo_facts() -> Json | None:
    """What the demo company was made from.

    Inputs: none.
    Returns: ``scale``, ``today`` (ISO date) and ``seed``; None where it was not loaded.
    Raises: Unavailable when the database is away.
    Source: docs/demo-company.md.
    """
    with sign_in_scope() as session:
        return stored.value(session, scales.SETTING)


def demo_password() -> str:
    """The one password of all demo accounts: TANDEM_DEMO_PASSWORD, or one made once and kept beside the data.

    Inputs: none.
    Returns: the password.
    Raises: nothing.
    Source: none; ours.
    """
    made = settings().home / "demo_password"
    return given_demo_password() or private_text(made, make=lambda: secrets.token_urlsafe(PASSWORD_BYTES))


def load_demo(scale: str = "default") -> dict[str, int]:
    """Load the demo company of today into an empty database, with policies and proposals computed from it.

    Inputs: scale: one of SCALES.
    Returns: rows stored by table.
    Raises: InvalidInput for an unknown scale; Conflict when there are companies or products already.
    Source: docs/demo-company.md.
    """
    if scale not in SCALES:
        raise InvalidInput(_("There is no scale “%(scale)s”. Choose small, default or large.", scale=scale))
    # Here and not above: every web process imports this module, and none of them loads a demo company.
    from data.demo import loading

    day = today()
    counts = loading.load(scale, today=day, password_hash=hash_password(demo_password()))
    _work_out(day, scale)
    return counts


def refresh_password() -> bool:
    """Make the password that is shown the one that works, should TANDEM_DEMO_PASSWORD have changed since the load.

    Inputs: none.
    Returns: whether it had to be changed.
    Raises: Unavailable when the database is away.
    Source: none; ours.
    """
    with sign_in_scope() as session:
        found = people.credentials(session, DEMO_EMAILS[0])
    if found is None or not demo_loaded() or password_matches(demo_password(), found.password_hash):
        return False
    from data.demo import loading

    return loading.set_password_hash(hash_password(demo_password())) > 0


def _work_out(day: date, scale: str) -> None:
    """What Tandem itself computes from the loaded rows. The large company has facts of today only, hence no past."""
    from services.inventory import recalculate
    from services.stock_trend import work_out_past

    recalculate(operator(), as_of=day)
    if scale != "large":
        work_out_past(operator())
