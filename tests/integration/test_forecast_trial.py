"""Another method tried on one series: at once, judged like the stored forecast, and without a trace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import selling
from databases import TestServer
from forecasting import forecast_of, query

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import CompanyKind, Viewer
from services import accounts, forecast_detail, forecast_trial
from services.forecast_trial import COMBINATION, PARAMETERS, Trial

ROOT = Path(__file__).parents[2]
NOBODY = Viewer(None, 1, CompanyKind.SUPPLIER, "supplier", "X", "x@example.com", frozenset())
# A history of three years is too short for these.
TOO_SHORT = {"theta_recent"}


@pytest.fixture(scope="module")
def shared(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """The operator of a database in which run 1 is monthly and run 2 weekly; nobody changes it."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        selling.load()
        viewer = accounts.operator()
        assert [forecast_of(viewer), forecast_of(viewer, frequency="week", horizon=4)] == [1, 2]
        yield viewer


def item(viewer: Viewer, code: str, place: str = "KL") -> tuple[int, int]:
    (found,) = query(
        viewer,
        "select p.id, l.id from product p, location l where p.code = :code and l.code = :place",
        code=code,
        place=place,
    )
    return found[0], found[1]


def tried(viewer: Viewer, method: object, *, code: str = "SOY", run_id: int = 1, **parameters: object) -> Trial:
    return forecast_trial.try_method(viewer, run_id, item(viewer, code), method=method, parameters=parameters)


def everything(viewer: Viewer) -> list[tuple[Any, ...]]:
    tables = ("forecast_run", "forecast_series", "forecast_value", "demand_annotation", "audit_entry", "job")
    return [query(viewer, f"select count(*), max(xmin::text::bigint) from {table}")[0] for table in tables]


def test_a_trial_leaves_no_trace(shared: Viewer) -> None:
    before = everything(shared)
    for method in (COMBINATION, "theta", "croston"):
        tried(shared, method)
    assert everything(shared) == before


@pytest.mark.parametrize("run_id", [1, 2])
@pytest.mark.parametrize("method", sorted({found.key for found in forecast_trial.trial_methods()} - TOO_SHORT))
def test_every_method_that_is_offered_can_be_tried(shared: Viewer, method: str, run_id: int) -> None:
    if (method, run_id) == ("holt_winters", 2):
        with pytest.raises(InvalidInput, match="season is too long"):
            tried(shared, method, run_id=run_id)
        return
    found = tried(shared, method, run_id=run_id)
    ahead = forecast_detail.series_detail(shared, run_id, *item(shared, "SOY")).forecast
    assert [period for period, _quantity in found.forecast] == [period.period for period in ahead]
    assert all(quantity >= 0 for _period, quantity in found.forecast)
    assert found.tried.wmape is not None
    assert found.origins


def test_seasonal_naive_tried_is_seasonal_naive(shared: Viewer) -> None:
    found = tried(shared, "seasonal_naive", code="CHILLI")
    ahead = forecast_detail.series_detail(shared, 1, *item(shared, "CHILLI")).forecast
    assert [quantity for _period, quantity in found.forecast] == pytest.approx([period.naive for period in ahead])
    assert found.tried == found.naive
    assert all(origin.tried == origin.naive for origin in found.origins)


def test_errors_of_the_stored_forecast_are_those_of_the_run(shared: Viewer) -> None:
    """Without events and corrections its methods with their weights say again what they said in the run."""
    why = forecast_detail.series_reasons(shared, 1, *item(shared, "CHILLI"))
    found = tried(shared, "ses", code="CHILLI")
    assert found.stored is not None
    assert found.stored.wmape == pytest.approx(why.errors.wmape, rel=0.05)
    assert found.naive.wmape == pytest.approx(why.naive_errors.wmape)
    assert [origin.held_out for origin in found.origins] == why.origins


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("ses", {"alpha": 0.02}),
        ("damped_trend", {"alpha": 0.9, "beta": 0.9, "phi": 0.6}),
        ("holt", {"alpha": 0.9, "beta": 0.01}),
        ("holt_winters", {"alpha": 0.9, "gamma": 0.9}),
        ("theta", {"theta": 5}),
        ("tsb", {"alpha": 0.9, "beta": 0.5}),
        ("aggregation", {"window": 12}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_given_parameters_take_the_place_of_the_methods_own(
    shared: Viewer, method: str, parameters: dict[str, object]
) -> None:
    assert tried(shared, method, **parameters).forecast != tried(shared, method).forecast


def test_parameters_change_what_comes_out(shared: Viewer) -> None:
    slow, fast = (tried(shared, "croston", code="CHILLI", alpha=alpha) for alpha in ("0.05", 0.9))
    assert slow.forecast != fast.forecast
    short, long = (tried(shared, "plain_moving_average", window=window) for window in (2, "24"))
    assert short.forecast[0][1] > long.forecast[0][1], "SOY grows"
    assert tried(shared, "croston", alpha="").forecast == tried(shared, "croston", alpha=None).forecast


def test_every_parameter_belongs_to_a_method() -> None:
    taken = {key for method in forecast_trial.trial_methods() for key in method.parameters}
    assert taken == {parameter.key for parameter in PARAMETERS}


@pytest.mark.parametrize(
    ("method", "parameters", "message"),
    [
        ("no such method", {}, "Choose a method"),
        (None, {}, "Choose a method"),
        (["theta"], {}, "Choose a method"),
        ("croston", {"alpha": 7}, "from 0.01 to 1"),
        ("croston", {"alpha": "a lot"}, "enter a number"),
        ("croston", {"alpha": True}, "enter a number"),
        ("moving_average", {"window": 0}, "from 1 to 520"),
        ("seasonal_naive", {"alpha": 0.5}, "Seasonal naive has no"),
        ("theta_recent", {}, "can't do this series"),
    ],
)
def test_what_can_not_be_tried_is_explained(
    shared: Viewer, method: object, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        tried(shared, method, **parameters)


def test_accepted_corrections_are_learnt_from(shared: Viewer) -> None:
    before = tried(shared, "mean", code="CHILLI")
    product_id, location_id = item(shared, "CHILLI")
    ((annotation,),) = query(
        shared,
        "insert into demand_annotation (product_id, location_id, frequency, period, kind, status, observed, corrected) "
        f"values ({product_id}, {location_id}, 'month', '2025-07-01', 'outlier', 'accepted', 1, 5000) returning id",
    )
    after = tried(shared, "mean", code="CHILLI")
    query(shared, "delete from demand_annotation where id = :id returning 1", id=annotation)
    assert after.forecast != before.forecast


def test_rights_and_unknown_series(shared: Viewer) -> None:
    with pytest.raises(NotAllowed):
        forecast_trial.try_method(NOBODY, 1, (1, 1), method="theta", parameters={})
    for run_id, asked in ((99, (1, 1)), (1, (10**30, 1)), (1, ("x", None))):
        with pytest.raises(NotFound):
            forecast_trial.try_method(shared, run_id, asked, method="theta", parameters={})


def test_trials_load_neither_statsmodels_nor_scikit_learn() -> None:
    code = (
        "import sys; from services import forecast_trial; forecast_trial.trial_methods(); "
        "print(sorted({'statsmodels', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
