"""What a user sees when a callback fails."""

from __future__ import annotations

from uuid import uuid4

import structlog
from dash import ctx, no_update, set_props

from components.page import empty_state, page_frame
from components.shell import Ids, toast
from core.errors import Malformed, NotAllowed, NotFound, NotSignedIn, Unavailable, UserError
from core.i18n import _

ROUTER_OUTPUT = "_pages_content"

log = structlog.get_logger()


def show_error(error: Exception) -> object:
    """Explain a user's error in a toast; give a fault a reference number and a log line.

    Refusals and an absent database leave as HTTP errors: the browser's own code (assets/10-requests.js) shows them,
    and no caller can mistake them for an answer.
    """
    if isinstance(error, Malformed | NotSignedIn | NotAllowed | NotFound | Unavailable):
        raise error
    message = error.message if isinstance(error, UserError) else _fault(error)
    if _opens_page():
        return page_frame(empty_state(message), title=_("This page can't be shown")), {"title": "Tandem"}
    set_props(Ids.toasts, {"children": [toast(message, kind="danger")]})
    return no_update


def _fault(error: Exception) -> str:
    reference = uuid4().hex[:8].upper()
    log.error("callback failed", reference=reference, exc_info=error)
    return _("Something went wrong (reference %(ref)s).", ref=reference)


def _opens_page() -> bool:
    """Whether it was a layout that failed: a toast over an empty page would leave the reader with nothing."""
    outputs = ctx.outputs_list
    return isinstance(outputs, list) and any(output.get("id") == ROUTER_OUTPUT for output in outputs)
