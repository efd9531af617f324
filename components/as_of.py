"""The choice of a published plan on a screen, the strip that says which one is looked at, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from components.filters import choice_filter
from components.forms import NOTHING
from components.grid import figure_column, grid, text_column
from components.page import panel
from core.i18n import _, moment

HEAD, ROW = 40, 30
VERSIONS_PATH = "/sop/versions"
Line = tuple[str, Sequence[float], Sequence[float], Sequence[float]]


def as_of_choice(component_id: str, known: Sequence[tuple[int, str]], chosen: int | None) -> Component:
    """The plan of now or a published one, named ``as_of`` in the address."""
    options = [(NOTHING, _("Now")), *((str(version_id), name) for version_id, name in known)]
    return choice_filter(component_id, "as_of", _("As of"), options, str(chosen or NOTHING))


def as_of_strip(name: str, *, published_at: datetime, published_by: str | None, path: str) -> Component:
    """The coloured strip of a page that shows a published plan beside now."""
    return html.Div(
        [
            html.Span("◷", **{"aria-hidden": "true"}),
            html.Strong(_("As of %(name)s", name=name)),
            html.Span(
                _(
                    "Published %(when)s by %(who)s: its figures stand beside those of now.",
                    when=moment(published_at),
                    who=published_by or _("nobody known"),
                )
            ),
            dcc.Link(_("Back to now"), href=path),
        ],
        className="scenario-strip",
        role="status",
    )


def beside_panel(
    grid_id: str, *, name: str, version_id: int, months: Sequence[date], lines: Sequence[Line], unit: str
) -> Component:
    """Figures as published, of now and their change by month; ``lines`` are named measures."""
    columns = [
        text_column("measure", _("Measure"), pinned="left", minWidth=120, sortable=False),
        text_column("plan", _("Plan"), minWidth=130, sortable=False),
        *(figure_column(f"m{at}", f"{month:%b %Y}", minWidth=95, sortable=False) for at, month in enumerate(months)),
    ]
    rows = [row for line in lines for row in _rows(line, name)]
    return panel(
        grid(grid_id, columns, rows, row_id="id", height=HEAD + ROW * len(rows) + 16),
        title=_("As published and now, %(unit)s", unit=unit),
        note=_("In the months that both plans have, all items that the filters leave."),
        actions=[dcc.Link(_("By category, family and item"), href=f"{VERSIONS_PATH}?one={version_id}")],
    )


def _rows(line: Line, name: str) -> list[dict[str, Any]]:
    measure, published, now, change = line
    told = ((name, published), (_("Now"), now), (_("Change"), change))
    return [
        {
            "id": f"{measure}-{place}",
            "measure": "" if place else measure,
            "plan": plan,
            **{f"m{at}": value for at, value in enumerate(values)},
        }
        for place, (plan, values) in enumerate(told)
    ]
