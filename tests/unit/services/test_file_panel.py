"""Series of a file become a panel: each ends at its own last period, and absent rows say what the caller declares."""

import numpy as np
import pytest

from core.errors import InvalidInput
from data.exchange.series_calendar import Calendar
from data.exchange.series_rows import SeriesRows
from services import file_panel
from services.file_panel import Rows, drivers, origins, panel

NAN = np.nan


def rows_of(found, *names):
    """{series: {period: (y, driver…)}} as rows in order."""
    entries = [(series, period, cells) for series in sorted(found) for period, cells in sorted(found[series].items())]
    ids = tuple(sorted(found))
    series = np.array([ids.index(entry[0]) for entry in entries], dtype=np.int64)
    periods = np.array([entry[1] for entry in entries], dtype=np.int64)
    columns = np.array([np.atleast_1d(entry[2]) for entry in entries], dtype=np.float64).T
    return SeriesRows(ids, series, periods, dict(zip(names, columns, strict=True)))


def files(history, *, gaps="zero", future=None, names=(), horizon=2, frequency="MS"):
    plan = None if future is None else rows_of({key: {} for key in history} | future, *names)
    return Rows(rows_of(history, "y", *names), plan, names, Calendar(frequency), gaps, horizon)


def history_of(rows):
    return panel(rows, origins(rows), season_periods=12)


def plan_of(rows):
    return drivers(rows, origins(rows), periods=len(history_of(rows).periods))


def same(values, expected):
    return np.array_equal(np.asarray(values, dtype=float), np.asarray(expected, dtype=float), equal_nan=True)


@pytest.mark.parametrize(("gaps", "absent"), [("zero", 0.0), ("missing", NAN)])
def test_an_absent_row_is_no_demand_or_unknown(gaps, absent):
    found = history_of(files({"A": {0: 5, 3: 7}, "B": {2: 1, 3: 2}}, gaps=gaps))
    assert same(found.values.T, [[5, absent, absent, 7], [NAN, NAN, 1, 2]])
    assert found.ids == ("A", "B")
    assert found.season_periods == 12
    assert [f"{day:%Y-%m-%d}" for day in found.periods] == ["1970-01-01", "1970-02-01", "1970-03-01", "1970-04-01"]


@pytest.mark.parametrize("gaps", ["zero", "missing"])
def test_an_empty_value_is_unknown_whatever_gaps_mean(gaps):
    found = history_of(files({"A": {0: NAN, 2: 4, 3: NAN, 4: 6, 5: NAN}}, gaps=gaps))
    assert same(found.values.T, [[4, NAN, 6, NAN]])


def test_series_without_any_value_are_named():
    with pytest.raises(InvalidInput, match="The series “B” has no value in any row"):
        history_of(files({"A": {0: 1}, "B": {0: NAN, 1: NAN}}))


def test_each_series_is_forecast_from_its_own_end():
    rows = files({"A": {0: 1, 1: 2}, "B": {4: 3, 6: 4}, "C": {1: 5}})
    assert origins(rows).tolist() == [1, 6, 1]
    found = history_of(rows)
    assert same(found.values.T, [[NAN, 1, 2], [3, 0, 4], [NAN, NAN, 5]])
    assert f"{found.periods[-1]:%Y-%m}" == "1970-07"


def test_where_absent_is_missing_a_late_row_missing_moves_no_origin():
    rows = files({"A": {0: 1, 5: 2}, "B": {0: 1, 4: 2}, "C": {0: 1, 1: 2}}, gaps="missing")
    assert origins(rows).tolist() == [5, 5, 1]  # C stopped long before
    expected = [[1, NAN, NAN, NAN, NAN, 2], [1, NAN, NAN, NAN, 2, NAN], [NAN, NAN, NAN, NAN, 1, 2]]
    assert same(history_of(rows).values.T, expected)


def test_a_plan_for_the_time_between_says_that_the_series_ended():
    rows = files(
        {"A": {4: (1, 0), 5: (2, 0)}, "B": {3: (1, 0), 4: (2, 0)}},
        gaps="missing",
        future={"A": {6: 1, 7: 0}, "B": {5: 1, 6: 0}},
        names=("promo",),
    )
    assert origins(rows).tolist() == [5, 4]


def test_without_a_plan_there_are_no_drivers():
    assert plan_of(files({"A": {0: 5}})) is None


def test_drivers_stand_over_history_and_horizon():
    found = plan_of(
        files(
            {"A": {0: (5, 1, 10), 2: (7, 0, 12)}, "B": {2: (1, NAN, 20)}, "C": {1: (2, 0, 31)}},
            future={
                "A": {3: (1, 13), 4: (0, 14), 5: (1, 15)},
                "B": {4: (1, 24), 3: (0, 23)},
                "C": {2: (1, 32), 3: (1, 33)},
            },
            names=("promo", "price"),
        )
    )
    assert found.names == ("promo", "price")
    assert same(found.values[0].T, [[1, NAN, 0, 1, 0], [NAN, NAN, NAN, 0, 1], [NAN, NAN, 0, 1, 1]])
    assert same(found.values[1].T, [[10, NAN, 12, 13, 14], [NAN, NAN, 20, 23, 24], [NAN, NAN, 31, 32, 33]])


def test_a_plan_of_more_than_the_horizon_also_fills_the_past():
    found = plan_of(
        files({"A": {0: (5, 1), 2: (7, 0)}}, future={"A": {1: 9, 2: 9, 3: 1, 4: 0, 99: 1}}, names=("promo",))
    )
    assert same(found.values[0].T, [[1, 9, 0, 1, 0]])


UNPLANNED = {
    "no_row": ({"A": {2: 1, 3: 1}, "B": {2: 1}}, "“promo” of the series “B” on 1970-04-01"),
    "empty_cell": ({"A": {2: NAN, 3: 1}, "B": {2: 1, 3: 1}}, "“promo” of the series “A” on 1970-03-01"),
    "no_series": ({"A": {2: 1, 3: 1}}, "“promo” of the series “B” on 1970-03-01"),
}


@pytest.mark.parametrize("case", UNPLANNED)
def test_a_driver_that_is_not_planned_is_named(case):
    future, told = UNPLANNED[case]
    history = {"A": {0: (1, 0), 1: (2, 0)}, "B": {1: (2, 0)}}
    with pytest.raises(InvalidInput, match=told):
        plan_of(files(history, future=future, names=("promo",)))


def test_where_absent_is_missing_a_plan_may_have_gaps():
    found = plan_of(files({"A": {0: (1, 0), 1: (2, 0)}}, gaps="missing", future={"A": {3: 1}}, names=("promo",)))
    assert same(found.values[0].T, [[0, 0, NAN, 1]])


def test_an_ancient_start_of_one_series_costs_no_memory(monkeypatch):
    monkeypatch.setitem(file_panel.MOST_PERIODS, "D", 5)
    found = history_of(files({"A": {-90_000: 1, 10: 2}, "B": {9: 3, 10: 4}}, frequency="D"))
    assert same(found.values.T, [[0, 0, 0, 0, 2], [NAN, NAN, NAN, 3, 4]])


@pytest.mark.parametrize("frequency", ["MS", "W-MON", "W-THU", "W-SUN", "D"])
def test_one_row_is_a_panel(frequency):
    found = history_of(files({"A": {650: 5}}, frequency=frequency))
    assert found.values.tolist() == [[5.0]]
    assert found.periods.freqstr == frequency
    assert found.periods[0].to_datetime64() == Calendar(frequency).days(np.array([650]))[0]
