"""A supplier's quality issues by their buttons, from both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from callbacks.partner.supplier_quality import PATH, Ids
from callbacks.planner.supplier_quality import Ids as Inside

Visit = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def seen(visitor: Any, ids_of: Any, issue: int) -> Any:
    opened = visitor.call(f"{ids_of.about}.children", {f"{ids_of.chosen}.data": {"id": str(issue)}})
    return opened.json["response"][ids_of.seen]["data"]


def raise_issue(planner: Any, supplier: int, title: str) -> int:
    told = {
        "supplier": str(supplier),
        "title": title,
        "description": "Wet",
        "severity": "major",
        "due_on": str(TODAY + timedelta(5)),
    }
    made = planner.press(Inside.add, {f"{getattr(Inside, name)}.value": value for name, value in told.items()})
    return int(made.json["response"][Inside.added]["data"])


def test_both_sides_by_their_buttons(ids: Trading, visitor: Visit) -> None:
    planner, supplier = visitor("planner"), visitor("supplier")
    issue = raise_issue(planner, ids["alpha.party"], "Wet cartons")
    assert "Wet cartons" in supplier.layout(PATH).text
    first = seen(supplier, Ids, issue)
    given = {f"{Ids.answer}.value": "Held back", f"{Ids.done_on}.value": str(TODAY)}
    for _step in range(3):
        shown = seen(supplier, Ids, issue)
        assert supplier.press(Ids.send, given | {f"{Ids.seen}.data": shown}).status_code == 200
    assert "answered already" in supplier.press(Ids.send, given | {f"{Ids.seen}.data": first}).text, "an old screen"
    shown = seen(planner, Inside, issue)
    assert planner.press(Inside.close, {f"{Inside.seen}.data": shown}).status_code == 200
    assert "Wet cartons" in supplier.layout(PATH, "?show=closed").text
    assert "Wet cartons" in supplier.get("/download/supplier-quality.csv?show=closed").text
    assert "Wet cartons" not in visitor("supplier2").get("/download/supplier-quality.csv?show=closed").text
    sent = supplier.post(f"{PATH}/{issue}/file?name=a.csv", data=b"a,b\n")
    assert (sent.status_code, sent.json) == (200, {"id": str(issue)})


def test_b01_of_another_supplier_answers_like_unknown(ids: Trading, visitor: Visit) -> None:
    issue = raise_issue(visitor("planner"), ids["beta.party"], "CANARY of Beta")
    supplier = visitor("supplier")
    answers = [
        supplier.call(f"{Ids.about}.children", {f"{Ids.chosen}.data": {"id": wanted}}) for wanted in (str(issue), "999")
    ]
    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {
        (404, "There is no such quality issue.")
    }
    assert supplier.post(f"{PATH}/{issue}/file?name=a.csv", data=b"a,b\n").status_code == 404
    assert "CANARY" not in supplier.layout(PATH).text
