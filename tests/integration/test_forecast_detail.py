"""One series of a run: what it is compared with, what happened on the way, what it is made of."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import selling
from databases import TestServer, disconnect
from forecasting import forecast_of, query

from core.errors import NotAllowed, NotFound
from core.viewer import CompanyKind, Viewer
from services import accounts, forecast_detail, forecast_season
from services.forecast_detail import COMPONENTS, SeriesDetail, SeriesReasons

NOBODY = Viewer(None, 1, CompanyKind.SUPPLIER, "supplier", "X", "x@example.com", frozenset())
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def viewer(server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """The operator of a copy of the database in which run 1 is monthly and run 2 weekly."""
    with server.copy(tmp_path_factory.mktemp("home"), template=template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        yield accounts.operator()


@pytest.fixture(scope="module")
def template(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the database that every test copies."""
    name = f"detail_{os.getpid()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        with server.database(name, tmp_path_factory.mktemp("home"), template=empty_template):
            selling.load()
            operator = accounts.operator()
            assert [forecast_of(operator), forecast_of(operator, frequency="week", horizon=4)] == [1, 2]
            disconnect()
            yield name


def item(viewer: Viewer, code: str = "SOY", place: str = "KL") -> tuple[int, int]:
    (found,) = query(
        viewer,
        "select p.id, l.id from product p, location l where p.code = :code and l.code = :place",
        code=code,
        place=place,
    )
    return found[0], found[1]


def detail(viewer: Viewer, run_id: int = 1, code: str = "SOY", place: str = "KL") -> SeriesDetail:
    return forecast_detail.series_detail(viewer, run_id, *item(viewer, code, place))


def reasons(viewer: Viewer, code: str = "SOY", place: str = "KL") -> SeriesReasons:
    return forecast_detail.series_reasons(viewer, 1, *item(viewer, code, place))


def change(viewer: Viewer, statement: str, **values: Any) -> None:
    query(viewer, f"{statement} returning 1", **values)


# What another run said


def test_first_run_has_nothing_beside_it(viewer: Viewer) -> None:
    found = detail(viewer)
    assert found.other_run is None
    assert [period.other for period in found.forecast] == [None] * 3


def test_the_run_before_is_the_ghost_of_the_same_periods(viewer: Viewer) -> None:
    later = forecast_of(viewer, horizon=6)
    before = {period.period: period.q50 for period in detail(viewer, 1).forecast}
    found = detail(viewer, later)
    assert found.other_run is not None
    assert (found.other_run.run_id, found.other_run.approved) == (1, False)
    assert [period.other for period in found.forecast] == [*before.values(), None, None, None]


def test_an_approved_run_goes_before_newer_ones(viewer: Viewer) -> None:
    forecast_of(viewer)
    newest = forecast_of(viewer)
    change(viewer, "update forecast_run set approved_at = now() where id = 1")
    found = detail(viewer, newest).other_run
    assert found is not None
    assert (found.run_id, found.approved) == (1, True)
    change(viewer, "delete from forecast_value where run_id = 1")
    found = detail(viewer, newest).other_run
    assert found is not None
    assert (found.run_id, found.approved) == (newest - 1, False), "it said nothing of these periods"


def test_weekly_runs_are_never_beside_monthly_ones(viewer: Viewer) -> None:
    assert detail(viewer, 2).other_run is None


# What stands on the time axis


PROMOTION = (
    "insert into planning_event (code, name, kind, product_id, channel_id, starts_on, ends_on, discount, status) "
    "select :code, 'X', 'promotion', p.id, c.id, cast(:starts as date), cast(:ends as date), 0.2, :status "
    "from product p, channel c where p.code = :product"
)


def plan(viewer: Viewer, code: str, starts: str, ends: str, *, product: str = "SOY", status: str = "approved") -> None:
    change(viewer, PROMOTION, code=code, starts=starts, ends=ends, product=product, status=status)


def test_promotions_stand_at_the_period_they_begin_in(viewer: Viewer) -> None:
    plan(viewer, "P1", "2025-06-20", "2025-07-05")
    plan(viewer, "P2", "2026-04-03", "2026-04-05")
    plan(viewer, "DRAFT", "2026-04-03", "2026-04-05", status="draft")
    plan(viewer, "OTHER", "2026-04-03", "2026-04-05", product="CHILLI")
    plan(viewer, "LATER", "2026-06-01", "2026-06-02")
    events = [flag for flag in detail(viewer).flags if flag.kind == "event"]
    assert [flag.period for flag in events] == [date(2025, 6, 1), APRIL]
    assert events[1].text == "Promotion 20 %, Modern trade, 2026-04-03 to 2026-04-05"
    weekly = [flag.period for flag in detail(viewer, 2).flags if flag.kind == "event"]
    assert weekly == [date(2025, 6, 16), date(2026, 3, 30)]


