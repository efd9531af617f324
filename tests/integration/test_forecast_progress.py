"""How far a run is, by class and in its log; and how long one will take."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import selling
from forecasting import forecast_of, query, silent
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed, NotFound
from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from services import accounts, forecast_blocks, forecast_plan, forecast_work, forecasts
from services.forecast_estimate import estimate
from services.forecast_progress import NOT_KNOWN, progress


@pytest.fixture
def ann(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    monkeypatch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
    monkeypatch.setattr(forecast_plan, "BLOCK_SERIES", 1)
    selling.load()
    return accounts.operator()


def begun(viewer: Viewer, blocks: int, **options: object) -> int:
    """A run under way with so many blocks done."""
    run_id = forecasts.open_run(viewer, scope={}, frequency="month", horizon=3, **options)
    forecast_work._taken(viewer, run_id)
    for _block in range(blocks):
        assert forecast_blocks.forecast_next(viewer, run_id, lambda _done, _total: None)
    return run_id


def classes(viewer: Viewer, run_id: int) -> dict[str, tuple[int, int]]:
    return {found.name: (found.done, found.total) for found in progress(viewer, run_id).classes}


def test_first_run_learns_the_classes_on_its_way(ann: Viewer) -> None:
    run_id = begun(ann, blocks=1)
    found = progress(ann, run_id)
    assert (found.series, found.done, found.copied) == (4, 2, 0)
    assert found.per_second is not None
    assert found.remaining_seconds == pytest.approx(2 / found.per_second)
    by_class = classes(ann, run_id)
    assert by_class.pop(NOT_KNOWN) == (0, 2)
    assert sum(done for done, _total in by_class.values()) == 2


def test_later_run_expects_the_classes_of_the_one_before(ann: Viewer) -> None:
    forecast_of(ann)
    stored = Counter(name for (name,) in query(ann, "select demand_class from forecast_series"))
    run_id = begun(ann, blocks=1, anew=True)
    by_class = classes(ann, run_id)
    assert {name: total for name, (_done, total) in by_class.items()} == stored
    assert sum(done for done, _total in by_class.values()) == 2


def test_copied_series_are_done_from_the_beginning(ann: Viewer) -> None:
    first = forecast_of(ann)
    selling.sell("SOY", "KL", "300", selling.FIRST_DAY, selling.LAST_DAY)
    run_id = begun(ann, blocks=0)
    found = progress(ann, run_id)
    assert (found.series, found.done, found.copied) == (4, 3, 3)
    assert sum(one.done for one in found.classes) == 3
    assert f"taken over from forecast #{first}" in " ".join(line.text for line in found.log)
    forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    assert sum(one.done for one in progress(ann, run_id).classes) == 4


def test_log_tells_what_happened_in_its_order(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = forecast_of(ann)
    found = progress(ann, run_id)
    texts = [line.text for line in found.log]
    assert texts[0].startswith("Started by worker")
    assert texts[1] == "4 series to forecast in 3 parts"
    assert [text.partition(":")[0] for text in texts[2:5]] == ["Part 1 of 3", "Part 2 of 3", "Part 3 of 3"]
    assert texts[-1].startswith("Finished: 4 of 4 series")
    assert not any(line.warning for line in found.log)
    assert found.per_second == pytest.approx(4 / forecasts.run(ann, run_id).progress["seconds"])


def test_failed_fits_are_warnings(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    account = forecast_blocks._account

    def with_failures(result: Any) -> dict[str, Any]:
        return account(result) | {"failures": [{"method": "theta", "reason": "singular", "series": 2}]}

    monkeypatch.setattr(forecast_blocks, "_account", with_failures)
    warnings = [line.text for line in progress(ann, forecast_of(ann)).log if line.warning]
    assert warnings == ["Theta could not be fitted to 2 series: singular"] * 3


def test_failed_run_tells_why(ann: Viewer) -> None:
    run_id = forecasts.open_run(ann, scope={"products": "NEW"}, frequency="month", horizon=3)
    with pytest.raises(Exception, match="None of the products"):
        forecast_work.run_forecast(ann, {"run_id": run_id}, silent)
    last = progress(ann, run_id).log[-1]
    assert last.warning
    assert "None of the products chosen has demand" in last.text


def test_run_that_no_worker_has_taken_yet_knows_nothing(ann: Viewer) -> None:
    run_id = forecasts.open_run(ann, scope={}, frequency="month", horizon=3)
    found = progress(ann, run_id)
    assert (found.series, found.done, found.classes, found.log, found.per_second) == (0, 0, [], [], None)
    with pytest.raises(NotFound):
        progress(ann, 99)


# How long


def test_estimate_goes_by_finished_runs_of_the_same_mode(ann: Viewer) -> None:
    asked: dict[str, Any] = {"frequency": "month", "horizon": 3}
    before = estimate(ann, scope={}, **asked)
    assert (before.series, before.seconds, before.runs) == (4, None, 0)
    runs = [forecast_of(ann), forecast_of(ann, anew=True)]
    seconds = sum(forecasts.run(ann, run_id).progress["seconds"] for run_id in runs)
    after = estimate(ann, scope={}, **asked)
    assert after.runs == 2
    assert after.seconds == pytest.approx(4 / (8 / seconds))
    assert estimate(ann, scope={}, **asked, mode="full").seconds is None
    assert estimate(ann, scope={}, frequency="week", horizon=3).seconds is None


def test_runs_of_about_the_same_size_tell_the_time(ann: Viewer) -> None:
    """A large run is faster by series: what it costs to begin is spread over more of them."""
    runs = {4: [forecast_of(ann, anew=True) for _run in range(3)], 1: [forecast_of(ann, {"products": "SOY"})]}
    with session_scope(ann) as session:
        for series, ids in runs.items():
            for run_id in ids:
                session.execute(
                    text("update forecast_run set progress = progress || cast(:told as jsonb) where id = :id"),
                    {"id": run_id, "told": json.dumps({"calculated": series * 100, "seconds": series**2})},
                )
    found = estimate(ann, scope={}, frequency="month", horizon=3)
    assert found.runs == 3
    assert found.per_second == pytest.approx((100 + 2 * 400) / (1 + 2 * 16))


def test_run_that_calculated_nothing_says_nothing_about_speed(ann: Viewer) -> None:
    forecast_of(ann)
    forecast_of(ann)
    assert estimate(ann, scope={}, frequency="month", horizon=3).runs == 1


def test_estimate_counts_the_series_of_the_scope(ann: Viewer) -> None:
    for scope, series in (({"location": "PG"}, 2), ({"products": "SOY"}, 1), ({"category": "Sauces"}, 3)):
        assert estimate(ann, scope=scope, frequency="month", horizon=3).series == series


def test_estimate_refuses_what_a_start_would_refuse(ann: Viewer) -> None:
    with pytest.raises(InvalidInput, match="no location"):
        estimate(ann, scope={"location": "JB"}, frequency="month", horizon=3)
    executive = Viewer(None, 1, CompanyKind.INTERNAL, "executive", "X", "x@example.com", ROLES[Role.EXECUTIVE])
    with pytest.raises(NotAllowed):
        estimate(executive, scope={}, frequency="month", horizon=3)
