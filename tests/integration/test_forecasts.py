"""Forecast runs as asked for and as stored: scope, whole periods, accuracy. Their work: test_forecast_work.py."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import selling
from click.testing import CliRunner
from databases import TestServer
from forecasting import forecast_of, query, silent
from sqlalchemy import text

from analytics.forecasting.panel import Panel, to_panel
from analytics.forecasting.rolling_origin import origin_plan
from analytics.forecasting.seasonal_naive import SeasonalNaive
from core.errors import InvalidInput, JobFailed, NotAllowed, NotFound
from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from services import accounts, forecast_detail, forecast_request, forecast_series, forecast_work, forecasts
from services.forecast_series import SeriesFilters

ROOT = Path(__file__).parents[2]
ALL = {"KL CHILLI", "PG CHILLI", "KL SOY", "PG DUMPLING"}


def series_of(viewer: Viewer, run_id: int, **asked: Any) -> list[str]:
    return [f"{row['location']} {row['code']}" for row in forecast_series.series(viewer, run_id, **asked).rows]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())


@pytest.fixture
def ann(empty_database: Path) -> Viewer:
    selling.load()
    return accounts.operator()


@pytest.fixture(scope="module")
def shared(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """The operator of a database in which run 1 is monthly and run 2 weekly; nobody changes it."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        selling.load()
        viewer = accounts.operator()
        assert [forecast_of(viewer), forecast_of(viewer, frequency="week", horizon=4)] == [1, 2]
        yield viewer


# What is forecast


def test_run_forecasts_every_series_and_accounts_for_what_it_leaves_out(shared: Viewer) -> None:
    run = forecasts.run(shared, 1)
    assert (run.state, run.series_count) == ("done", 4)
    assert set(series_of(shared, 1)) == ALL
    left_out = {name: run.summary[name] for name in ("retired", "without_history", "without_history_examples")}
    assert left_out == {"retired": 1, "without_history": 1, "without_history_examples": ["NEW"]}


def test_only_whole_periods_are_known_to_a_run(shared: Viewer) -> None:
    month, week = forecasts.run(shared, 1), forecasts.run(shared, 2)
    assert (month.first_period, month.data_until, month.last_period) == (
        date(2026, 3, 1),
        date(2026, 2, 28),
        date(2026, 5, 1),
    )
    assert (week.first_period, week.last_period) == (date(2026, 3, 16), date(2026, 4, 6))


@pytest.mark.parametrize(("run_id", "unit"), [(1, "month"), (2, "week")])
def test_history_holds_the_sums_of_the_periods(shared: Viewer, run_id: int, unit: str) -> None:
    sums = query(
        shared,
        f"select date_trunc('{unit}', day::timestamp)::date, sum(quantity)::float from demand_history h "
        "join product p on p.id = h.product_id where p.code = 'SOY' and day < :before group by 1 order by 1",
        before=forecasts.run(shared, run_id).first_period,
    )
    assert detail(shared, run_id, "KL SOY").history == [pytest.approx(found) for found in sums]


def test_part_periods_at_the_ends_of_the_data_are_left_out(ann: Viewer) -> None:
    """When sales begin on Monday, 23 January, January is a part month, but the week is whole."""
    with session_scope(ann) as session:
        session.execute(text("delete from demand_history where day < '2023-01-19'"))
    for frequency, first in (("month", date(2023, 2, 1)), ("week", date(2023, 1, 23))):
        run_id = forecast_of(ann, {"products": "SOY"}, frequency=frequency, horizon=1)
        assert detail(ann, run_id, "KL SOY").history[0][0] == first


