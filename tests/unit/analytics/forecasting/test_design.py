"""Drivers as regression terms: prices as logs, categories apart, nothing where nothing is known."""

import numpy as np
import pytest

from analytics.forecasting.design import design_matrix
from analytics.forecasting.drivers import Drivers

HISTORY, HORIZON = 40, 5


def driver(values: np.ndarray, *, series: int = 1) -> Drivers:
    return Drivers(("x",), np.repeat(values[None, :, None], series, axis=2).astype(float))


def terms_of(values: np.ndarray) -> np.ndarray | None:
    return design_matrix(driver(values), periods=HISTORY)


def whole(values: object) -> np.ndarray:
    return np.resize(np.asarray(values, dtype=float), HISTORY + HORIZON)


def test_a_price_counts_by_its_logarithm() -> None:
    price = whole(np.linspace(2, 6, 31))
    (term,) = terms_of(price)
    expected = np.log(price) - np.log(price[:HISTORY]).mean()
    np.testing.assert_allclose(term[:, 0], expected)


def test_a_yes_or_no_is_one_term() -> None:
    (term,) = terms_of(whole([0, 0, 1, 0]))
    assert np.unique(term) == pytest.approx([-0.25, 0.75])


def test_every_category_but_the_first_has_a_term() -> None:
    weekday = whole(np.arange(7))
    terms = terms_of(weekday)
    assert terms.shape == (6, HISTORY + HORIZON, 1)
    for category, term in enumerate(terms, start=1):
        np.testing.assert_array_equal(term[:, 0] > 0, weekday == category)


def test_money_spent_works_less_and_less() -> None:
    spent = whole([0, 10, 20, 40.5, 80, 160, 320, 640, 1, 2, 3, 5, 7])
    (term,) = terms_of(spent)
    effect = term[:, 0] - term[0, 0]
    rise = [effect[spent == money][0] / money for money in (10, 20, 80, 640)]
    assert rise == sorted(rise, reverse=True)


def test_terms_are_zero_on_average_over_the_history_of_every_series_and_where_nothing_is_known() -> None:
    rng = np.random.default_rng(2)
    values = rng.uniform(1, 9, (2, HISTORY + HORIZON, 3))
    values[0, :10, 1] = np.nan
    terms = design_matrix(Drivers(("price", "other"), values), periods=HISTORY)
    assert terms[:, :HISTORY].mean(axis=1) == pytest.approx(np.zeros((2, 3)), abs=1e-12)
    assert not terms[0, :10, 1].any()


@pytest.mark.parametrize(
    "values",
    [
        np.full(HISTORY + HORIZON, 4.0),
        np.full(HISTORY + HORIZON, np.nan),
        np.where(np.arange(HISTORY + HORIZON) < HISTORY, 0.0, 1.0),
    ],
    ids=["always the same", "never known", "only to come"],
)
def test_a_driver_that_says_nothing_of_the_history_is_left_out(values: np.ndarray) -> None:
    assert terms_of(values) is None


def test_no_drivers_no_terms() -> None:
    assert design_matrix(Drivers((), np.empty((0, HISTORY + HORIZON, 2))), periods=HISTORY) is None
