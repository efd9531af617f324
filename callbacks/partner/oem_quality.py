"""Quality and yield of what is made for an OEM, to look at."""

from __future__ import annotations

from typing import Any

from components.two_line_grid import marked
from core.i18n import _, day, percent
from core.ids import PageIds
from services.form_values import shown_quantity
from services.oem_quality import MadeQuality

PATH = "/portal/oem/quality"
STEADY = 0.005
"""A yield within half a point of the one before is as good."""


class Ids(PageIds):
    products: str
    months: str
    orders: str


def product_rows(found: MadeQuality) -> list[dict[str, Any]]:
    """Each product with its yield and how it stands to the weeks before."""
    return [{**_row(row, row["code"]), **_trend(row)} for row in found.products]


def month_rows(found: MadeQuality) -> list[dict[str, Any]]:
    """Each month of a product."""
    return [_row(row, f"{row['code']} {row['month']:%Y-%m}", first=f"{row['month']:%Y-%m}") for row in found.months]


def order_rows(found: MadeQuality) -> list[dict[str, Any]]:
    """Each order."""
    return [_row(row, row["number"], first=f"{row['number']}, {day(row['day'])}") for row in found.orders]


def _row(row: dict[str, Any], key: str, *, first: str = "") -> dict[str, Any]:
    scrap = _("scrap %(units)s", units=shown_quantity(row["scrap"]))
    return {
        "id": key,
        "what": f"{first or row['code']}\n{row['name']}",
        "made": f"{shown_quantity(row['made'])} {row['uom']}\n{scrap}",
        "share": percent(row["share"]),
    }


def _trend(row: dict[str, Any]) -> dict[str, str]:
    share, before = row["share"], row["before"]
    if share is None or before is None:
        return {"trend": marked(_("nothing before"), "quiet"), "tone": "quiet"}
    better, worse = share > before + STEADY, share < before - STEADY
    tone = "good" if better else "bad" if worse else "quiet"
    word = _("better") if better else _("worse") if worse else _("steady")
    return {"trend": f"{marked(word, tone)}\n{_('before %(share)s', share=percent(before))}", "tone": tone}
