"""Help: what to do first, and what every figure means."""

from __future__ import annotations

from itertools import groupby

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.account.help import Ids
from components.page import page_frame, panel
from components.step_links import step_links
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from core.viewer import Viewer
from services.glossary import GLOSSARY, HELP_PATH, Definition
from services.quick_start import quick_start

register_page(
    __name__,
    path=HELP_PATH,
    permission=Permission.SIGNED_IN,
    name="Help",
    area=Area.ACCOUNT,
    order=20,
    description="Quick start, and the definition of every figure",
    in_navigation=False,
)


def layout(**_query: str) -> Component:
    person = viewer()
    return page_frame(
        dcc.Store(id=Ids.sought),
        _quick_start(person),
        html.Div(
            [
                panel(*(_definition(found) for found in listed), title=_(subject))
                for subject, listed in groupby(GLOSSARY.values(), key=lambda found: found.subject)
            ],
            id=Ids.glossary,
        ),
        title=_("Help"),
        lead=_("What to do first, and what every figure means: formula, unit, sign and source."),
    )


def _quick_start(person: Viewer) -> Component:
    return panel(
        step_links((_(step.name), _(step.text), step.path) for step in quick_start(person)),
        title=_("Quick start for you"),
        note=_("You are signed in as %(role)s; these are the pages you have the right to.", role=person.role),
    )


def _definition(found: Definition) -> Component:
    facts = _("Unit: %(unit)s. Source: %(source)s.", unit=_(found.unit), source=_(found.source))
    return html.Section(
        [
            html.H3(_(found.name)),
            html.P(_(found.formula), className="formula"),
            f"{_(found.reading)} {facts}",  # as bare text: a component less for every figure there is
        ],
        id=found.anchor,
        className="definition",
    )
