"""A page as of a published plan: the choice in its filters, the strip on top, and the figures beside those of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from components.as_of import as_of_choice, as_of_strip, beside_panel
from core.i18n import _
from core.identity import viewer
from services import as_of
from services.as_of import AsOf
from services.plan_comparison import MONEY, UNITS


@dataclass(frozen=True, slots=True)
class AsOfView:
    """The published plans that a page can show and the one that its address asks for, None for now."""

    known: list[AsOf]
    plan: AsOf | None

    def choice(self, component_id: str) -> list[Component]:
        """A filter of the page; nothing while nothing is published."""
        chosen = self.plan.version_id if self.plan else None
        listed = [(one.version_id, one.name) for one in self.known]
        return [as_of_choice(component_id, listed, chosen)] if listed else []

    def strip(self, path: str) -> list[Component]:
        """Which plan is looked at."""
        if self.plan is None:
            return []
        plan = self.plan
        return [as_of_strip(plan.name, published_at=plan.published_at, published_by=plan.published_by, path=path)]

    def beside(
        self, grid_id: str, measures: Sequence[str], *, scope: Mapping[str, str], shown: str = MONEY
    ) -> list[Component]:
        """Its figures beside those of now."""
        if self.plan is None:
            return []
        found = as_of.beside_now(viewer(), self.plan, measures, shown=shown, scope=scope)
        names = measure_names()
        return [
            beside_panel(
                grid_id,
                name=self.plan.name,
                version_id=self.plan.version_id,
                months=found.months,
                lines=[(names[measure], published, now, change) for measure, published, now, change in found.rows],
                unit=_("units") if shown == UNITS else _("RM"),
            )
        ]


def as_of_view(kinds: Sequence[str], asked: object) -> AsOfView:
    """What an address asks for, of the plans of some kinds."""
    known = as_of.choices(viewer(), kinds)
    return AsOfView(known, as_of.chosen_plan(known, asked))


def measure_names() -> dict[str, str]:
    """What the measures of published plans are called."""
    return {
        "consensus": _("Demand"),
        "receipts": _("Receipts"),
        "demand": _("Demand"),
        "end_stock": _("Stock at the end"),
        "owed": _("Owed"),
    }
