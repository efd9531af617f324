"""The series of a run: ranked by the money missed, narrowed, one after the other, as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import selling
from databases import TestServer
from forecasting import forecast_of, query

from core.errors import NotAllowed, NotFound
from core.viewer import CompanyKind, Viewer
from services import accounts, forecast_series
from services.forecast_series import SERIES_DOWNLOADED, VALUES_DOWNLOADED, SeriesFilters

# SOY is dear, CHILLI at PG has no price.
PRICED = """
    update forecast_series s
    set value = volume * case when p.code = 'SOY' then 100 when p.code = 'CHILLI' and l.code = 'PG' then 0 else 1 end
    from product p, location l where p.id = s.product_id and l.id = s.location_id returning 1
"""
NOBODY = Viewer(None, 1, CompanyKind.SUPPLIER, "supplier", "X", "x@example.com", frozenset())


@pytest.fixture(scope="module")
def shared(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """The operator of a database with one monthly run; nobody changes it."""
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        selling.load()
        viewer = accounts.operator()
        forecast_of(viewer)
        query(viewer, PRICED)
        yield viewer


def names(viewer: Viewer, **asked: Any) -> list[str]:
    return [f"{row['location']} {row['code']}" for row in forecast_series.series(viewer, 1, **asked).rows]


def test_most_money_missed_comes_first_and_what_has_no_price_last(shared: Viewer) -> None:
    rows = forecast_series.series(shared, 1).rows
    assert (rows[0]["code"], rows[-1]["code"], rows[-1]["location"]) == ("SOY", "CHILLI", "PG")
    assert rows[0]["error_value"] == pytest.approx(rows[0]["wmape"] * rows[0]["value"])
    assert (rows[-1]["value"], rows[-1]["error_value"]) == (None, None)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (SeriesFilters(category="Frozen"), {"PG DUMPLING"}),
        (SeriesFilters(place="KL"), {"KL CHILLI", "KL SOY"}),
        (SeriesFilters(place="KL", search="so"), {"KL SOY"}),
        (SeriesFilters(category="Frozen", place="KL"), set()),
        (SeriesFilters(method="no such method"), set()),
    ],
    ids=["category", "place", "place and search", "nothing left", "unknown method"],
)
def test_list_is_narrowed(shared: Viewer, filters: SeriesFilters, expected: set[str]) -> None:
    page = forecast_series.series(shared, 1, filters=filters)
    assert set(names(shared, filters=filters)) == expected
    assert page.total == len(expected)


def test_a_series_is_found_by_each_of_the_methods_that_share_it(shared: Viewer) -> None:
    ((method,),) = query(
        shared,
        "select s.method from forecast_series s join product p on p.id = s.product_id where p.code = 'SOY'",
    )
    members = method.split("+")
    for member in members:
        assert "KL SOY" in names(shared, filters=SeriesFilters(method=member))
    choices = forecast_series.filter_choices(shared, 1)
    assert set(members) <= set(choices.methods)
    assert (choices.categories, choices.places) == (["Frozen", "Sauces"], ["KL", "PG"])


def keys(viewer: Viewer, **asked: Any) -> list[tuple[int, int]]:
    return [(row["product_id"], row["location_id"]) for row in forecast_series.series(viewer, 1, **asked).rows]


@pytest.mark.parametrize("sort", [(), (("code", False),), (("code", True), ("location", True))])
def test_next_and_previous_walk_the_list_as_it_is_sorted(shared: Viewer, sort: tuple[tuple[str, bool], ...]) -> None:
    listed = keys(shared, sort=sort)
    walked = [listed[0]]
    while (found := forecast_series.series_beside(shared, 1, walked[-1], distance=1, sort=sort)) is not None:
        walked.append((found.product_id, found.location_id))
        assert found.place == len(walked)
    assert walked == listed
    back = forecast_series.series_beside(shared, 1, listed[1], distance=-1, sort=sort)
    assert back is not None
    assert (back.product_id, back.location_id, back.place) == (*listed[0], 1)
    assert forecast_series.series_beside(shared, 1, listed[0], distance=-1, sort=sort) is None


def test_from_a_series_that_is_not_listed_the_first_one_is_next(shared: Viewer) -> None:
    sauces = SeriesFilters(category="Sauces")
    (dumpling,) = keys(shared, filters=SeriesFilters(category="Frozen"))
    for item in (dumpling, (None, "x")):
        found = forecast_series.series_beside(shared, 1, item, distance=1, filters=sauces)
        assert found is not None
        assert (found.product_id, found.location_id) == keys(shared, filters=sauces)[0]
    assert forecast_series.series_beside(shared, 1, dumpling, distance=1, filters=SeriesFilters(search="zz")) is None


def test_files_hold_every_series_and_value(shared: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = names(shared)
    monkeypatch.setattr(forecast_series, "PAGE_ROWS", 2)
    rows = [dict(zip(SERIES_DOWNLOADED, row, strict=True)) for row in download(shared, SeriesFilters())]
    assert [f"{row['location']} {row['code']}" for row in rows] == listed
    downloaded = forecast_series.values_download(shared, 1, SeriesFilters())
    values = [dict(zip(VALUES_DOWNLOADED, row, strict=True)) for row in downloaded]
    assert len(values) == 4 * 3
    assert len({(row["code"], row["location"], row["period"]) for row in values}) == len(values)
    assert all(row["q10"] <= row["q50"] <= row["q90"] for row in values)


def download(viewer: Viewer, filters: SeriesFilters) -> list[list[Any]]:
    return list(forecast_series.series_download(viewer, 1, filters))


def test_files_follow_the_filters(shared: Viewer) -> None:
    kept = SeriesFilters(place="PG", search="chil")
    assert len(download(shared, kept)) == 1
    assert len(list(forecast_series.values_download(shared, 1, kept))) == 3


def test_runs_without_results_have_no_files(shared: Viewer) -> None:
    for call in (forecast_series.values_download, forecast_series.series_download):
        with pytest.raises(NotFound):
            list(call(shared, 99, SeriesFilters()))


def test_rights() -> None:
    for call in (
        lambda: forecast_series.series_beside(NOBODY, 1, (1, 1), distance=1),
        lambda: forecast_series.filter_choices(NOBODY, 1),
        lambda: list(forecast_series.series_download(NOBODY, 1, SeriesFilters())),
        lambda: list(forecast_series.values_download(NOBODY, 1, SeriesFilters())),
    ):
        with pytest.raises(NotAllowed):
            call()
