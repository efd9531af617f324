"""Supplier scorecards inside: the address names the supplier."""

from __future__ import annotations

from core.ids import PageIds

PATH = "/supply/scorecards"


class Ids(PageIds):
    supplier: str
    lines: str
