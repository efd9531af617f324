"""docs/demo-company.md quotes the rules as they are."""

from __future__ import annotations

import pytest

from core.settings import PROJECT
from data.demo.people import PEOPLE
from data.demo.rules import (
    CHANNELS,
    FEAST_WINDOWS,
    PROMOTION_ELASTICITY,
    SUPPLIERS,
    YEARLY_SEASON,
    promotion_uplift,
)

DOCUMENT = (PROJECT / "docs" / "demo-company.md").read_text()
ROWS = [
    *(f"| {name} | {season.amplitude:.2f} | {season.peak_day_of_year} |" for name, season in YEARLY_SEASON.items()),
    *(f"| {name} | {value:.1f} | {promotion_uplift(name, 0.2):.2f} |" for name, value in PROMOTION_ELASTICITY.items()),
    *(" | ".join(f"{factor:.2f}" for factor in window.factors) for window in FEAST_WINDOWS),
    *(f"| {rule.contract_days} | {rule.mean_days:.1f} | {rule.sd_days:.1f} | " for rule in SUPPLIERS),
    *(" ".join(f"{factor:.2f}" for factor in rule.weekdays) for rule in CHANNELS),
    *(f"`{name}`" for name, *_rest in PEOPLE),
]


@pytest.mark.parametrize("row", ROWS)
def test_the_document_holds_every_rule(row: str) -> None:
    assert row in DOCUMENT
