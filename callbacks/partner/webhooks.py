"""Webhooks of a partner's company."""

from __future__ import annotations

from callbacks.webhook_views import WebhookIds, look_after

PATH = "/portal/webhooks"


class Ids(WebhookIds):
    """Names of the page."""


look_after(Ids)
