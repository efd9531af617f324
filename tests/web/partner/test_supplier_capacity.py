"""A supplier's capacity calendar by its buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from callbacks.partner.supplier_capacity import Ids

Visit = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_only_what_waits_can_be_withdrawn_and_only_once_chosen(visitor: Visit) -> None:
    supplier = visitor("supplier")
    closed = {
        "closed_first": str(TODAY + timedelta(9)),
        "closed_last": str(TODAY + timedelta(12)),
        "closed_reason": "Repair",
    }
    sent = supplier.press(Ids.send_closure, {f"{getattr(Ids, name)}.value": value for name, value in closed.items()})
    assert sent.status_code == 200
    (row,) = shown(supplier)
    assert offered(supplier, [row])
    assert not offered(supplier, [])
    assert not offered(visitor("supplier-viewer"), [row])
    assert supplier.press(Ids.withdraw, {f"{Ids.asked}.selectedRows": [row]}).status_code == 200
    assert not offered(supplier, shown(supplier))


def shown(person: Any) -> list[dict[str, Any]]:
    answer = person.call(f"{Ids.asked}.rowData")
    found: list[dict[str, Any]] = answer.json["response"][Ids.asked]["rowData"]
    return found


def offered(person: Any, selected: list[dict[str, Any]]) -> bool:
    answer = person.call(f"{Ids.withdraw}.disabled", {f"{Ids.asked}.selectedRows": selected})
    return answer.json["response"][Ids.withdraw]["disabled"] is False
