"""``cli.py forecast`` of a bare file: series of every awkward kind get a forecast, bad input one clear message."""

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import cli

ROOT = Path(cli.__file__).parent
HISTORY = "unique_id,ds,y\nA,2024-11-01,3\nA,2024-12-01,4\nB,2024-12-01,5\n"
FIGURES = ["y_hat", "q0.1", "q0.5", "q0.9"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "configure_logging", lambda: None)
    monkeypatch.chdir(tmp_path)
    Path("history.csv").write_text(HISTORY)

    def invoke(*changed, **options):
        given = {"history": "history.csv", "freq": "MS", "horizon": "3", "output": "out.csv"} | options
        arguments = [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]
        return CliRunner().invoke(cli.cli, ["forecast", *arguments, *changed])

    return invoke


def forecasts(path="out.csv"):
    return pd.read_csv(path, dtype={"unique_id": str}, keep_default_na=False)


def write(series, *, freq, name="history.csv", end="2024-12-30"):
    """{id: values} as a file, each series ending at the last period up to the end; None is an absent row."""
    frames = []
    for unique_id, values in series.items():
        days = pd.date_range(
            end=pd.tseries.frequencies.to_offset(freq).rollback(pd.Timestamp(end)), periods=len(values), freq=freq
        )
        kept = [value is not None for value in values]
        found = pd.DataFrame({"unique_id": unique_id, "ds": days.strftime("%Y-%m-%d"), "y": values})
        frames.append(found[kept])
    mixed = pd.concat(frames).sample(frac=1, random_state=0)
    mixed.to_csv(name, index=False)
    return mixed


WAVE = (100 + 10 * np.sin(np.arange(480) * 2 * np.pi / 12)).round(3).tolist()
AWKWARD = {
    "one": [5.0],
    "two": [5.0, 7.0],
    "zero": [0.0] * 40,
    "constant": [12.5] * 40,
    "spike": [0.0] * 30 + [1000.0] + [0.0] * 9,
    "unknown": [1.0, float("nan"), 3.0, 4.0, float("nan"), 6.0] * 6,
    "open_end": [3.0] * 20 + [float("nan")],
    "gaps": [1.0, None, None, 4.0, None, 6.0] * 6,
    "returns": [5.0, -3.0, 4.0, 2.0, -6.0, 8.0] * 6,
    "huge": [1e12, 1.1e12, 0.9e12, 1e12] * 10,
    "tiny": [1e-9, 2e-9, 1.5e-9] * 10,
    "forty_years": WAVE,
    "007": [1.0, 2.0, 3.0] * 8,
    "NA": [1.0, 2.0, 3.0] * 8,
    'a,"b"': [1.0, 2.0, 3.0] * 8,
    "北京": [1.0, 2.0, 3.0] * 8,
}


@pytest.mark.parametrize("gaps", ["zero", "missing"])
@pytest.mark.parametrize("freq", ["MS", "W-MON", "D"])
def test_every_awkward_series_is_forecast(run, freq, gaps):
    write(AWKWARD, freq=freq)
    done = run(freq=freq, gaps=gaps)
    assert done.exit_code == 0, done.output
    found = forecasts()
    assert list(found.columns) == ["unique_id", "ds", *FIGURES, "method"]
    assert list(found["unique_id"]) == [name for name in sorted(AWKWARD) for _ in range(3)]
    figures = found[FIGURES].to_numpy(dtype=float)
    assert np.isfinite(figures).all()
    assert (np.diff(found[["q0.1", "q0.5", "q0.9"]].to_numpy(dtype=float), axis=1) >= 0).all()
    not_returned = found["unique_id"] != "returns"
    assert (figures[not_returned] >= 0).all()
    assert (found.loc[found["unique_id"] == "zero", ["y_hat", "q0.5"]] == 0).all(axis=None)


def test_each_series_goes_on_where_it_ends(run):
    write({"early": WAVE[:36]}, freq="W-THU", name="early.csv", end="2021-01-02")  # into the 53rd week
    write({"late": WAVE[:30]}, freq="W-THU", name="late.csv", end="2021-03-04")
    Path("history.csv").write_text(Path("early.csv").read_text() + Path("late.csv").read_text().partition("\n")[2])
    assert run(freq="W-THU").exit_code == 0
    found = forecasts().groupby("unique_id")["ds"].agg(list)
    assert found["early"] == ["2021-01-07", "2021-01-14", "2021-01-21"]
    assert found["late"] == ["2021-03-11", "2021-03-18", "2021-03-25"]


def test_rows_in_another_order_and_a_second_run_give_the_same_file(run):
    write(AWKWARD, freq="MS").sort_values(["unique_id", "ds"]).to_csv("sorted.csv", index=False)
    assert run(output="one.csv").exit_code == 0
    assert run(output="two.csv", history="sorted.csv").exit_code == 0
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()


