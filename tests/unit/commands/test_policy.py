"""``cli.py policy`` of bare files: every item gets a policy that can be used, bad input one clear message."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import cli

COLUMNS = (
    "unique_id,lead_time_mean,lead_time_sd,review_period,unit_cost,order_cost,holding_rate,moq,lot_multiple,"
    "shelf_life,service_measure,service_target"
)
PLAIN = "2,0.5,1,5,20,0.25,,,,fill,0.95"
ITEMS = f"{COLUMNS}\nA,{PLAIN}\nB,{PLAIN}\n"
OUTPUT = [
    *("unique_id", "policy", "safety_stock", "reorder_point", "order_quantity", "order_up_to"),
    *("expected_fill_rate", "expected_stock", "demand_class"),
]
DAYS = pd.date_range("2024-01-03", periods=60, freq="W-WED").strftime("%Y-%m-%d")


def history(series):
    """{id: values} as the text of a file; None is an absent row."""
    rows = [
        f"{name},{day},{value}"
        for name, values in series.items()
        for day, value in zip(DAYS[-len(values) :], values, strict=True)
        if value is not None
    ]
    return "\n".join(["unique_id,ds,y", *rows, ""])


STEADY = np.random.default_rng(0).poisson(20, 60).tolist()
HISTORY = history({"A": STEADY, "B": STEADY[::-1]})


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "configure_logging", lambda: None)
    monkeypatch.chdir(tmp_path)

    def invoke(*changed, items=ITEMS, past=HISTORY, **options):
        Path("items.csv").write_text(items)
        Path("history.csv").write_text(past)
        given = {"history": "history.csv", "items": "items.csv", "freq": "W", "output": "out.csv"} | options
        arguments = [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]
        return CliRunner().invoke(cli.cli, ["policy", *arguments, *changed])

    return invoke


def policies(path="out.csv"):
    return pd.read_csv(path, dtype={"unique_id": str}, keep_default_na=False).set_index("unique_id")


def test_a_policy_covers_lead_time_and_review_with_something_to_spare(run):
    done = run()
    assert done.exit_code == 0, done.output
    assert done.output == "2 policies in out.csv.\n"
    found = policies()
    assert list(found.reset_index().columns) == OUTPUT
    assert found["policy"].tolist() == ["min_max", "min_max"]
    assert found["demand_class"].tolist() == ["smooth", "smooth"]
    assert found["reorder_point"].between(35, 90).all()
    # Economic order quantity of 20 a week: √(2 · 20 · 1044 / 1.25) = 183.
    assert found["order_quantity"].between(165, 200).all()
    assert (found["order_up_to"] > found["reorder_point"] + 150).all()
    assert found["expected_fill_rate"].between(0.95, 0.99).all()


AWKWARD = {
    "one": [5],
    "two": [5, 7],
    "zero": [0] * 40,
    "constant": [12.5] * 40,
    "spike": [0] * 30 + [1000] + [0] * 9,
    "ended": [9] * 20 + [None] * 30,
    "unknown": [1, "", 3, 4, "", 6] * 6,
    "returns": [5, -3, 4, 2, -6, 8] * 6,
    "huge": [1e12, 1.1e12, 0.9e12] * 10,
    "tiny": [1e-9, 2e-9, 1.5e-9] * 10,
    "007": [1, 2, 3] * 8,
    "NA": [1, 2, 3] * 8,
}
TERMS = {
    "plain": PLAIN,
    "nothing_but_lead_time": "3,,,,,,,,,cycle,0.9",
    "no_lead_time": "0,0,1,5,20,0.25,,,,fill,0.99",
    "long_and_late": "30,10,4,5,20,0.25,,,,fill,0.98",
    "great_lots": "2,0,1,5,20,0.25,500,60,,cycle,0.95",
    "one_lot": "2,0,1,5,20,0.25,,1000,,fill,0.9",
    "short_lived": "1,0.5,1,5,20,0.25,,,1,fill,0.9",
    "keeps_a_month": "2,0,2,5,20,0.25,,,4,Cycle,0.9",
    "dear": "2,1,1,1e9,1,0.9,,,,fill,0.999",
    "parts_of_periods": "0.4,0.2,0.5,5,20,0.25,,,,fill,0.95",
}


@pytest.mark.parametrize("terms", TERMS)
def test_every_awkward_item_gets_a_policy(run, terms):
    items = "\n".join([COLUMNS, *(f"{name},{TERMS[terms]}" for name in AWKWARD)])
    done = run(items=items, past=history(AWKWARD))
    assert done.exit_code == 0, done.output
    found = policies()
    assert sorted(found.index) == sorted(AWKWARD)
    figures = found[OUTPUT[2:8]].to_numpy(dtype=float)
    assert np.isfinite(figures).all()
    assert (figures >= 0).all()
    assert (found["order_up_to"] >= found["reorder_point"]).all()
    assert found["expected_fill_rate"].le(1).all()
    assert found.loc["zero", "policy"] == "none"


def test_months_days_and_any_weekday(run):
    for freq, days in (("MS", "MS"), ("D", "D"), ("W-TUE", "W-TUE"), ("W", "W-SUN")):
        when = pd.date_range("2022-01-01", periods=36, freq=days).strftime("%Y-%m-%d")
        past = "\n".join(["unique_id,ds,y", *(f"A,{day},{n % 7}" for n, day in enumerate(when))])
        done = run(items=f"{COLUMNS}\nA,{PLAIN}\n", past=past, freq=freq)
        assert done.exit_code == 0, done.output


def test_what_is_left_out_is_said(run):
    past = history({"A": STEADY, "B": [0] * 60, "C": [1, -2, 3]})
    done = run(past=past, items=ITEMS)
    assert "Not used: 1 series of the history that no item names." in done.output
    assert "1 items had no demand in their history and get no stock." in done.output
    assert "negative" not in done.output


def test_order_of_rows_and_compression_change_nothing(run):
    lines = HISTORY.splitlines()
    assert run(output="one.csv").exit_code == 0
    assert run(output="two.csv.gz", past="\n".join([lines[0], *lines[:0:-1]])).exit_code == 0
    assert Path("one.csv").read_bytes() == gzip.decompress(Path("two.csv.gz").read_bytes())


def test_more_service_more_stock(run):
    levels = []
    for target in ("0.8", "0.95", "0.99"):
        run(items=ITEMS.replace("0.95", target))
        levels.append(policies()["reorder_point"].sum())
    assert levels == sorted(levels)
    assert levels[0] < levels[2]


BAD_ITEMS = {
    "text": (
        ITEMS.replace("A,2,", "A,two,"),
        "items.csv: Row 2, column “lead_time_mean”: is not a number. (two) Write",
    ),
    "no_lead_time": (ITEMS.replace("B,2,", "B,,"), "Row 3, column “lead_time_mean”: is empty, but needed"),
    "negative": (
        ITEMS.replace("A,2,0.5", "A,2,-1"),
        "Row 2, column “lead_time_sd”: is not 0 or more. (-1) Correct it.",
    ),
    "no_review": (ITEMS.replace("A,2,0.5,1,", "A,2,0.5,0,"), "column “review_period”: is not above 0. (0)"),
    "percent": (
        ITEMS.replace("0.95", "95", 1),
        "column “service_target”: does not lie between 0 and 1. (95) Write 95 %",
    ),
    "no_target": (ITEMS.replace("0.95", "", 1), "Row 2, column “service_target”: is empty"),
    "measure": (
        ITEMS.replace("fill", "luck", 1),
        "“service_measure”: is none of cycle, fill. (luck) Write one of them.",
    ),
    "twice": (ITEMS.replace("B,", "A,"), "Row 3, column “unique_id”: is there twice, first in row 2. (A) Keep one row"),
    "no_id": (ITEMS.replace("A,", ","), "Row 2, column “unique_id”: is empty"),
    "no_history": (
        ITEMS.replace("B,", "Z,"),
        "Row 3, column “unique_id”: has no row in history.csv. (Z) Add its history",
    ),
    "no_column": (ITEMS.replace("moq", "minimum"), "items.csv: The column “moq” is missing"),
    "shelf": (ITEMS.replace(",,,,fill", ",,,0.5,fill", 1), "column “shelf_life”: is not 1 or more. (0.5)"),
    "short_row": (ITEMS.replace(",fill,0.95", "", 1), "items.csv: Row 2"),
    "empty": ("", "items.csv: "),
}


@pytest.mark.parametrize("name", BAD_ITEMS)
def test_bad_items_are_refused_with_place_and_remedy(run, name):
    items, message = BAD_ITEMS[name]
    done = run(items=items)
    assert done.exit_code == 1
    assert message in done.output
    assert done.output.count("\n") == 1
    assert not Path("out.csv").exists()


BAD_HISTORY = {
    "text": (HISTORY.replace(",20\n", ",many\n", 1), "column “y”: is not a number. (many)"),
    "day": (HISTORY.replace("2024-01-10", "2024-01-11", 1), "column “ds”: is not a Wednesday"),
    "first_day": (HISTORY.replace("2024-01-03", "someday", 1), "Row 2, column “ds”: is not a date"),
    "no_rows": ("unique_id,ds,y\n", "history.csv: The file has no rows"),
    "no_dates": (HISTORY.replace("ds", "when", 1), "history.csv: The column “ds” is missing"),
}


@pytest.mark.parametrize("name", BAD_HISTORY)
def test_bad_histories_are_refused_with_place_and_remedy(run, name):
    past, message = BAD_HISTORY[name]
    done = run(past=past)
    assert done.exit_code == 1
    assert message in done.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"items": None}, None),
        ({"freq": "Y"}, "Invalid value for '--freq'"),
        ({"output": None}, "Policies of a file need --output as well."),
        ({"history": "none.csv"}, "does not exist"),
    ],
    ids=["no items", "frequency", "no output", "no file"],
)
def test_wrong_calls_are_usage_errors(run, options, message):
    done = CliRunner().invoke(cli.cli, ["policy", "--history", "history.csv"]) if message is None else run(**options)
    assert done.exit_code == 2
    assert (message or "Error") in done.output


def test_an_output_never_replaces_an_input(run):
    done = run(output="items.csv")
    assert done.exit_code == 1
    assert "The output would replace items.csv" in done.output


def test_recalculate_takes_no_files(run):
    done = run("recalculate")
    assert done.exit_code == 2
    assert "belongs to policies of a file, not to recalculate" in done.output
