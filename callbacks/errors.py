"""What a user sees when a callback fails."""

from __future__ import annotations

from uuid import uuid4

import structlog
from dash import no_update, set_props

from components.shell import Ids, toast
from core.errors import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable, UserError
from core.i18n import _

log = structlog.get_logger()


def show_error(error: Exception) -> object:
    """Explain a user's error in a toast; give a fault a reference number and a log line.

    Refusals and an absent database leave as HTTP errors: the browser's own code (assets/10-requests.js) shows them,
    and no caller can mistake them for an answer.
    """
    if isinstance(error, Malformed | NotSignedIn | NotAllowed | NotFound | Unavailable):
        raise error
    if isinstance(error, UserError):
        set_props(Ids.toasts, {"children": [toast(error.message, kind="danger")]})
        return no_update
    reference = uuid4().hex[:8].upper()
    log.error("callback failed", reference=reference, exc_info=error)
    set_props(
        Ids.toasts,
        {"children": [toast(_("Something went wrong (reference %(ref)s).", ref=reference), kind="danger")]},
    )
    return no_update
