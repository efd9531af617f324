"""Agreements with suppliers by their buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

PATH = "/supply/supplier-agreements"


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def visitor(name: str) -> Any:
    from visitor import Visitor

    return Visitor.of(name)


def test_agreement_is_made_saved_and_its_forecast_shared(ids: Trading) -> None:
    from callbacks.planner.supplier_agreements import FIELDS, Ids

    planner = visitor("planner")
    assert "Alpha" in planner.layout(PATH).text
    chosen = {f"{Ids.suppliers}.selectedRows": [{"id": ids["alpha.party"]}]}
    opened = planner.call(f"{Ids.title}.children", chosen).json["response"]
    assert opened[Ids.chosen]["data"] == {"id": ids["alpha.party"], "version": 0}
    values = {f"{getattr(Ids, name)}.value": opened[getattr(Ids, name)]["value"] for name in FIELDS}
    state = values | {f"{Ids.chosen}.data": opened[Ids.chosen]["data"]}
    assert planner.press(Ids.save, state).status_code == 200
    assert "Somebody else" in planner.press(Ids.save, state).text
    assert planner.press(Ids.share, {f"{Ids.chosen}.data": {"id": ids["alpha.party"]}}).status_code == 200
    again = planner.call(f"{Ids.title}.children", chosen).json["response"]
    (version,) = again[Ids.versions]["rowData"]
    assert version["version"].startswith("Forecast 1")
    assert visitor("supplier").layout("/portal/supplier/forecast").status_code == 200


def test_readers_of_purchases_may_look_and_not_change(ids: Trading) -> None:
    from callbacks.planner.supplier_agreements import Ids

    executive = visitor("executive")
    assert executive.layout(PATH).status_code == 200
    assert executive.press(Ids.share_all).status_code == 403
