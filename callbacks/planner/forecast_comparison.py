"""Two forecast runs side by side: the series that changed most."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback

from core.identity import viewer
from core.ids import PageIds
from services import forecast_comparison
from services.forecast_comparison import Difference

PATH = "/demand/forecast-comparison"


class Ids(PageIds):
    run: str
    other: str
    runs: str
    totals: str
    periods: str
    categories: str
    families: str
    ranked_by: str
    series: str


@callback(
    Output(Ids.series, "rowData"),
    Input(Ids.ranked_by, "value"),
    State(Ids.runs, "data"),
)
def show_changed_series(by: object, runs: object) -> list[dict[str, Any]]:
    compared = runs if isinstance(runs, dict) else {}
    found = forecast_comparison.changed_series(viewer(), compared.get("run"), compared.get("other"), by=by)
    return [{**row, "id": f"{row['product_id']}-{row['location_id']}"} for row in found]


def difference_row(found: Difference) -> dict[str, Any]:
    """A difference as a grid shows it."""
    names = ("key", "quantity", "other_quantity", "change", "money_change")
    share = found.change / found.other_quantity if found.other_quantity else None
    return {**{name: getattr(found, name) for name in names}, "change_share": share}
