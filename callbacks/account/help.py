"""Help: scroll to the definition that a link asked for."""

from __future__ import annotations

from dash import ClientsideFunction, Input, Output, clientside_callback

from core.ids import PageIds


class Ids(PageIds):
    glossary: str
    sought: str


clientside_callback(ClientsideFunction("help", "seek"), Output(Ids.sought, "data"), Input(Ids.glossary, "id"))