def test_drivers_compressed_files_and_other_quantiles(run):
    days = pd.date_range("2021-01-04", periods=112, freq="W-MON").strftime("%Y-%m-%d")
    rows = [
        f"S{n},{day},{100 + n + 50 * (k % 7 == n)},{int(k % 7 == n)}" for n in range(4) for k, day in enumerate(days)
    ]
    past = [row for k, row in enumerate(rows) if k % 112 < 104]
    plan = [row.split(",") for k, row in enumerate(rows) if k % 112 >= 104]
    Path("h.csv.gz").write_bytes(gzip.compress("\n".join(["unique_id,ds,y,promo", *past]).encode()))
    Path("f.csv.gz").write_bytes(
        gzip.compress("\n".join(["unique_id,ds,promo", *(f"{a},{b},{d}" for a, b, _, d in plan)]).encode())
    )
    done = run(
        history="h.csv.gz",
        future="f.csv.gz",
        freq="W-MON",
        season=52,
        horizon=8,
        quantiles="0.05,0.5,0.95",
        output="out.csv.gz",
        processes=2,
    )
    assert done.exit_code == 0, done.output
    found = forecasts("out.csv.gz")
    assert list(found.columns) == ["unique_id", "ds", "y_hat", "q0.05", "q0.5", "q0.95", "method"]
    assert len(found) == 32


BAD_FILES = {
    "text": (HISTORY + "B,2025-01-01,many\n", "history.csv: Row 5, column “y”: is not a number. (many) Write"),
    "twice": (HISTORY + "A,2024-11-01,9\n", "Row 5, column “ds”: is there twice for the series “A”, first in row 2."),
    "off_calendar": (HISTORY + "B,2025-01-02,1\n", "Row 5, column “ds”: is not the first day of a month"),
    "no_value_column": (HISTORY.replace("y", "qty"), "The column “y” is missing"),
    "empty": ("", "is empty"),
    "header_only": ("unique_id,ds,y\n", "no rows below its column names"),
    "binary": ("\x00\x01\x02" * 500, "binary data"),
    "no_value": (HISTORY + "C,2024-12-01,\n", "The series “C” has no value in any row"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_one_message_and_no_output(run, case):
    content, told = BAD_FILES[case]
    Path("history.csv").write_text(content)
    Path("out.csv").write_text("of yesterday")
    done = run()
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert Path("out.csv").read_text() == "of yesterday"
    assert sorted(path.name for path in Path().iterdir()) == ["history.csv", "out.csv"]


BAD_OPTIONS = {
    "no_such_file": {"history": "none.csv"},
    "horizon_zero": {"horizon": 0},
    "horizon_text": {"horizon": "soon"},
    "season_zero": {"season": 0},
    "unknown_frequency": {"freq": "Q"},
    "quantile_outside": {"quantiles": "0.5,1.5"},
    "quantiles_descending": {"quantiles": "0.9,0.5,0.1"},
    "no_median": {"quantiles": "0.1,0.9"},
    "quantile_text": {"quantiles": "0.1;0.5"},
    "unknown_mode": {"mode": "best"},
    "no_processes": {"processes": 0},
    "no_frequency": {"freq": None},
    "no_output": {"output": None},
    "no_folder": {"output": "none/out.csv"},
    "output_is_input": {"output": "history.csv"},
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_bad_option_is_told(run, case):
    done = run(**BAD_OPTIONS[case])
    assert done.exit_code != 0
    assert "Error: " in done.stderr
    assert Path("history.csv").read_text() == HISTORY
    assert not Path("out.csv").exists()


def test_options_of_a_file_do_not_go_with_commands_of_the_database(run):
    done = run("list")
    assert done.exit_code == 2
    assert "--history belongs to a forecast of a file, not to list." in done.stderr


def test_help_shows_both_uses(run):
    shown = CliRunner().invoke(cli.cli, ["forecast", "--help"]).stdout
    assert "--history" in shown
    assert all(f"\n  {command} " in shown for command in ("list", "run"))
    assert "--horizon" in CliRunner().invoke(cli.cli, ["forecast", "run", "--help"]).stdout


def test_a_bare_file_loads_no_database_no_screens_and_no_slow_models(tmp_path):
    (tmp_path / "history.csv").write_text(HISTORY)
    check = (
        "import sys, cli\n"
        "sys.argv[1:] = 'forecast --history history.csv --freq MS --horizon 2 --output out.csv'.split()\n"
        "try: cli.cli()\n"
        "except SystemExit as done: assert not done.code\n"
        "slow = {'dash', 'flask', 'sqlalchemy', 'psycopg', 'statsmodels', 'sklearn', 'pydantic', 'plotly'}\n"
        "sys.exit(', '.join(slow & set(sys.modules)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
