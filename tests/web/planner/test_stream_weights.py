"""S&OP › How streams are weighed: why, the verdict on held-out months, and the switch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from rows import Rows

from callbacks.planner.stream_weights import HAND_IDS, PATH, Ids

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    return company.load()


def saved(visitor: Any, mode: object, hand: object = 1.0, *, seen: object = 0) -> Any:
    values = {f"{Ids.mode}.value": mode, f"{Ids.seen}.data": seen, **{f"{name}.value": hand for name in HAND_IDS}}
    return visitor.press(Ids.save, values)


def test_without_published_plans_the_page_says_what_to_do(visitor: Visit) -> None:
    page = visitor("analyst").layout(PATH).text
    assert "publish the demand plan each month" in page
    assert "Weights are learned from the past." in page


def test_the_verdict_names_who_was_best(visitor: Visit, rows: Rows) -> None:
    for first in (date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)):
        company.published(rows, first, sales=120.0)
    page = visitor("planner").layout(PATH).text
    assert "On 2 figures of 2 plans that no weight had seen" in page
    assert "Best single way until then did better than learned weights." in page


def test_another_way_is_saved_once(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = saved(planner, "hand", 2.0).json["response"]
    assert answer[Ids.outcome]["children"] == "Saved: set by hand."
    assert answer[Ids.rows]["rowData"][0]["finance"] == 2
    assert "Somebody else has changed the weights" in saved(planner, "equal").text


@pytest.mark.parametrize(("mode", "hand"), [("x", 1), (None, 1), ("hand", "x"), ("hand", 1e400), ("hand", [])])
def test_odd_values_are_refused_in_words(visitor: Visit, mode: object, hand: object) -> None:
    answer = saved(visitor("planner"), mode, hand)
    assert answer.status_code < 500
    assert "Saved" not in answer.text


def test_others_may_read_and_not_save(visitor: Visit) -> None:
    assert "permission" in saved(visitor("finance"), "equal").text
