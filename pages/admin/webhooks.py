"""Webhooks of the own company: they hear of all partners."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.admin.webhooks import PATH, Ids
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
    permission=Permission.API_MANAGE,
    name="Webhooks",
    area=Area.ADMINISTRATION,
    order=50,
    description="Addresses of systems that are told what happens with partners",
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
        lead=_("Have other systems of the company told what happens with partners."),
    )
