"""The work on forecast runs: by workers that help each other, cancelled, killed, taken up again, taken over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import selling
from forecasting import forecast_of, query, results, silent
from sqlalchemy import text

from analytics.forecasting.engine import forecast_panel
from analytics.forecasting.panel import Panel
from core.errors import Conflict, JobCancelled
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries import settings as versions
from services import accounts, forecast_blocks, forecast_plan, forecast_series, forecast_work, forecasts, jobs, worker

ROOT = Path(__file__).parents[2]


def stored_rows(viewer: Viewer, run_id: int) -> tuple[int, int]:
    (found,) = query(
        viewer,
        "select (select count(*) from forecast_series where run_id = :id), "
        "(select count(*) from forecast_value where run_id = :id)",
        id=run_id,
    )
    return found


def events(viewer: Viewer, run_id: int) -> list[str]:
    return [line["event"] for line in forecasts.run(viewer, run_id).progress["log"]]


def sell_a_week_more() -> None:
    selling.sell("SOY", "KL", "5", selling.LAST_DAY + timedelta(days=1), selling.LAST_DAY + timedelta(days=7))


def sell_earlier(code: str, place: str, quantity: str) -> None:
    """More sales in the past, which a forecast knows."""
    selling.sell(code, place, quantity, selling.LAST_DAY - timedelta(days=60), selling.LAST_DAY - timedelta(days=50))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())


@pytest.fixture
def ann(empty_database: Path) -> Viewer:
    selling.load()
    return accounts.operator()


@pytest.fixture
def blocks_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every product is a block: CHILLI (at two places), SOY, DUMPLING."""
    monkeypatch.setattr(forecast_plan, "BLOCK_SERIES", 1)


