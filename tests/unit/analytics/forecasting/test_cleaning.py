"""Cleaning: what is found in clean and in spoilt series, what consent changes, and demand behind empty shelves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.errors import AnalyticsError
from analytics.forecasting.cleaning import COLUMNS, LEVEL_SHIFT, OUTLIER, corrected, find_outliers, uncensored

SERIES, NAN = 1000, np.nan
MONTHS = np.arange(60)[:, None]
SEASON = 1 + 0.4 * np.sin(2 * np.pi * MONTHS / 12)


def noise(kind: str, seed: int = 0) -> np.ndarray:
    """Sixty months of demand without anything to find."""
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=(60, SERIES))
    return {
        "normal": 100 + 10 * normal,
        "wide": np.maximum(100 + 30 * normal, 0.0),
        "counts": rng.poisson(20, (60, SERIES)).astype(float),
        "few": rng.poisson(2, (60, SERIES)).astype(float),
        "skewed": rng.gamma(4, 25, (60, SERIES)),
        "exponential": rng.exponential(100, (60, SERIES)),
        "sporadic": np.where(rng.random((60, SERIES)) < 0.3, rng.gamma(2, 5, (60, SERIES)), 0.0),
        "season": 100 * SEASON * (1 + 0.1 * normal),
        "trend": (100 + 2 * MONTHS) * (1 + 0.1 * normal),
    }[kind]


def found(values: np.ndarray, kind: str, **arguments: object) -> pd.DataFrame:
    frame = find_outliers(values, season_periods=12, **arguments)  # type: ignore[arg-type]
    return frame[frame["kind"] == kind].reset_index(drop=True)


@pytest.mark.parametrize(
    "kind", ["normal", "wide", "counts", "few", "skewed", "exponential", "sporadic", "season", "trend"]
)
def test_clean_series_are_flagged_in_less_than_one_of_200_periods(kind: str) -> None:
    """Measured: outliers from one in 221 (wide) to one in 2,069 (sporadic), shifts one in 1,277 (trend) or less."""
    values = noise(kind)
    assert len(found(values, OUTLIER)) / values.size < 1 / 200
    assert len(found(values, LEVEL_SHIFT)) / values.size < 1 / 1000


@pytest.mark.parametrize(("kind", "least"), [("normal", 0.88), ("season", 0.74), ("counts", 0.79)])
def test_spikes_of_six_standard_deviations_are_found(kind: str, least: float) -> None:
    """Measured over all places, the ends too: 91 % of normal, 77 % of seasonal series, 82 % of counts."""
    values, row = noise(kind), np.random.default_rng(1).integers(0, 60, SERIES)
    values[row, np.arange(SERIES)] += 6 * (np.sqrt(20) if kind == "counts" else 10)
    findings = found(values, OUTLIER).set_index(["row", "series"])
    hits = findings.index.intersection(list(zip(row, range(SERIES), strict=True)))
    assert len(hits) / SERIES > least
    proposed = findings.loc[hits, "corrected"]
    usual = {"normal": 100.0, "counts": 20.0}.get(kind, 100 * SEASON[proposed.index.get_level_values("row"), 0])
    assert (proposed / usual).mean() == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize(("kind", "least"), [("normal", 0.85), ("season", 0.7)])
def test_shifts_of_three_standard_deviations_that_last_are_found(kind: str, least: float) -> None:
    """Measured within two periods of the beginning: 90 % of normal, 77 % of seasonal series."""
    row = np.random.default_rng(2).integers(8, 53, SERIES)
    findings = found(noise(kind) + 30.0 * (row <= MONTHS), LEVEL_SHIFT)
    near = np.abs(findings["row"] - row[findings["series"]]) <= 2
    assert findings.loc[near, "series"].nunique() / SERIES > least
    ratio = findings.loc[near, "corrected"] / findings.loc[near, "observed"]
    assert ratio.median() == pytest.approx(1.3, abs=0.05)


def test_promotions_and_feasts_are_never_flagged_and_move_nothing() -> None:
    values, plain = noise("normal"), noise("normal")
    weeks = np.zeros((60, 1), dtype=bool)
    weeks[[10, 11, 12, 40]] = True
    values[weeks[:, 0]] *= 4
    frame = find_outliers(values, season_periods=12, protected=weeks)
    assert not frame["row"].isin([10, 11, 12, 40]).any()
    plain[weeks[:, 0]] = NAN
    assert frame.equals(find_outliers(plain, season_periods=12))


def test_what_a_model_expected_is_no_outlier_and_what_it_did_not_is() -> None:
    values = noise("normal")[:, :20]
    values[30] = 300
    expected = np.full_like(values, 100.0)
    assert (found(values, OUTLIER, expected=expected)["row"] == 30).sum() == 20
    expected[30] = 300
    assert not (found(values, OUTLIER, expected=expected)["row"] == 30).any()
    expected[:, :10] = NAN
    assert found(values, OUTLIER, expected=expected).query("row == 30")["series"].tolist() == list(range(10))


def test_a_spike_in_a_constant_series_is_found_with_what_it_should_be() -> None:
    values = np.full((24, 1), 100.0)
    values[7] = 1000
    frame = find_outliers(values, season_periods=1)
    assert frame[["series", "row", "kind", "observed"]].values.tolist() == [[0, 7, OUTLIER, 1000]]
    assert frame["corrected"][0] == pytest.approx(100)


def test_one_large_order_among_sporadic_ones_is_found_and_zeros_are_not() -> None:
    values = np.tile([0.0, 0, 5, 0, 4, 0, 0, 6], 6)[:, None]
    values[18] = 90
    assert find_outliers(values, season_periods=1)["row"].tolist() == [18]


def test_limits_are_parameters() -> None:
    values = noise("normal")[:, :200]
    assert len(found(values, OUTLIER, outlier_limit=2.0)) > 5 * len(found(values, OUTLIER))
    assert len(found(values, LEVEL_SHIFT, shift_limit=2.0)) > len(found(values, LEVEL_SHIFT))


def test_in_less_than_two_seasons_a_shift_may_be_the_season() -> None:
    values = noise("normal")[:20, :20] + 100.0 * (MONTHS[:20] >= 10)
    assert found(values, LEVEL_SHIFT).empty
    frame = find_outliers(values, season_periods=1)
    assert (frame["kind"] == LEVEL_SHIFT).sum() > 16


@pytest.mark.parametrize(
    "values",
    [
        np.empty((0, 3)),
        np.empty((30, 0)),
        np.full((1, 2), 5.0),
        np.full((7, 2), 5.0),
        np.zeros((30, 2)),
        np.full((30, 2), NAN),
        np.full((30, 2), 1e12),
        np.full((30, 2), -4.0),
    ],
    ids=["no periods", "no series", "one period", "few periods", "all zero", "unknown", "constant", "returns"],
)
def test_nothing_to_find(values: np.ndarray) -> None:
    frame = find_outliers(values, season_periods=12)
    assert frame.empty
    assert tuple(frame.columns) == COLUMNS
    np.testing.assert_array_equal(corrected(values, accepted=frame), values)


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": np.ones(5)},
        {"season_periods": 0},
        {"expected": np.ones((4, 2))},
        {"protected": np.ones((5, 3), dtype=bool)},
    ],
    ids=["one series as such", "season", "expected", "protected"],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(AnalyticsError):
        find_outliers(**{"values": np.ones((5, 2)), "season_periods": 1, **arguments})  # type: ignore[arg-type]


@settings(max_examples=40)
@given(
    # Units with exact roots: another one may turn a tie with a limit.
    arrays(np.float64, (40, 2), elements=st.one_of(st.just(NAN), st.just(0.0), st.floats(1e-6, 1e9))),
    st.sampled_from([1 / 256, 4.0, 1024.0]),
)
def test_findings_have_no_unit_and_never_propose_less_than_nothing(values: np.ndarray, unit: float) -> None:
    frame, other = (find_outliers(part, season_periods=12) for part in (values, values * unit))
    assert (frame["corrected"] >= -1e-9).all()
    assert len(frame) == len(other)


def finding(series: int, row: int, kind: str, observed: float, proposed: float) -> dict[str, object]:
    return {"series": series, "row": row, "kind": kind, "observed": observed, "corrected": proposed}


def test_only_what_was_accepted_is_corrected() -> None:
    values = np.array([[10.0, 1], [90, 1], [10, 1], [20, 1], [24, 1]])
    accepted = pd.DataFrame([finding(0, 1, OUTLIER, 90, 10), finding(0, 3, LEVEL_SHIFT, 10, 20)])
    np.testing.assert_array_equal(corrected(values, accepted=accepted), [[20, 1], [20, 1], [20, 1], [20, 1], [24, 1]])
    assert values[1, 0] == 90


def test_a_period_is_scaled_by_every_later_shift() -> None:
    accepted = pd.DataFrame([finding(0, 2, LEVEL_SHIFT, 10, 20), finding(0, 4, LEVEL_SHIFT, 20, 10)])
    np.testing.assert_array_equal(corrected(np.full((5, 1), 10.0), accepted=accepted)[:, 0], [10, 10, 5, 5, 10])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (finding(0, 1, "guess", 1, 1), "unknown kinds of findings: guess"),
        (finding(0, 5, OUTLIER, 1, 1), "row 5 is not among the 5"),
        (finding(-1, 0, OUTLIER, 1, 1), "series -1 is not among the 1"),
        (finding(0, 1, LEVEL_SHIFT, 0, 1), "above 0"),
        ({"series": 0, "row": 1}, "missing columns"),
    ],
    ids=["kind", "row", "series", "level", "columns"],
)
def test_what_cannot_be_applied_is_refused_by_name(row: dict[str, object], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        corrected(np.ones((5, 1)), accepted=pd.DataFrame([row]))


def test_accepting_what_was_found_brings_the_level_into_line() -> None:
    values = noise("normal")[:, :50] + 60.0 * (MONTHS >= 30)
    values[45] = 900
    cleaned = corrected(values, accepted=find_outliers(values, season_periods=12))
    assert cleaned[:30].mean() == pytest.approx(160, rel=0.02)
    assert cleaned[45].mean() == pytest.approx(160, rel=0.03)


@pytest.mark.parametrize("often", [0.1, 0.6])
@pytest.mark.parametrize("season_periods", [1, 12], ids=["level", "season"])
def test_demand_behind_stock_outs_is_recovered_on_average(season_periods: int, often: float) -> None:
    """Measured: within 0.3 % of the true demand, at half the error of dividing by the time with stock."""
    rng = np.random.default_rng(6)
    rate = 50.0 * (SEASON if season_periods > 1 else np.ones((60, 1)))
    demand = rng.poisson(rate, (60, SERIES)).astype(float)
    share = np.where(rng.random(demand.shape) < often, rng.random(demand.shape), 0.0)
    sold = rng.binomial(demand.astype(int), 1 - share).astype(float)
    full = uncensored(sold, stock_out_share=share, season_periods=season_periods)
    out = share > 0
    assert full[out].sum() / demand[out].sum() == pytest.approx(1, abs=0.01)
    assert sold[out].sum() / demand[out].sum() < 0.55
    divided = sold[out] / np.maximum(1 - share[out], 0.05)
    assert ((full[out] - demand[out]) ** 2).mean() < 0.5 * ((divided - demand[out]) ** 2).mean()


def test_to_what_was_sold_the_missing_part_of_the_usual_is_added() -> None:
    sold, share = np.full((5, 1), 10.0), np.zeros((5, 1))
    sold[2], share[2] = 4, 0.5
    assert uncensored(sold, stock_out_share=share)[2, 0] == pytest.approx(4 + 0.5 * 44 / 4.5)


def test_a_period_without_any_stock_is_taken_as_usual() -> None:
    sold, share = np.full((5, 1), 10.0), np.zeros((5, 1))
    sold[2], share[2] = 0, 1
    np.testing.assert_allclose(uncensored(sold, stock_out_share=share), 10)


def test_never_in_stock_nothing_is_known() -> None:
    sold = np.zeros((5, 1))
    np.testing.assert_array_equal(uncensored(sold, stock_out_share=np.ones((5, 1))), sold)


def test_a_long_stock_out_is_filled_from_the_rest_of_the_history() -> None:
    sold, share = np.full((40, 1), 8.0), np.zeros((40, 1))
    sold[10:30], share[10:30] = 0, 1
    np.testing.assert_allclose(uncensored(sold, stock_out_share=share), 8)


@given(
    arrays(np.float64, (30, 2), elements=st.one_of(st.just(NAN), st.floats(-1e3, 1e9))),
    arrays(np.float64, (30, 2), elements=st.one_of(st.just(0.0), st.floats(0, 1))),
)
def test_uncensored_demand_is_never_less_than_what_was_sold(values: np.ndarray, share: np.ndarray) -> None:
    full = uncensored(values, stock_out_share=share, season_periods=12)
    np.testing.assert_array_equal(np.isnan(full), np.isnan(values))
    assert (full[~np.isnan(values)] >= values[~np.isnan(values)]).all()
    np.testing.assert_array_equal(full[share == 0], values[share == 0])


@pytest.mark.parametrize("share", [np.full((5, 1), 1.2), np.full((5, 1), -0.1), np.full((5, 1), NAN), np.zeros((4, 1))])
def test_a_share_that_is_none_is_refused(share: np.ndarray) -> None:
    with pytest.raises(AnalyticsError):
        uncensored(np.ones((5, 1)), stock_out_share=share)
