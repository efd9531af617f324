"""A customer's basket as the browser holds it: its lines, what can be promised of them, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.grid import selected_row
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day, money
from services import customer_ordering
from services.customer_catalogue import MOST_LINES, BasketLine
from services.customer_ordering import Checked
from services.customer_promises import Choice
from services.form_values import shown_quantity


def empty_basket() -> dict[str, Any]:
    """A basket of a new order."""
    return {"key": customer_ordering.new_key(), "lines": []}


def with_lines(basket: object, more: Sequence[BasketLine]) -> dict[str, Any]:
    """A basket with more lines; of those that were checked, the answer is not known any more."""
    kept = [{**line, "ways": None, "take": None} for line in lines_of(basket)]
    used = max((line["id"] for line in kept if isinstance(line.get("id"), int)), default=0)
    added = [_written(line, used + place) for place, line in enumerate(more, start=1)]
    return {"key": key_of(basket), "lines": [*kept, *added][:MOST_LINES]}


def lines_of(basket: object) -> list[dict[str, Any]]:
    """The lines that the browser holds; the services check them."""
    lines = basket.get("lines") if isinstance(basket, dict) else None
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def key_of(basket: object) -> object:
    return basket.get("key") if isinstance(basket, dict) else None


def chosen_line(selected: object, basket: object) -> dict[str, Any] | None:
    """The line of the basket whose row is selected."""
    row = selected_row(selected)
    return None if row is None else next((line for line in lines_of(basket) if line.get("id") == row.get("id")), None)


def basket_rows(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The basket as grid rows of two text lines each."""
    return [
        {
            "id": line.get("id"),
            "item": line.get("title", ""),
            "wanted": line.get("terms", ""),
            "value": line.get("price", ""),
            **_promise(line),
        }
        for line in lines
    ]


def basket_length(lines: Sequence[dict[str, Any]]) -> str:
    """How many lines, and what they come to as far as prices are known."""
    values = [line.get("value") for line in lines]
    total = sum(value for value in values if isinstance(value, int | float))
    open_ = sum(value is None for value in values)
    told = counted("%(count)s line", "%(count)s lines", len(lines)) + f" · {money(total, decimals=2)}"
    return told + (" · " + counted("%(count)s without a price", "%(count)s without a price", open_) if open_ else "")


def with_ways(line: dict[str, Any], checked: Checked) -> dict[str, Any]:
    """A line of the basket with what can be promised of it."""
    ways = [
        {"value": way.key, "label": way_text(way), "short": _short(way), "tone": _tone(way, checked)}
        for way in checked.choices
    ]
    known = {way["value"] for way in ways}
    take = line.get("take") if line.get("take") in known else ways[0]["value"] if ways else None
    return {**line, "ways": ways, "take": take}


def way_text(way: Choice) -> str:
    """A way to get a line, in words."""
    terms = "; ".join(f"{shown_quantity(term.quantity)} {way.uom} · {day(term.day)}" for term in way.terms)
    names = {
        "whole": _("All at once: %(terms)s", terms=terms),
        "parts": _("In parts: %(terms)s", terms=terms),
        "elsewhere": _("From %(place)s: %(terms)s", place=way.location, terms=terms),
        "instead": _("%(code)s %(name)s instead: %(terms)s", code=way.code, name=way.name, terms=terms),
    }
    price = "" if way.price is None else f" · {money(way.price, decimals=2)} / {way.uom}"
    return names[way.kind] + price


def _written(line: BasketLine, number: int) -> dict[str, Any]:
    product = line.product
    pack = "" if line.unit == product.uom else f" = {shown_quantity(line.quantity)} {product.uom}"
    price = EMPTY if product.price is None else f"{money(product.price, decimals=2)} / {product.uom}"
    return {
        "id": number,
        "product_id": product.id,
        "count": str(line.count),
        "unit": line.unit,
        "wanted_on": line.wanted_on.isoformat(),
        "title": f"{product.code}\n{product.name}",
        "terms": f"{shown_quantity(line.count)} {line.unit}{pack}\n{day(line.wanted_on)}",
        "price": f"{money(line.value, decimals=2)}\n{price}",
        "value": None if line.value is None else float(line.value),
        "ways": None,
        "take": None,
    }


def _promise(line: dict[str, Any]) -> dict[str, str]:
    ways = line.get("ways")
    if not isinstance(ways, list):
        return {"promise": _("not checked"), "tone": "quiet"}
    taken = next((way for way in ways if isinstance(way, dict) and way.get("value") == line.get("take")), None)
    if taken is None:
        return {"promise": marked(_("Not possible"), "bad"), "tone": "bad"}
    tone = taken.get("tone") if taken.get("tone") in ("good", "warn", "bad", "quiet") else "quiet"
    return {"promise": marked(str(taken.get("short", "")), str(tone)), "tone": str(tone)}


def _short(way: Choice) -> str:
    names = {
        "whole": _("all at once"),
        "parts": counted("in %(count)s part", "in %(count)s parts", len(way.terms)),
        "elsewhere": way.location,
        "instead": way.code,
    }
    return f"{day(way.terms[-1].day)}\n{names[way.kind]}"


def _tone(way: Choice, checked: Checked) -> str:
    if way.quantity < float(checked.line.quantity):
        return "bad"
    return "good" if way.on_time(checked.line) else "warn"
