"""The benchmark of policies compares like with like."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.policy_quality import Case, compared


@pytest.fixture
def folder(tmp_path):
    """Two years of weeks of forty items, skewed and at very different levels, and eight weeks that followed."""
    rng = np.random.default_rng(0)
    days = pd.date_range("2022-01-03", periods=112, freq="W-MON").strftime("%Y-%m-%d")
    values = np.round(rng.gamma(0.7, rng.gamma(1.0, 30.0, 40), (112, 40)))
    rows = [f"I{item},{day},{values[week, item]}" for item in range(40) for week, day in enumerate(days)]
    (tmp_path / "made_weekly").mkdir()
    for name, part in (("history", range(104)), ("actual", range(104, 112))):
        kept = [row for place, row in enumerate(rows) if place % 112 in part]
        text = "\n".join(["unique_id,ds,y", *kept, ""])
        (tmp_path / "made_weekly" / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    described = {"freq": "W-MON", "season": 52, "horizon": 8, "gaps": "zero", "mase_season": 1, "naive2_season": 1}
    (tmp_path / "datasets.json").write_text(json.dumps({"made_weekly": described}))
    return tmp_path


def test_the_rule_is_tuned_to_the_service_of_ours(folder):
    found = compared(folder, Case("made_weekly"), 0.9)
    assert (found.items, found.periods) == (40, 8)
    assert found.rule.fill == pytest.approx(found.ours.fill, abs=0.005)
    assert found.rule_by_item.item_fill == pytest.approx(found.ours.item_fill, abs=0.005)
    assert 0.85 < found.ours.fill < 1
    assert found.ours.stock < found.rule.stock


def test_an_earlier_date_knows_less(folder):
    now, before = (compared(folder, Case("made_weekly", held_out_periods=held), 0.9) for held in (0, 20))
    assert before.periods == now.periods
    assert before.ours != now.ours
