"""Webhooks of a partner's company."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.partner.webhooks import PATH, Ids
from callbacks.webhook_views import delivery_rows, hook_rows
from components.page import page_frame
from components.webhook_panels import webhook_panels
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import webhooks

register_page(
    __name__,
    path=PATH,
    permission=Permission.PORTAL_API,
    name="Webhooks",
    area=Area.PORTAL_COMPANY,
    order=60,
    description="Addresses of your systems that are told what happens",
)


def layout(**_query: str) -> Component:
    return page_frame(
        *webhook_panels(
            Ids,
            hooks=hook_rows(),
            deliveries=delivery_rows(),
            topics=webhooks.TOPICS,
            may_change=webhooks.may_change(viewer()),
        ),
        title=_("Webhooks"),
        lead=_("Have your own systems told what happens with your orders, instead of asking again and again."),
    )