def test_what_is_planned_alike_for_two_channels_is_one_flag(viewer: Viewer) -> None:
    change(viewer, "insert into channel (code, name) values ('EC', 'E-commerce')")
    for code, name in (("A", "EC"), ("B", "MT")):
        statement = PROMOTION + " and c.code = :channel"
        values = {"starts": "2026-04-03", "ends": "2026-04-05", "product": "SOY", "status": "approved"}
        change(viewer, statement, code=code, channel=name, **values)
    (event,) = (flag for flag in detail(viewer).flags if flag.kind == "event")
    assert "E-commerce, Modern trade" in event.text


def test_feasts_move_through_the_months(viewer: Viewer) -> None:
    raya = [flag.period for flag in detail(viewer).flags if "Hari Raya Puasa" in flag.text]
    assert raya == [date(2023, 4, 1), date(2024, 4, 1), date(2025, 3, 1), MARCH]


# Corrected history


def test_only_accepted_corrections_change_the_cleaned_history(viewer: Viewer) -> None:
    product_id, location_id = item(viewer)
    add = (
        "insert into demand_annotation (product_id, location_id, frequency, period, kind, status, observed, corrected) "
        f"values ({product_id}, {location_id}, 'month', cast(:period as date), :kind, :status, 1, :corrected)"
    )
    change(viewer, add, period="2025-05-01", kind="outlier", status="proposed", corrected=5.0)
    change(viewer, add, period="2025-06-01", kind="outlier", status="rejected", corrected=6.0)
    assert detail(viewer).cleaned == []
    change(viewer, add, period="2025-07-01", kind="event", status="accepted", corrected=7.0)
    change(viewer, add, period="2025-08-01", kind="event", status="accepted", corrected=None)
    found = detail(viewer)
    changed = dict(set(found.cleaned) - set(found.history))
    assert changed == {date(2025, 7, 1): 7.0}
    assert {mark.status for mark in found.marks} == {"proposed", "rejected", "accepted"}
    assert detail(viewer, 2).cleaned == [], "weeks have corrections of their own"
    assert detail(viewer, 1, "CHILLI").cleaned == []


def test_an_accepted_shift_scales_the_history_before_it(viewer: Viewer) -> None:
    product_id, location_id = item(viewer)
    change(
        viewer,
        "insert into demand_annotation (product_id, location_id, frequency, period, kind, status, observed, corrected) "
        f"values ({product_id}, {location_id}, 'month', '2025-01-01', 'level_shift', 'accepted', 100, 150)",
    )
    found = detail(viewer)
    history, cleaned = dict(found.history), dict(found.cleaned)
    assert cleaned[date(2024, 12, 1)] == pytest.approx(1.5 * history[date(2024, 12, 1)])
    assert cleaned[date(2025, 1, 1)] == history[date(2025, 1, 1)]


# What it is made of


@pytest.mark.parametrize(("code", "place"), sorted(set(selling.SALES) - {("OLD", "KL")}))
@pytest.mark.parametrize("run_id", [1, 2])
def test_components_add_up_to_the_forecast(viewer: Viewer, run_id: int, code: str, place: str) -> None:
    parts = forecast_detail.series_parts(viewer, run_id, *item(viewer, code, place))
    assert parts is not None
    assert set(parts.values) <= set(COMPONENTS)
    ahead = detail(viewer, run_id, code, place).forecast
    assert list(parts.periods) == [period.period for period in ahead]
    assert parts.total == pytest.approx([period.q50 for period in ahead])


def test_runs_of_before_components_were_kept_have_none(viewer: Viewer) -> None:
    change(viewer, "update forecast_series set components = '{}'")
    assert forecast_detail.series_parts(viewer, 1, *item(viewer)) is None