@pytest.fixture
def forecast_panels(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the engine was asked for: its options, with the panel."""
    asked: list[dict[str, Any]] = []

    def noted(panel: Panel, **options: Any) -> Any:
        asked.append({"panel": panel, **options})
        return forecast_panel(panel, **options)

    monkeypatch.setattr(forecast_blocks, "forecast_panel", noted)
    return asked


# As a job


@pytest.fixture
def planner(ann: Viewer) -> Viewer:
    """Somebody with an account, so that a job has an owner."""
    ((user_id,),) = query(ann, "select id from app_user")
    return Viewer(user_id, ann.company_id, ann.company_kind, "planner", "Ann", "ann@example.com", ann.permissions)


@pytest.fixture
def runs_as_planner(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    """The worker does the jobs of Ann, whose role alone has no right to forecast."""
    monkeypatch.setattr(worker, "viewer_of_user", lambda _user_id: planner)
    return planner


def test_worker_does_the_run_and_tells_everybody(runs_as_planner: Viewer) -> None:
    viewer = runs_as_planner
    with session_scope(viewer) as session:
        before = versions.version(session, "forecast")
    started = forecasts.start(viewer, scope={}, frequency="month", horizon=2)
    assert forecasts.run(viewer, started.run_id).state == "running"
    worker.run_job(started.job_id)
    job = jobs.job(viewer, started.job_id)
    assert (job.state, job.result["run_id"], job.result["series"]) == ("done", started.run_id, 4)
    assert forecasts.run(viewer, started.run_id).state == "done"
    with session_scope(viewer) as session:
        assert versions.version(session, "forecast") != before
    actions = query(viewer, "select action from audit_entry where subject = 'forecast_run' order by id")
    assert actions == [("forecast.start",), ("forecast.finish",)]


def test_double_click_is_one_run_and_another_wish_another(planner: Viewer) -> None:
    def start(**options: object) -> forecasts.Started:
        return forecasts.start(planner, scope={}, frequency="month", horizon=3, **options)

    assert start() == start()
    others = [start(mode="full"), start(level="channel"), start(methods=["theta"]), start(methods=["theta", "ses"])]
    assert len({start().run_id, *(other.run_id for other in others)}) == 5


def test_run_cancelled_before_a_worker_took_it_has_ended(planner: Viewer) -> None:
    started = forecasts.start(planner, scope={}, frequency="month", horizon=3)
    jobs.cancel(planner, started.job_id)
    assert forecasts.run(planner, started.run_id).state == "cancelled"
    again = forecasts.start(planner, scope={}, frequency="month", horizon=3)
    assert again.run_id != started.run_id


@pytest.mark.usefixtures("blocks_of_one")
def test_cancel_in_the_middle_leaves_nothing(ann: Viewer) -> None:
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)

    def stop(fraction: float, _message: str) -> None:
        if fraction > 0.5:
            assert stored_rows(ann, run_id)[0] > 0
            assert forecast_series.series(ann, run_id).total == 0, "nothing is seen before the run is done"
            raise JobCancelled

    with pytest.raises(JobCancelled):
        forecast_work.run_forecast(ann, {"run_id": run_id}, stop)
    assert forecasts.run(ann, run_id).state == "cancelled"
    assert stored_rows(ann, run_id) == (0, 0)
    assert events(ann, run_id)[-1] == "cancelled"
    with pytest.raises(Conflict):
        forecast_work.run_forecast(ann, {"run_id": run_id}, silent)


def test_failure_leaves_nothing_but_its_reason(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(forecast_blocks, "forecast_panel", broken)
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    with pytest.raises(ZeroDivisionError):
        forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert forecasts.run(ann, run_id).state == "failed"
    assert stored_rows(ann, run_id) == (0, 0)
    assert forecasts.run(ann, run_id).progress["log"][-1]["event"] == "failed"


@pytest.mark.usefixtures("blocks_of_one")
def test_progress_counts_series(ann: Viewer) -> None:
    told: list[tuple[float, str]] = []
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    forecast_work.run_forecast(ann, {"run_id": run_id}, lambda *progress: told.append(progress))
    counted = [progress for progress in told if "of 4 series" in progress[1]]
    assert counted[0] == (0.0, "0 of 4 series")
    assert counted[-1] == (1.0, "4 of 4 series")
    assert [fraction for fraction, _message in told] == sorted(fraction for fraction, _message in told)


def test_next_run_clears_what_killed_ones_left(planner: Viewer, ann: Viewer) -> None:
    started = forecasts.start(planner, scope={}, frequency="month", horizon=3)
    jobs.cancel(planner, started.job_id)
    forecast_of(ann, {"products": "SOY"}, horizon=1)
    assert query(ann, "select state from forecast_run where id = :id", id=started.run_id) == [("cancelled",)]


# Killed


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the worker's own runs after it."""


@pytest.fixture
def kill_after(
    ann: Viewer, blocks_of_one: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], tuple[int, list[str]]]:
    """Run until so many blocks are written, then be killed. Gives the run and the series that are forecast later."""
    done: list[str] = []
    left = {"blocks": 0}

    def counted(panel: Panel, **options: Any) -> Any:
        if left["blocks"] == 0:
            raise Killed
        left["blocks"] -= 1
        done.extend(panel.ids)
        return forecast_panel(panel, **options)

    def run(blocks: int) -> tuple[int, list[str]]:
        left["blocks"] = blocks
        run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(forecast_work, "_withdraw", lambda *_args, **_options: None)
            with pytest.raises(Killed):
                forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
        left["blocks"] = -1
        done.clear()
        return run_id, done

    monkeypatch.setattr(forecast_blocks, "forecast_panel", counted)
    return run


def test_killed_run_goes_on_where_it_was(ann: Viewer, kill_after: Callable[[int], tuple[int, list[str]]]) -> None:
    run_id, forecast_again = kill_after(2)
    assert forecasts.run(ann, run_id).state == "running"
    before = stored_rows(ann, run_id)[0]
    result = forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert result["series"] == before + len(forecast_again) == 4
    assert stored_rows(ann, run_id) == (4, 8)
    assert events(ann, run_id) == ["started", "planned", "resumed", "finished"]
    assert forecast_work.run_forecast(ann, {"run_id": run_id}, silent) == result, "done once more is the same"


