"""Webhooks of the own company: they hear of all partners."""

from __future__ import annotations

from callbacks.webhook_views import WebhookIds, look_after

PATH = "/admin/webhooks"


class Ids(WebhookIds):
    """Names of the page."""


look_after(Ids)