def test_channels_add_up_and_a_run_without_them_has_none(viewer: Viewer) -> None:
    assert forecast_detail.channel_split(viewer, 1, *item(viewer)) is None
    change(viewer, "insert into channel (code, name) values ('EC', 'E-commerce')")
    product_id, location_id = item(viewer)
    for channel, share in (("MT", 0.75), ("EC", 0.25)):
        change(
            viewer,
            "insert into forecast_channel_value (run_id, product_id, location_id, channel_id, period, q50) "
            "select run_id, product_id, location_id, c.id, period, q50 * :share from forecast_value, channel c "
            "where run_id = 1 and product_id = :product and location_id = :place and c.code = :channel",
            share=share,
            channel=channel,
            product=product_id,
            place=location_id,
        )
    split = forecast_detail.channel_split(viewer, 1, product_id, location_id)
    assert split is not None
    assert list(split.values) == ["E-commerce", "Modern trade"]
    assert split.total == pytest.approx([period.q50 for period in detail(viewer).forecast])


# Why


def test_every_candidate_has_its_weight_and_its_error_at_each_origin(viewer: Viewer) -> None:
    found = reasons(viewer)
    assert sum(candidate.weight or 0 for candidate in found.candidates) == pytest.approx(1)
    assert [candidate.key for candidate in found.candidates if candidate.benchmark] == ["seasonal_naive"]
    assert found.origins == sorted(set(found.origins))
    assert found.origins
    assert all(set(candidate.origins) == set(found.origins) for candidate in found.candidates)
    assert all(candidate.chosen == bool(candidate.weight) for candidate in found.candidates)
    assert "compared at 3 earlier dates" in " ".join(found.sentences)


def test_runs_of_before_methods_were_combined_are_still_shown(viewer: Viewer) -> None:
    old = {
        "periods": 38,
        "origins": 3,
        "steps": 3,
        "failures": [],
        "candidates": [
            {"method": "ets", "score": 0.9, "origins": 3, "wmape": 0.1, "bias": 0.0, "mase": 0.5},
            {"method": "seasonal_naive", "score": 1.1, "origins": 3, "wmape": 0.2, "bias": 0.0, "mase": 1.0},
        ],
    }
    change(viewer, "update forecast_series set method = 'ets', why = cast(:why as jsonb)", why=json.dumps(old))
    found = reasons(viewer)
    assert [(one.name, one.chosen, one.weight, one.origins) for one in found.candidates] == [
        ("ETS", True, None, {}),
        ("Seasonal naive", False, None, {}),
    ]
    assert found.origins == []
    assert "Of 2 methods ETS did best at 3 earlier dates" in " ".join(found.sentences)


# The season


def test_years_lie_on_top_of_each_other_and_the_parts_add_up(viewer: Viewer) -> None:
    found = forecast_season.series_season(viewer, 1, *item(viewer, "CHILLI"))
    assert list(found.years) == [2023, 2024, 2025, 2026]
    assert [phase for phase, _quantity in found.years[2024]] == list(range(1, 13))
    assert found.parts is not None
    sums = {
        period: trend + season + rest
        for (period, trend), (_same, season), (_again, rest) in zip(
            found.parts.trend, found.parts.season, found.parts.remainder, strict=True
        )
        if trend is not None and season is not None and rest is not None
    }
    history = dict(detail(viewer, 1, "CHILLI").history)
    assert len(sums) == len(history) - 12
    assert sums == pytest.approx({period: history[period] for period in sums})


def test_weeks_are_laid_by_their_iso_number(viewer: Viewer) -> None:
    found = forecast_season.series_season(viewer, 2, *item(viewer, "CHILLI"))
    assert found.years[2024][0][0] == 1
    assert found.years[2024][-1][0] == 52
    assert len(found.phases) == 53


def test_less_than_two_years_have_no_decomposition(viewer: Viewer) -> None:
    change(viewer, "delete from demand_history where day < '2024-06-01'")
    found = forecast_season.series_season(viewer, 1, *item(viewer))
    assert found.parts is None
    assert list(found.years) == [2024, 2025, 2026]


# Rights


def test_rights_and_unknown_series(viewer: Viewer) -> None:
    calls = (
        forecast_detail.series_detail,
        forecast_detail.series_reasons,
        forecast_detail.series_parts,
        forecast_detail.channel_split,
        forecast_season.series_season,
    )
    for call in calls:
        with pytest.raises(NotAllowed):
            call(NOBODY, 1, 1, 1)
        for asked in ((99, 1, 1), (1, 10**30, 1), (1, None, "x")):
            with pytest.raises(NotFound):
                call(viewer, *asked)