def test_killed_run_starts_over_when_demand_has_changed(
    ann: Viewer, kill_after: Callable[[int], tuple[int, list[str]]]
) -> None:
    run_id, forecast_again = kill_after(2)
    sell_a_week_more()
    forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert len(forecast_again) == 4
    assert "changed" in events(ann, run_id)
    assert forecasts.run(ann, run_id).outdated is False


def test_killed_run_starts_over_when_the_code_has_changed(
    ann: Viewer, kill_after: Callable[[int], tuple[int, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, forecast_again = kill_after(2)
    monkeypatch.setattr(forecast_plan, "code_version", lambda *_patterns: "9.9.9+new")
    forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert len(forecast_again) == 4
    assert forecasts.run(ann, run_id).parameters["code"] == "9.9.9+new"


# Together


def helped(viewer: Viewer, run_id: int) -> bool:
    return bool(forecast_work.help_forecast(viewer, {"run_id": run_id}, silent)["helped"])


@pytest.mark.usefixtures("blocks_of_one")
def test_leader_and_helper_never_have_the_same_block(
    ann: Viewer, forecast_panels: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a block is forecast, a helper gets another one; what is left of three is nothing."""
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    answers: list[bool] = []
    noted = forecast_blocks.forecast_panel

    def with_help(panel: Panel, **options: Any) -> Any:
        if not answers:
            answers.append(True)
            answers.extend(helped(ann, run_id) for _helper in range(3))
        return noted(panel, **options)

    monkeypatch.setattr(forecast_blocks, "forecast_panel", with_help)
    result = forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert answers == [True, True, True, False]
    forecast = [name for asked in forecast_panels for name in asked["panel"].ids]
    assert len(forecast) == len(set(forecast)) == result["series"] == 4


@pytest.mark.usefixtures("blocks_of_one")
def test_leader_waits_for_the_block_of_another_and_takes_it_should_that_one_die(ann: Viewer) -> None:
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    leader = threading.Thread(target=forecast_work.run_forecast, args=(ann, {"run_id": run_id}, silent))
    with owner_engine().connect() as other:
        assert forecast_work._taken(ann, run_id)
        other.execute(text("select from forecast_block where run_id = :id and number = 2 for update"), {"id": run_id})
        leader.start()
        wait_until(lambda: stored_rows(ann, run_id)[0] == 3)
        time.sleep(1)
        assert forecasts.run(ann, run_id).state == "running"
        other.rollback()  # as the server does for a connection that is gone
        leader.join(timeout=20)
    assert forecasts.run(ann, run_id).state == "done"
    assert stored_rows(ann, run_id) == (4, 8)


@pytest.mark.usefixtures("blocks_of_one")
def test_helper_of_a_cancelled_run_keeps_nothing(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    forecast_work._taken(ann, run_id)

    def cancelled_meanwhile(panel: Panel, **options: Any) -> Any:
        with owner_engine().begin() as connection:
            connection.execute(text("update forecast_run set state = 'cancelled' where id = :id"), {"id": run_id})
        return forecast_panel(panel, **options)

    monkeypatch.setattr(forecast_blocks, "forecast_panel", cancelled_meanwhile)
    with pytest.raises(JobCancelled):
        helped(ann, run_id)
    assert stored_rows(ann, run_id) == (0, 0)


@pytest.mark.usefixtures("blocks_of_one")
def test_helpers_are_called_for_all_blocks_but_one_and_released_at_the_end(ann: Viewer) -> None:
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=2)
    forecast_work._taken(ann, run_id)
    waiting = "select state, args->>'run_id' from job where kind = 'forecast_part' order by created_at"
    assert query(ann, waiting) == [("queued", str(run_id))] * 2
    forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert {state for state, _run in query(ann, waiting)} == {"cancelled"}


def wait_until(reached: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


@pytest.fixture
def two_workers(ann: Viewer) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Both have told the queue that they are there."""
    script, path = str(ROOT / "tests" / "forecast_worker.py"), f"{ROOT}:{ROOT / 'tests'}"
    running = [
        subprocess.Popen([sys.executable, script], cwd=ROOT, env={**os.environ, "PYTHONPATH": path}) for _worker in "ab"
    ]
    try:
        wait_until(lambda: workers_there() == 2, seconds=180)
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def workers_there() -> int:
    with owner_engine().connect() as connection:
        return connection.scalars(text("select count(*) from queue.procrastinate_workers")).one()


@pytest.fixture
def range_of_goods(ann: Viewer) -> None:
    """Nine more products, each a block of its own; and Ann may forecast, also in another process."""
    with owner_engine().begin() as connection:
        connection.execute(text("update app_user set role = 'planner'"))
        connection.execute(
            text(
                "insert into product (code, name, category, family, kind, life_cycle) "
                "select 'P' || n, 'Product ' || n, 'Sauces', 'Soy', 'finished', 'active' from generate_series(1, 9) n"
            )
        )
    for number in range(1, 10):
        quantity = f"{number} * 10 + (extract(week from d)::int * {number}) % 17"
        selling.sell(f"P{number}", "KL", quantity, selling.FIRST_DAY, selling.LAST_DAY)


def workers_of(viewer: Viewer, run_id: int) -> set[int]:
    """The processes that have done a block."""
    rows = query(
        viewer, "select account->>'worker' from forecast_block where run_id = :id and done_at > '-infinity'", id=run_id
    )
    return {pid_of(name) for (name,) in rows}


def pid_of(worker_name: str) -> int:
    return int(worker_name.rpartition(":")[2])


@pytest.fixture
def alone(ann: Viewer, range_of_goods: None, blocks_of_one: None) -> list[tuple[Any, ...]]:
    """What one process finds."""
    return results(ann, forecast_of(ann, horizon=2))


@pytest.mark.slow
def test_two_workers_share_a_run_and_find_what_one_finds(
    ann: Viewer, planner: Viewer, alone: list[tuple[Any, ...]], two_workers: list[subprocess.Popen[bytes]]
) -> None:
    started = forecasts.start(planner, scope={}, frequency="month", horizon=2, anew=True)
    wait_until(lambda: forecasts.run(ann, started.run_id).state != "running")
    assert workers_of(ann, started.run_id) == {process.pid for process in two_workers}
    assert results(ann, started.run_id) == alone


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["leader", "helper"])
def test_run_ends_right_when_one_of_two_workers_is_killed(
    ann: Viewer,
    planner: Viewer,
    alone: list[tuple[Any, ...]],
    two_workers: list[subprocess.Popen[bytes]],
    victim: str,
) -> None:
    started = forecasts.start(planner, scope={}, frequency="month", horizon=2, anew=True)
    wait_until(lambda: len(workers_of(ann, started.run_id)) == 2)
    leader = pid_of(forecasts.run(ann, started.run_id).progress["log"][0]["worker"])
    killed = next(process for process in two_workers if (process.pid == leader) == (victim == "leader"))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert forecasts.run(ann, started.run_id).state == "running"
    wait_until(lambda: forecasts.run(ann, started.run_id).state != "running", seconds=90)
    assert results(ann, started.run_id) == alone
    assert stored_rows(ann, started.run_id) == (13, 26)


# What an earlier run has already


def account(viewer: Viewer, run_id: int) -> tuple[int, int]:
    """How many series were calculated, and how many copied."""
    summary = forecasts.run(viewer, run_id).summary
    return summary["calculated"], summary["copied"]


def test_same_run_again_takes_everything_over(ann: Viewer, forecast_panels: list[dict[str, Any]]) -> None:
    first = forecast_of(ann, level="channel")
    forecast_panels.clear()
    second = forecast_of(ann, level="channel")
    assert forecast_panels == []
    assert account(ann, second) == (0, 4)
    assert results(ann, second) == results(ann, first)
    assert forecasts.run(ann, second).summary["source"] == first
    copies = query(ann, "select count(*), sum(q50) from forecast_channel_value group by run_id")
    assert len(set(copies)) == 1
    third = forecast_of(ann, level="channel")
    origins = query(ann, "select distinct (why->>'run')::int from forecast_series where run_id = :id", id=third)
    assert origins == [(first,)], "a copy of a copy still names the run it was calculated in"


def test_same_run_calculated_anew_gives_the_same_figures(ann: Viewer) -> None:
    first, second = forecast_of(ann), forecast_of(ann, anew=True)
    assert account(ann, second) == (4, 0)
    assert results(ann, second) == results(ann, first)


def test_only_series_with_other_demand_are_forecast_again(ann: Viewer) -> None:
    first = forecast_of(ann)
    sell_earlier("SOY", "KL", "500")
    second = forecast_of(ann)
    assert account(ann, second) == (1, 3)
    soy = dict(query(ann, "select code, id from product"))["SOY"]
    before, after = results(ann, first), results(ann, second)
    assert [row for row in before if row[0] != soy] == [row for row in after if row[0] != soy]
    anew = [row for row in results(ann, forecast_of(ann, anew=True)) if row[0] == soy]
    assert [row for row in after if row[0] == soy] == anew, "as if all had been forecast"
    assert anew != [row for row in before if row[0] == soy]


def test_demand_of_the_period_under_way_changes_nothing(ann: Viewer) -> None:
    first = forecast_of(ann)
    sell_a_week_more()
    assert forecasts.run(ann, first).outdated
    assert account(ann, forecast_of(ann)) == (0, 4)


def test_deleted_rows_are_noticed(ann: Viewer) -> None:
    forecast_of(ann)
    with owner_engine().begin() as connection:
        connection.execute(text("delete from demand_history where day = '2025-06-02' and location_id = 2"))
    assert account(ann, forecast_of(ann)) == (2, 2)


@pytest.mark.parametrize(
    "other",
    [
        {"horizon": 4},
        {"frequency": "week"},
        {"scope": {"location": "KL"}},
        {"mode": "full"},
        {"level": "channel"},
        {"methods": ["theta", "ses"]},
        {"origins": 2},
        {"fill_stock_outs": True},
    ],
    ids=str,
)
def test_nothing_is_taken_over_from_a_run_with_other_settings(ann: Viewer, other: dict[str, Any]) -> None:
    forecast_of(ann)
    assert account(ann, forecast_of(ann, **other))[1] == 0


def test_nothing_is_taken_over_from_another_version_of_the_code(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    forecast_of(ann)
    monkeypatch.setattr(forecast_plan, "code_version", lambda *_patterns: "9.9.9+new")
    assert account(ann, forecast_of(ann))[1] == 0


def test_full_run_is_calculated_anew_when_events_have_changed(ann: Viewer) -> None:
    forecast_of(ann, mode="full")
    assert account(ann, forecast_of(ann, mode="full")) == (0, 4)
    with session_scope(ann) as session:
        versions.bump(session, "event")
    assert account(ann, forecast_of(ann, mode="full")) == (4, 0)


# What it is calculated from


def annotate(viewer: Viewer, code: str, status: str, corrected: float) -> None:
    with session_scope(viewer) as session:
        session.execute(
            text(
                "insert into demand_annotation (product_id, location_id, frequency, period, kind, status, observed, "
                "corrected) select p.id, l.id, 'month', '2026-01-01', 'outlier', :status, 1, :corrected "
                "from product p, location l where p.code = :code and l.code = 'KL'"
            ),
            {"code": code, "status": status, "corrected": corrected},
        )


def test_corrections_that_planners_accepted_change_the_forecast_of_their_series(
    ann: Viewer, forecast_panels: list[dict[str, Any]]
) -> None:
    first = forecast_of(ann)
    annotate(ann, "SOY", "accepted", 4000)
    annotate(ann, "CHILLI", "proposed", 9000)
    history = query(ann, "select sum(quantity) from demand_history")
    second = forecast_of(ann)
    assert account(ann, second) == (1, 3)
    values = forecast_panels[-1]["panel"].values
    assert 4000 in values
    assert 9000 not in values
    assert results(ann, second) != results(ann, first)
    assert query(ann, "select sum(quantity) from demand_history") == history


def test_engine_gets_what_was_asked_for(ann: Viewer, forecast_panels: list[dict[str, Any]]) -> None:
    forecast_of(ann, methods=["theta"], origins=2)
    asked = forecast_panels[-1]
    assert (asked["mode"], asked["drivers"], asked["origins"]) == ("fast", None, 2)
    assert "theta" in asked["methods"]
    assert "ses" not in asked["methods"]
    forecast_of(ann, mode="full")
    asked = forecast_panels[-1]
    assert (asked["mode"], asked["methods"]) == ("full", None)
    assert asked["drivers"].values.shape[1:] == (len(asked["panel"].periods) + 3, 4)


def test_demand_lost_to_stock_outs_is_filled_in_only_if_asked_for(
    ann: Viewer, forecast_panels: list[dict[str, Any]]
) -> None:
    """Without stock for ten days of June 2025, and nearly all of August."""
    moves = {"2023-01-02": 9, "2025-06-04": -9, "2025-06-15": 9, "2025-08-01": -9, "2025-08-31": 9}
    item = "select p.id, l.id from product p, location l where p.code = 'SOY' and l.code = 'KL'"
    with owner_engine().begin() as connection:
        for year in (2023, 2025):
            connection.execute(text("select tandem_ensure_partition('stock_movement', :year)"), {"year": year})
        for day, quantity in moves.items():
            connection.execute(
                text(
                    "insert into stock_movement (day, reference, product_id, location_id, kind, quantity) "
                    f"select cast(:day as date), :day, i.*, 'adjustment', :quantity from ({item}) i"
                ),
                {"day": day, "quantity": quantity},
            )
        connection.execute(
            text(
                "insert into stock_lot (product_id, location_id, lot, quantity, received_on) "
                f"select i.*, 'L1', 9, '2025-08-31' from ({item}) i"
            )
        )
    forecast_of(ann, {"products": "SOY"}, fill_stock_outs=True)
    forecast_of(ann, {"products": "SOY"})
    filled, sold = (asked["panel"] for asked in forecast_panels)
    june, august = (list(sold.periods.month).index(month, 24) for month in (6, 8))
    assert sold.values[june, 0] * 1.2 < filled.values[june, 0] < sold.values[june, 0] * 1.8
    assert filled.values[august, 0] > sold.values[august, 0]
    others = np.delete(np.arange(len(sold.values)), [june, august])
    assert filled.values[others] == pytest.approx(sold.values[others])


def test_channels_add_up_to_the_forecast_and_keep_their_shares(ann: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("insert into channel (code, name) values ('GT', 'General trade')"))
        connection.execute(
            text(
                "update demand_history set channel_id = (select id from channel where code = 'GT') "
                "where extract(week from day)::int % 4 = 0"
            )
        )
    run_id = forecast_of(ann, level="channel")
    sums = query(
        ann,
        "select v.q50, sum(c.q50) from forecast_value v join forecast_channel_value c "
        "using (run_id, product_id, location_id, period) where run_id = :id group by v.q50, product_id, location_id, "
        "period",
        id=run_id,
    )
    assert len(sums) == 12
    assert all(whole == pytest.approx(parts) for whole, parts in sums)
    ((forecast,),) = query(
        ann,
        "select sum(q50) filter (where c.code = 'GT') / sum(q50) from forecast_channel_value v "
        "join channel c on c.id = v.channel_id join product p on p.id = v.product_id where p.code = 'SOY'",
    )
    ((sold,),) = query(
        ann,
        "select (sum(quantity) filter (where c.code = 'GT') / sum(quantity))::float from demand_history d "
        "join channel c on c.id = d.channel_id join product p on p.id = d.product_id "
        "where p.code = 'SOY' and day >= '2025-03-01' and day < '2026-03-01'",
    )
    assert forecast == pytest.approx(sold, abs=0.05)
