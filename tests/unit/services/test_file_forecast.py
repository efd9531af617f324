"""From files to a file: every series and step once, in order, with what the engine said of it."""

import gzip
import random
from concurrent.futures import Executor

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.engine import Figures
from analytics.forecasting.request import Request
from core.errors import InvalidInput
from services import file_forecast
from services.file_forecast import FileForecast, forecast_file


class Engine:
    """Forecasts the last known value of a series plus the step, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, panel, *, request, drivers, executor, report):
        self.asked.append({"panel": panel, "request": request, "drivers": drivers, "executor": executor})
        if report is not None:
            report(0, len(panel.ids))
            report(len(panel.ids), len(panel.ids))
        last = pd.DataFrame(panel.values).ffill().iloc[-1].to_numpy()
        mean = last + np.arange(1, request.horizon_periods + 1)[:, None]
        around = mean + np.reshape(request.probabilities, (-1, 1, 1))
        return Figures(mean, around, np.array([f"method of {name}" for name in panel.ids], dtype=object))


@pytest.fixture
def engine(monkeypatch):
    instead = Engine()
    monkeypatch.setattr(file_forecast, "forecast_figures", instead)
    return instead


@pytest.fixture
def forecast(tmp_path, engine):
    def run(history, *, future=None, report=None, **asked):
        (tmp_path / "history.csv").write_text(history)
        plan = tmp_path / "future.csv" if future is not None else None
        if plan is not None:
            plan.write_text(future)
        parameters = {"frequency": "MS", "season_periods": 12, "horizon_periods": 2} | asked
        output = tmp_path / "out.csv"
        output.unlink(missing_ok=True)
        account = forecast_file(
            FileForecast(tmp_path / "history.csv", future=plan, **parameters), output=output, report=report
        )
        return account, pd.read_csv(output, dtype={"unique_id": str}, keep_default_na=False)

    return run


HISTORY = "unique_id,ds,y\nB,2024-12-01,20\nNA,2024-11-01,3\nB,2024-11-01,10\n007,2024-12-01,7\n"


def test_every_series_and_step_in_order_of_id_and_date(forecast):
    account, found = forecast(HISTORY)
    assert found.to_csv(index=False) == (
        "unique_id,ds,y_hat,q0.1,q0.5,q0.9,method\n"
        "007,2025-01-01,8.0,8.1,8.5,8.9,method of 007\n"
        "007,2025-02-01,9.0,9.1,9.5,9.9,method of 007\n"
        "B,2025-01-01,21.0,21.1,21.5,21.9,method of B\n"
        "B,2025-02-01,22.0,22.1,22.5,22.9,method of B\n"
        "NA,2024-12-01,4.0,4.1,4.5,4.9,method of NA\n"
        "NA,2025-01-01,5.0,5.1,5.5,5.9,method of NA\n"
    )
    assert (account.series, account.rows) == (3, 6)


def test_the_order_of_the_rows_does_not_matter(forecast):
    header, *lines = HISTORY.splitlines()
    _, expected = forecast(HISTORY)
    random.Random(1).shuffle(lines)
    _, found = forecast("\n".join([header, *lines]))
    assert found.equals(expected)


def test_parameters_reach_the_engine(forecast, engine):
    _, found = forecast(HISTORY, mode="full", quantiles=(0.025, 0.5), horizon_periods=3, season_periods=4)
    (asked,) = engine.asked
    assert asked["request"] == Request(3, (0.025, 0.5), "full")
    assert asked["panel"].season_periods == 4
    assert asked["executor"] is None
    assert list(found.columns) == ["unique_id", "ds", "y_hat", "q0.025", "q0.5", "method"]


def test_more_processes_are_ready_when_the_engine_starts(forecast, engine):
    forecast(HISTORY, processes=2)
    assert isinstance(engine.asked[0]["executor"], Executor)


def test_drivers_of_the_future_are_used_and_others_are_named(forecast, engine):
    history = "unique_id,ds,y,promo,price,note\nA,2024-11-01,3,0,9.5,sold out\nA,2024-12-01,4,1,9.5,\n"
    future = "unique_id,ds,promo\nA,2025-02-01,0\nA,2025-01-01,1\nunheard of,2025-01-01,1\n"
    account, _ = forecast(history, future=future)
    (asked,) = engine.asked
    assert asked["drivers"].names == ("promo",)
    assert asked["drivers"].values[0, :, 0].tolist() == [0, 1, 1, 0]
    assert account.unused_columns == ("price", "note")


def test_without_a_future_file_no_driver_is_used(forecast, engine):
    account, _ = forecast("unique_id,ds,y,price\nA,2024-12-01,4,cheap\n")
    assert engine.asked[0]["drivers"] is None
    assert account.unused_columns == ("price",)


def test_the_answer_never_comes_from_the_future_file(forecast, engine):
    history = "unique_id,ds,y,promo\nA,2024-12-01,4,1\n"
    forecast(history, future="unique_id,ds,y,promo\nA,2025-01-01,99,1\nA,2025-02-01,99,1\n")
    assert engine.asked[0]["drivers"].names == ("promo",)


def test_a_driver_without_a_past_is_refused(forecast):
    with pytest.raises(InvalidInput, match="column “promo”, the history has not"):
        forecast(HISTORY, future="unique_id,ds,promo\nB,2025-01-01,1\n")


def test_the_reader_learns_of_open_ends_and_open_plans(forecast):
    history = "unique_id,ds,y,promo\nA,2024-11-01,3,0\nA,2024-12-01,,1\nB,2024-12-01,1,0\n"
    account, _ = forecast(history, future="unique_id,ds,promo\nA,2025-01-01,1\n", gaps="missing", horizon_periods=1)
    assert (account.ending_without_value, account.without_full_plan) == (1, 1)


def test_progress_runs_over_all_series(forecast):
    told = []
    forecast(HISTORY, report=lambda done, series: told.append((done, series)))
    assert told[0] == (0, 3)
    assert told[-1] == (3, 3)
    assert told == sorted(told)


def test_compressed_in_and_out(tmp_path, engine):
    (tmp_path / "h.csv.gz").write_bytes(gzip.compress(HISTORY.encode()))
    forecast_file(FileForecast(tmp_path / "h.csv.gz", "MS", 12, 1), output=tmp_path / "out.csv.gz")
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).count(b"\n") == 4


@pytest.mark.parametrize(
    "asked",
    [
        {"horizon_periods": 0},
        {"season_periods": 0},
        {"processes": 0},
        {"frequency": "Q"},
        {"quantiles": ()},
        {"quantiles": (0.1, 0.9)},
        {"quantiles": (0.5, 0.1)},
        {"quantiles": (0.5, 0.5)},
        {"quantiles": (0.0, 0.5)},
        {"quantiles": (0.5, 1.0)},
        {"quantiles": (0.5, float("nan"))},
    ],
    ids=str,
)
def test_impossible_parameters_are_refused(forecast, asked):
    with pytest.raises(InvalidInput):
        forecast(HISTORY, **asked)


def test_nothing_is_written_when_the_reader_cancels(tmp_path, forecast):
    def cancel(done, series):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast(HISTORY, report=cancel)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv"]
