"""Promotions that a customer announces, and what became of them."""

from __future__ import annotations

from datetime import timedelta

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.partner.customer_promotions import PATH, Ids, promotion_cards
from components.download import list_download
from components.event_texts import mechanic_name
from components.forms import field, select
from components.page import page_frame, panel
from core.clock import today
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import customer_promotions
from services.event_fields import MECHANICS
from services.submissions import NOTE_LENGTH

register_page(
    __name__,
    path=PATH,
    permission=Permission.CUSTOMER_PROMOTIONS,
    name="Promotions",
    area=Area.PORTAL_PLANNING,
    order=20,
    description="Promotions that you plan, and what becomes of them",
)


def layout(**_query: str) -> Component:
    announces = viewer().may(Permission.PORTAL_COMMIT)
    listed = panel(html.Div(promotion_cards(), id=Ids.listed, className="promotions"), title=_("Announced"))
    return page_frame(
        html.Div([_form(), listed], className="two-columns halves") if announces else listed,
        title=_("Promotions"),
        lead=_("Tell us early what you plan, so that the goods are there. It counts in our plan once it is approved."),
        actions=[list_download("customer-promotions")],
    )


def _form() -> Component:
    items = [
        {"value": str(item.id), "label": f"{item.code} {item.name}"} for item in customer_promotions.items(viewer())
    ]
    first = today() + timedelta(days=28)
    return panel(
        html.Div(
            [
                field(_("Name"), dbc.Input(id=Ids.name, maxLength=customer_promotions.LONGEST_NAME)),
                field(_("Items"), dcc.Dropdown(id=Ids.items, options=items, multi=True, placeholder=_("Choose items"))),
                field(_("First day"), dbc.Input(id=Ids.starts_on, type="date", value=first.isoformat())),
                field(_("Last day"), dbc.Input(id=Ids.ends_on, type="date", value=(first + timedelta(13)).isoformat())),
                field(
                    _("Mechanic"), select(Ids.mechanic, [(each, mechanic_name(each)) for each in MECHANICS], "discount")
                ),
                field(
                    _("Volume on top"),
                    dbc.Input(id=Ids.volume, type="number", min=0, step="any"),
                    hint=_("Units beside what you would buy anyhow, of all items together; they are shared equally."),
                ),
                field(_("Note"), dbc.Textarea(id=Ids.note, maxLength=NOTE_LENGTH, rows=2)),
                dbc.Button(_("Announce"), id=Ids.announce, color="primary"),
            ],
            className="proposal",
        ),
        title=_("Announce a promotion"),
    )
