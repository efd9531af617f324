"""What is learned from past promotions: shares, intervals, and how narrow groups lean on wide ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.promotion_uplift import LearnedUplift, Proposal, learned_uplift


def events(
    count: int, *, uplift: float, discount: float | None, category: str = "Snacks", spread: float = 0.0
) -> object:
    rng = np.random.default_rng(7)
    usual = rng.uniform(50, 500, count)
    share = uplift + rng.normal(0.0, spread, count) if spread else np.full(count, uplift)
    return pd.DataFrame(
        {
            "mechanic": "discount",
            "category": category,
            "discount": np.nan if discount is None else discount,
            "usual": usual,
            "actual": usual * (1 + share),
            "usual_after": usual / 2,
            "actual_after": usual / 2 * 0.85,
            "sisters_usual": usual * 3,
            "sisters_actual": usual * 3,
        }
    )


def learned(*parts: object) -> LearnedUplift:
    return learned_uplift(pd.concat(parts, ignore_index=True))


def test_many_events_speak_for_themselves() -> None:
    found = learned(events(200, uplift=1.0, discount=0.2, spread=0.1)).proposal("discount", "Snacks", 0.2)
    assert found.uplift == pytest.approx(1.0, abs=0.05)
    assert (found.level, found.events) == ("band", 200)
    assert found.pull_forward == pytest.approx(0.15)
    assert found.low < 1.0 < found.high
    assert found.cannibalisation == 0.0


def test_the_interval_holds_four_of_five_next_events() -> None:
    found = learned(events(400, uplift=1.0, discount=0.2, spread=0.2)).proposal("discount", "Snacks", 0.2)
    following = 1.0 + np.random.default_rng(8).normal(0, 0.2, 4000)
    inside = ((following >= found.low) & (following <= found.high)).mean()
    assert inside == pytest.approx(0.8, abs=0.06)


def test_an_unseen_discount_is_taken_in_proportion() -> None:
    found = learned(events(100, uplift=0.5, discount=0.1), events(100, uplift=1.0, discount=0.2))
    assert found.proposal("discount", "Snacks", 0.3).uplift == pytest.approx(1.5, rel=0.02)
    assert found.proposal("discount", "Snacks", 0.3).level == "category"
    assert found.proposal("discount", "Sauces", 0.2).level == "mechanic"


def test_one_odd_event_leans_on_its_category() -> None:
    found = learned(events(200, uplift=0.5, discount=0.1), events(1, uplift=5.0, discount=0.3))
    assert found.proposal("discount", "Snacks", 0.3).uplift < 2.5


def test_without_discounts_the_mean_counts() -> None:
    found = learned(events(50, uplift=0.4, discount=None))
    assert found.proposal("discount", "Snacks", None).uplift == pytest.approx(0.4)


def test_sisters_that_lose_for_sure_are_told() -> None:
    past = events(100, uplift=1.0, discount=0.2)
    taken = past.assign(sisters_actual=past["sisters_usual"] - 0.3 * past["usual"])
    assert learned(taken).proposal("discount", "Snacks", 0.2).cannibalisation == pytest.approx(0.3)


def test_nothing_known_proposes_nothing() -> None:
    none = learned(events(3, uplift=1.0, discount=0.2)[:0])
    assert none.proposal("discount", "Snacks", 0.2) == Proposal(0.0, 0.0, 0.0, 0.0, 0.0, 0, "none")
    assert learned(events(3, uplift=1, discount=0.2)).proposal("bogo", "Snacks", None).level == "none"


def test_many_are_expected_at_once() -> None:
    found = learned(events(100, uplift=1.0, discount=0.2))
    kinds = pd.DataFrame({"mechanic": ["discount", "bogo"], "category": "Snacks", "discount": [0.2, np.nan]})
    uplift, dip = found.expected(kinds)
    assert uplift == pytest.approx([1.0, 0.0])
    assert dip == pytest.approx([0.15, 0.0])


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.5, 4.0), st.integers(1, 30))
def test_the_proposal_lies_in_its_interval(uplift: float, count: int) -> None:
    found = learned(events(count, uplift=uplift, discount=0.2)).proposal("discount", "Snacks", 0.2)
    assert -1.0 <= found.low <= found.uplift <= found.high
