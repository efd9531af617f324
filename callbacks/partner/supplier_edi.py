"""EDIFACT files of a supplier: choose or paste one, look what it says, take it over."""

from __future__ import annotations

import binascii
from base64 import b64decode

from dash import Input, Output, State, callback, html
from dash.development.base_component import Component

from components.forms import status
from core.errors import InvalidInput
from core.i18n import _
from core.identity import viewer
from core.ids import PageIds
from services import edi
from services.edi import Taken

PATH = "/portal/supplier/edi"


class Ids(PageIds):
    file: str
    text: str
    check: str
    take: str
    told: str


@callback(Output(Ids.text, "value"), Input(Ids.file, "contents"), prevent_initial_call=True)
def open_file(contents: object) -> str:
    """A chosen file becomes the text that is looked at; the browser sends it as a data address."""
    _head, comma, coded = contents.partition(",") if isinstance(contents, str) else ("", "", "")
    if not comma:
        raise InvalidInput(_("Choose an EDIFACT file, or paste its text."))
    try:
        return edi.text_of(b64decode(coded, validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(_("The file can't be read. Choose it again, or paste its text.")) from error


@callback(
    Output(Ids.told, "children"),
    Output(Ids.take, "disabled"),
    Input(Ids.check, "n_clicks"),
    State(Ids.text, "value"),
    prevent_initial_call=True,
)
def check(_clicks: object, text: object) -> tuple[list[Component], bool]:
    return _told(edi.take(viewer(), _given(text), dry=True)), False


@callback(
    Output(Ids.told, "children", allow_duplicate=True),
    Output(Ids.take, "disabled", allow_duplicate=True),
    Output(Ids.text, "value", allow_duplicate=True),
    Input(Ids.take, "n_clicks"),
    State(Ids.text, "value"),
    prevent_initial_call=True,
)
def take(_clicks: object, text: object) -> tuple[list[Component], bool, str]:
    return _told(edi.take(viewer(), _given(text), dry=False)), True, ""


@callback(Output(Ids.take, "disabled", allow_duplicate=True), Input(Ids.text, "value"), prevent_initial_call=True)
def look_again(_text: object) -> bool:
    """Another text has to be looked at before it is taken over."""
    return True


def _given(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput(_("Choose an EDIFACT file, or paste its text."))
    return text


def _told(found: Taken) -> list[Component]:
    head = _("Nothing is wrong. This is what it says:") if found.dry else _("Taken over. The buyer is told.")
    return [status(head, "good"), html.Ul([html.Li(line) for line in found.told])]