def test_quantiles_are_ordered_positive_and_complete(shared: Viewer) -> None:
    values = query(shared, "select run_id, q10, q50, q90 from forecast_value")
    assert len(values) == 4 * 3 + 4 * 4
    assert all(0 <= q10 <= q50 <= q90 for _run, q10, q50, q90 in values)
    assert all(q10 < q90 for _run, q10, _q50, q90 in values)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"category": "Sauces"}, {"KL CHILLI", "PG CHILLI", "KL SOY"}),
        ({"family": "Dumplings"}, {"PG DUMPLING"}),
        ({"location": "PG"}, {"PG CHILLI", "PG DUMPLING"}),
        ({"products": "SOY, DUMPLING"}, {"KL SOY", "PG DUMPLING"}),
        ({"life_cycle": "phase_out"}, {"PG DUMPLING"}),
        ({"category": "Sauces", "location": "PG"}, {"PG CHILLI"}),
    ],
)
def test_scope_narrows_the_run(ann: Viewer, scope: dict[str, Any], expected: set[str]) -> None:
    assert set(series_of(ann, forecast_of(ann, scope, horizon=1))) == expected


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ({"category": "Shoes"}, "no category “Shoes”"),
        ({"family": "Boots"}, "no product family “Boots”"),
        ({"location": "JB"}, "no location “JB”"),
        ({"products": "SOY,X1,X2"}, "no product with the code: X1, X2"),
        ({"products": "OLD"}, "retired"),
        ({"category": "Frozen", "family": "Soy"}, "No product fits"),
        ({"life_cycle": "retired"}, "no stage"),
        ({"color": "red"}, "can't be narrowed by “color”"),
        ({"products": {"a": 1}}, "can't be read"),
        ({"category": ["Sauces"]}, "can't be read"),
    ],
)
def test_scope_that_makes_no_sense_is_explained(shared: Viewer, scope: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        forecasts.start(shared, scope=scope, frequency="month", horizon=3)


@pytest.mark.parametrize(
    ("frequency", "horizon"),
    [("month", 0), ("month", 37), ("week", 105), ("month", "3.5"), ("month", True), ("month", None), ("day", 3)],
)
def test_horizon_and_frequency_are_checked(shared: Viewer, frequency: str, horizon: object) -> None:
    with pytest.raises(InvalidInput):
        forecasts.start(shared, scope={}, frequency=frequency, horizon=horizon)


def test_product_without_any_history_alone_fails_with_a_reason(ann: Viewer) -> None:
    with pytest.raises(JobFailed, match="None of the products chosen has demand"):
        forecast_of(ann, {"products": "NEW"})
    assert forecasts.runs(ann)[0].state == "failed"


def test_run_without_any_sales_is_refused(empty_database: Path) -> None:
    from services import people

    people.create_administrator(email="a@example.com", name="Ann", company="Acme", password="correct horse battery")
    with pytest.raises(InvalidInput, match="No product fits"):
        forecasts.start(accounts.operator(), scope={}, frequency="month", horizon=3)


# How good it is


def naive_by_hand(panel: Panel, horizon: int) -> tuple[float, float]:
    """Sum of absolute errors of seasonal naive and of demand at the rolling origins."""
    plan = origin_plan(
        len(panel.periods), horizon_periods=horizon, season_periods=12, origins=forecast_request.DEFAULT_ORIGINS
    )
    missed = demand = 0.0
    for held_out in plan.held_out_periods:
        known = panel.before(held_out_periods=held_out)
        mean = SeasonalNaive().forecast(known, horizon_periods=plan.steps).mean
        actual = panel.values[len(known.periods) :][: plan.steps]
        missed += float(np.abs(actual - mean[: len(actual)]).sum())
        demand += float(actual.sum())
    return missed, demand


def item_of(viewer: Viewer, name: str) -> tuple[Any, ...]:
    place, code = name.split()
    (ids,) = query(
        viewer,
        "select p.id, l.id from product p, location l where p.code = :code and l.code = :place",
        code=code,
        place=place,
    )
    return ids


def detail(viewer: Viewer, run_id: int, name: str) -> forecast_detail.SeriesDetail:
    return forecast_detail.series_detail(viewer, run_id, *item_of(viewer, name))


def reasons(viewer: Viewer, run_id: int, name: str) -> forecast_detail.SeriesReasons:
    return forecast_detail.series_reasons(viewer, run_id, *item_of(viewer, name))


def panel_of(found: forecast_detail.SeriesDetail) -> Panel:
    import pandas as pd

    frame = pd.DataFrame(found.history, columns=["ds", "y"]).assign(unique_id="x")
    return to_panel(frame, frequency="month", end=found.run.data_until)


@pytest.mark.parametrize("name", sorted(ALL))
def test_stored_errors_are_those_of_the_rolling_origins(shared: Viewer, name: str) -> None:
    missed, demand = naive_by_hand(panel_of(detail(shared, 1, name)), horizon=3)
    assert reasons(shared, 1, name).naive_errors.wmape == pytest.approx(missed / demand)


def test_total_error_weighs_series_with_their_demand(shared: Viewer) -> None:
    stored = query(shared, "select wmape, naive_wmape, judged_volume from forecast_series where run_id = 1")
    own, naive, weight = (np.array(column) for column in zip(*stored, strict=True))
    accuracy = forecast_series.run_accuracy(shared, 1)
    assert accuracy.wmape == pytest.approx((own * weight).sum() / weight.sum())
    assert accuracy.naive_wmape == pytest.approx((naive * weight).sum() / weight.sum())
    assert (accuracy.series, accuracy.judged) == (4, 4)
    assert sum(accuracy.by_method.values()) == sum(accuracy.by_class.values()) == 4


def test_figures_of_a_series_are_stored_with_it(shared: Viewer) -> None:
    """Money of the last year, judgement of the band, and parts that add up to the forecast."""
    stored = query(
        shared,
        "select s.value, s.rmsse, s.coverage, s.tracking_signal, s.components, "
        "(select array_agg(q50 order by period) from forecast_value v where (v.run_id, v.product_id, v.location_id) = "
        "(s.run_id, s.product_id, s.location_id)), (select sum(revenue)::float from demand_history d where "
        "d.product_id = s.product_id and d.location_id = s.location_id and day >= '2025-03-01' and day < '2026-03-01')"
        " from forecast_series s where run_id = 1",
    )
    for value, rmsse, coverage, signal, components, forecast, revenue in stored:
        assert value == revenue
        assert rmsse > 0
        assert 0 <= coverage <= 1
        assert signal is not None
        assert np.sum(list(components.values()), axis=0) == pytest.approx(forecast)


def test_seasonal_naive_repeats_the_same_month_of_last_year(shared: Viewer) -> None:
    found = detail(shared, 1, "KL CHILLI")
    history = dict(found.history)
    assert [period.naive for period in found.forecast] == [
        pytest.approx(history[period.period.replace(year=period.period.year - 1)]) for period in found.forecast
    ]


def test_reasons_name_method_comparison_and_kind_of_demand(shared: Viewer) -> None:
    found, why = detail(shared, 1, "PG DUMPLING"), reasons(shared, 1, "PG DUMPLING")
    text_shown = " ".join(why.sentences)
    assert found.demand_class in ("intermittent", "lumpy", "smooth", "erratic")
    assert found.demand_class.capitalize() in text_shown
    assert "WMAPE" in text_shown
    assert sum(candidate.chosen for candidate in why.candidates) == 1
    assert sum(candidate.benchmark for candidate in why.candidates) == 1


def test_list_puts_the_largest_miss_first_and_pages(shared: Viewer) -> None:
    rows = forecast_series.series(shared, 1).rows
    missed = [row["error_volume"] for row in rows]
    assert missed == sorted(missed, reverse=True)
    paged = [name for first in range(4) for name in series_of(shared, 1, first=first, limit=1)]
    assert paged == [f"{row['location']} {row['code']}" for row in rows]
    assert series_of(shared, 1, sort=(("code", False), ("location", True))) == [
        "PG CHILLI",
        "KL CHILLI",
        "PG DUMPLING",
        "KL SOY",
    ]


def test_list_is_filtered(shared: Viewer) -> None:
    assert set(series_of(shared, 1, filters=SeriesFilters(search="chil"))) == {"KL CHILLI", "PG CHILLI"}
    assert series_of(shared, 1, filters=SeriesFilters(search="%")) == []
    method = detail(shared, 1, "KL SOY").method
    assert "KL SOY" in series_of(shared, 1, filters=SeriesFilters(method=method))
    assert series_of(shared, 1, filters=SeriesFilters(demand_class="no demand")) == []


def test_unknown_run_and_series_are_not_found(shared: Viewer) -> None:
    for run_id in (99, -1, "1", None, 2**70):
        with pytest.raises(NotFound):
            forecasts.run(shared, run_id)
    for item in ((99, 1), (1, 99), ("x", None)):
        with pytest.raises(NotFound):
            forecast_detail.series_detail(shared, 1, *item)


@pytest.mark.parametrize("role", list(Role))
def test_rights(shared: Viewer, role: Role) -> None:
    partner = role in (Role.SUPPLIER, Role.CUSTOMER, Role.OEM)
    kind = CompanyKind(role) if partner else CompanyKind.INTERNAL
    viewer = Viewer(None, shared.company_id, kind, role, "X", "x@example.com", ROLES[role])
    may_read = not partner and role != Role.ADMIN
    for call in (
        lambda: forecasts.runs(viewer),
        lambda: forecasts.run(viewer, 1),
        lambda: forecasts.form_choices(viewer),
        lambda: forecast_series.series(viewer, 1),
        lambda: forecast_series.run_accuracy(viewer, 1),
    ):
        if may_read:
            call()
        else:
            with pytest.raises(NotAllowed):
                call()
    if role not in (Role.PLANNER, Role.ANALYST):
        with pytest.raises(NotAllowed):
            forecasts.start(viewer, scope={}, frequency="month", horizon=3)
        with pytest.raises(NotAllowed):
            forecast_work.run_forecast(viewer, {"run_id": 1}, silent)


def test_new_sales_make_a_forecast_outdated(ann: Viewer) -> None:
    run_id = forecast_of(ann, {"products": "SOY"}, horizon=1)
    assert not forecasts.run(ann, run_id).outdated
    selling.sell("SOY", "KL", "5", selling.LAST_DAY + timedelta(days=1), selling.LAST_DAY + timedelta(days=7))
    assert forecasts.run(ann, run_id).outdated


# At the command line


def test_command_line_runs_and_lists(ann: Viewer) -> None:
    from commands.forecast import forecast

    done = CliRunner().invoke(
        forecast,
        ["run", "--frequency", "week", "--horizon", "2", "--product", "SOY", "--mode", "full", "--json"],
        catch_exceptions=False,
    )
    result = json.loads(done.stdout)
    assert result["series"] == 1
    assert forecasts.run(ann, result["run_id"]).mode == "full"
    listed = json.loads(CliRunner().invoke(forecast, ["list", "--json"], catch_exceptions=False).stdout)
    assert [(row["run_id"], row["state"], row["scope"]) for row in listed] == [
        (result["run_id"], "done", {"products": ["SOY"]})
    ]
    assert "SOY" in CliRunner().invoke(forecast, ["list"], catch_exceptions=False).stdout


def test_screens_never_load_the_statistics_library() -> None:
    check = "import sys, callbacks.planner.forecast, services.forecast_texts; sys.exit('statsmodels' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
