"""Pools: every class has methods, on every calendar; what is asked for by name is tried where it suits."""

import numpy as np
import pytest
from panels import panel_of

from analytics.forecasting.classes import CLASSES
from analytics.forecasting.panel import Panel
from analytics.forecasting.pools import BENCHMARK, chosen, method_registry, pool

DEMAND = np.ones(60)


def panel(season: int, *, driven: bool = False) -> Panel:
    return panel_of(DEMAND, season=season, design=np.zeros((1, 66, 1)) if driven else None)


def names(label: str, *, season: int = 12, driven: bool = False, asked: tuple[str, ...] | None = None) -> list[str]:
    methods = pool(label, panel=panel(season, driven=driven))
    return [method.name for method in chosen(methods, label=label, names=asked)]


@pytest.mark.parametrize("driven", [False, True], ids=["plain", "driven"])
@pytest.mark.parametrize("season", [12, 52, 7])
@pytest.mark.parametrize("label", CLASSES)
def test_every_class_has_methods_with_different_names(label: str, season: int, driven: bool) -> None:
    found = names(label, season=season, driven=driven)
    assert found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("season", [12, 52, 7])
@pytest.mark.parametrize("label", CLASSES)
def test_all_of_a_pool_can_be_asked_for_by_name(label: str, season: int) -> None:
    registry = method_registry()
    assert all(registry[name] == method for method in pool(label, panel=panel(season)) for name in [method.name])


@pytest.mark.parametrize("label", ["new", "ending"])
def test_no_trend_is_continued_for_what_is_new_or_ends(label: str) -> None:
    for season in (12, 52, 7):
        assert not [name for name in names(label, season=season) if "trend" in name or "theta" in name]


def test_where_drivers_are_known_some_methods_are_tried_without_them_too() -> None:
    plain, driven = names("smooth"), names("smooth", driven=True)
    assert set(plain) < set(driven)
    assert {name.removesuffix("_undriven") for name in driven} == set(plain)


def test_only_what_was_asked_for_is_tried() -> None:
    assert names("smooth", asked=("theta",)) == ["theta"]
    assert names("smooth", asked=("croston", "theta", "optimised_theta")) == ["theta", "croston", "optimised_theta"]


def test_what_suits_regular_demand_is_not_tried_on_sporadic() -> None:
    assert names("lumpy", asked=("holt", "sba")) == ["sba"]


def test_where_nothing_asked_for_suits_the_pool_is_tried() -> None:
    assert names("no demand", asked=("holt",)) == [BENCHMARK]
    assert names("smooth", asked=("crystal_ball",)) == names("smooth")


def test_methods_of_statsmodels_are_there_for_regular_demand_by_name_alone() -> None:
    assert not {"ets", "sarima", "sarimax"} & {*names("smooth"), *method_registry()}
    assert names("erratic", asked=("ets", "sarima", "sarimax")) == ["ets", "sarima", "sarimax"]
    assert names("new", asked=("ets",)) == names("new")
