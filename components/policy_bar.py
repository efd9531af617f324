"""Stock against its policy as a bar: zones up to safety stock, reorder point and order-up-to, and markers in them."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from core.i18n import _, number

ROOM = 1.06  # the scale ends a little beyond the largest figure

Mark = tuple[str, float, str]
"""Name, quantity, and how it is drawn: hand is a line, position a dotted one."""


def policy_bar(
    *,
    safety_stock: float | None,
    reorder_point: float | None,
    order_up_to: float | None,
    marks: Sequence[Mark],
    uom: str,
) -> Component:
    """The bar with its figures below it; only the figures of the marks while there is no policy."""
    if safety_stock is None or reorder_point is None or order_up_to is None:
        return html.Div(_legend(marks, uom), className="policy")
    levels = [
        (_("Safety stock"), safety_stock, "safety"),
        (_("Reorder point"), reorder_point, "reorder"),
        (_("Order-up-to"), order_up_to, "target"),
    ]
    return zone_bar(levels, marks, uom=uom)


def zone_bar(levels: Sequence[Mark], marks: Sequence[Mark], *, uom: str) -> Component:
    """Zones that end at rising levels, and markers of what stands where; each is a name, a figure and a look."""
    end = max(1.0, *(value for _name, value, _kind in [*levels, *marks])) * ROOM
    starts = [0.0, *(value for _name, value, _kind in levels)]
    ends = [*((kind, value) for _name, value, kind in levels), ("above", end)]
    zones = [(kind, low, high) for low, (kind, high) in zip(starts, ends, strict=True)]
    return html.Div(
        [
            html.Div(
                [*(_zone(kind, low, high, end) for kind, low, high in zones), *(_marker(m, end) for m in marks)],
                className="policy-bar",
                role="img",
                **{"aria-label": _summary([*levels, *marks], uom)},
            ),
            _legend([*levels, *marks], uom),
        ],
        className="policy",
    )


def _zone(kind: str, low: float, high: float, end: float) -> Component:
    width = max(high - low, 0.0) / end * 100
    return html.Span(className=f"policy-zone policy-{kind}", style={"width": f"{width:.2f}%"})


def _marker(mark: Mark, end: float) -> Component:
    name, value, kind = mark
    left = min(max(value, 0.0) / end, 1.0) * 100
    return html.Span(className=f"policy-marker policy-marker-{kind}", style={"left": f"{left:.2f}%"}, title=name)


def _legend(figures: Sequence[Mark], uom: str) -> Component:
    return html.Dl(
        [
            part
            for name, value, kind in figures
            for part in (
                html.Dt([html.Span(className=f"policy-key policy-key-{kind}", **{"aria-hidden": "true"}), name]),
                html.Dd(f"{number(value)} {uom}"),
            )
        ],
        className="facts",
    )


def _summary(figures: Sequence[Mark], uom: str) -> str:
    return ", ".join(f"{name} {number(value)} {uom}" for name, value, _kind in figures)
