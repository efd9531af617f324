"""Every method has a name, and the reasons say what was compared, what is used and how much better it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analytics.forecasting.classes import CLASSES
from analytics.forecasting.global_model import NAME as GLOBAL_MODEL
from analytics.forecasting.pools import method_registry
from services.forecast_reasons import method_name, reasons, short_method_name


def series(**changed: Any) -> Any:
    candidates = [
        {"method": "theta", "weight": 0.55, "score": 0.9},
        {"method": "damped_trend", "weight": 0.449, "score": 0.95},
        {"method": "ses", "weight": 0.001, "score": 1.1},
        {"method": "seasonal_naive", "weight": 0.0, "score": None},
    ]
    why = {"periods": 36, "origins": 3, "steps": 6, "candidates": candidates, "failures": []}
    stored = {"method": "theta+damped_trend", "demand_class": "smooth", "wmape": 0.09, "naive_wmape": 0.12, "why": why}
    return SimpleNamespace(**(stored | changed))


def said(found: Any) -> str:
    return " ".join(reasons(found, frequency="month", horizon=6))


@pytest.mark.parametrize("key", [*sorted(method_registry()), GLOBAL_MODEL, "ets", "sarima", "sarimax", "combination"])
def test_every_method_has_a_name(key: str) -> None:
    assert method_name(key) != key
    assert "_" not in method_name(key)


def test_names_differ() -> None:
    names = [method_name(key) for key in method_registry()]
    assert len(set(names)) == len(names)


def test_methods_that_share_a_forecast_are_all_named() -> None:
    assert method_name("theta+damped_trend_fine") == "Theta + Damped trend, fine season"
    assert method_name("of_tomorrow") == "of_tomorrow"
    assert short_method_name("theta+damped_trend_fine") == "Combination of 2"
    assert short_method_name("theta") == "Theta"


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_of_demand_is_explained(name: str) -> None:
    first = reasons(series(demand_class=name), frequency="month", horizon=6)[0]
    assert first.endswith(".")
    assert "methods were compared" not in first


def test_a_combination_names_its_members_with_their_weights() -> None:
    text = said(series())
    assert "4 methods were compared at 3 earlier dates" in text
    assert "weighted combination of those that did well: Theta 55 %, Damped trend 45 %." in text
    assert "SES" not in text


def test_the_gain_over_seasonal_naive_is_told() -> None:
    assert "that of seasonal naive 12.0 %: the error is 25 % smaller" in said(series())
    assert "behind seasonal naive" in said(series(wmape=0.13))
    assert "no percentage" in said(series(wmape=None, naive_wmape=None))


def test_a_method_alone_is_named_as_such() -> None:
    alone = series().why | {"candidates": [{"method": "theta", "weight": 1.0}, {"method": "ses", "weight": 0.0}]}
    assert "Theta did so much better than the others" in said(series(method="theta", why=alone))


def test_a_history_too_short_to_judge_is_told() -> None:
    new = series().why | {"origins": 0, "steps": 0, "periods": 2}
    text = said(series(method="ses", demand_class="new", why=new))
    assert "With 2 months of history no method can be tested" in text
    assert "WMAPE" not in text
    assert "errors are those of one month ahead" in said(series(why=series().why | {"steps": 1}))


def test_what_could_not_be_fitted_is_told_once() -> None:
    failures = [{"method": "ets", "reason": "x"}, {"method": "ets", "reason": "y"}]
    assert said(series(why=series().why | {"failures": failures})).count("ETS") == 1
