"""A small line of figures without axes, drawn as a shape, with its figures in words for those who can't see it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

HEADROOM = 12  # per cent left free above and below


def sparkline(values: Sequence[float | None], *, text: str) -> Component | None:
    """The known figures at their place among all; nothing when there are not two of them."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    high = max(value for _place, value in known)
    low = min(0.0, *(value for _place, value in known))
    corners = [_corner(place, value, len(values) - 1, (low, high)) for place, value in known]
    first, last = corners[0].split()[0], corners[-1].split()[0]
    shape = ", ".join([f"{first} 100%", *corners, f"{last} 100%"])
    return html.Span(
        className="sparkline", role="img", title=text, style={"clipPath": f"polygon({shape})"}, **{"aria-label": text}
    )


def _corner(place: int, value: float, last: int, ends: tuple[float, float]) -> str:
    low, high = ends
    share = (value - low) / (high - low) if high > low else 0.0
    return f"{place / last * 100:.1f}% {100 - HEADROOM - share * (100 - 2 * HEADROOM):.1f}%"
