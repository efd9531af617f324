"""A customer's promotions: announce one, take one back."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, callback, ctx, html, set_props
from dash.development.base_component import Component

from components.event_texts import mechanic_name
from components.forms import facts, status
from components.page import empty_state
from components.shell import Ids as Shell
from components.shell import toast
from core.i18n import EMPTY, _, day, number, signed
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import customer_promotions
from services.customer_promotions import Promotion

PATH = customer_promotions.PATH
FIELDS = ("name", "items", "starts_on", "ends_on", "mechanic", "volume", "note")
SHOWN = 12


class Ids(PageIds):
    listed: str
    name: str
    items: str
    starts_on: str
    ends_on: str
    mechanic: str
    volume: str
    note: str
    announce: str
    withdraw: str


@callback(
    Output(Ids.listed, "children"),
    Output(Ids.name, "value"),
    Output(Ids.note, "value"),
    Input(Ids.announce, "n_clicks"),
    *(State(getattr(Ids, name), "value") for name in FIELDS),
    prevent_initial_call=True,
)
def announce_promotion(_clicks: object, *typed: object) -> tuple[list[Component], str, str]:
    customer_promotions.announce(viewer(), dict(zip(FIELDS, typed, strict=True)))
    set_props(Shell.toasts, {"children": [toast(_("Announced. You see here what becomes of it."))]})
    return promotion_cards(), "", ""


@callback(
    Output(Ids.listed, "children", allow_duplicate=True),
    Input({"type": Ids.withdraw, "index": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def withdraw_promotion(clicks: object) -> list[Component]:
    if isinstance(clicks, list) and any(clicks) and isinstance(ctx.triggered_id, dict):
        customer_promotions.take_back(viewer(), ctx.triggered_id.get("index"))
        set_props(Shell.toasts, {"children": [toast(_("Withdrawn."))]})
    return promotion_cards()


def promotion_cards() -> list[Component]:
    """What the company announced, the newest first."""
    found = customer_promotions.promotions(viewer())
    if not found:
        return [empty_state(_("No promotion is announced yet. Tell us of the next one, so that the goods are there."))]
    return [_card(each) for each in found[:SHOWN]]


def _card(promotion: Promotion) -> Component:
    states = {
        "asked": (_("Asked"), "warn"),
        "taken_up": (_("Taken up, being decided"), "quiet"),
        "approved": (_("Approved, in the plan"), "good"),
        "declined": (_("Declined"), "bad"),
        "withdrawn": (_("Withdrawn"), "quiet"),
    }
    text, tone = states.get(promotion.state, (_("Replaced"), "quiet"))
    taken = promotion.state == "asked" and viewer().may(Permission.PORTAL_COMMIT)
    return html.Article(
        [
            html.Div([html.H3(promotion.name), status(text, tone)], className="promotion-head"),
            facts(_facts(promotion)),
            dbc.Button(
                _("Withdraw"),
                id={"type": Ids.withdraw, "index": promotion.id},
                color="secondary",
                outline=True,
                size="sm",
            )
            if taken
            else None,
        ],
        className="promotion",
    )


def _facts(promotion: Promotion) -> list[tuple[str, str]]:
    named = [
        (_("Days"), _("%(first)s to %(last)s", first=day(promotion.starts_on), last=day(promotion.ends_on))),
        (_("Mechanic"), mechanic_name(promotion.mechanic)),
        (_("Items"), ", ".join(f"{item.code} {item.name}" for item in promotion.items)),
        (_("Expected on top"), number(promotion.expected)),
        (_("Announced"), f"{promotion.asked_by}, {day(promotion.asked_at)}"),
    ]
    if promotion.note:
        named.append((_("Your note"), promotion.note))
    if promotion.answer:
        named.append((_("Our answer"), promotion.answer))
    if promotion.result:
        ordered, usual = promotion.result
        named.append(
            (_("You ordered"), _("%(units)s; usual are %(usual)s", units=number(ordered), usual=number(usual)))
        )
        named.append((_("On top"), signed(ordered - usual) or EMPTY))
    return named
