"""A forecast file joins with its history, reads back as it was, and is either whole or not there."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.errors import InvalidInput
from data.exchange import series_output
from data.exchange.series_output import check_output, write_forecast

IDS = ("007", "NA", 'a,"b"', "two\nlines", "北京")
DAYS = np.tile(np.array(["2024-12-01", "2025-01-01"], dtype="datetime64[D]"), (len(IDS), 1))
FIGURES = np.arange(len(IDS) * 2 * 4, dtype=np.float64).reshape(len(IDS), 2, 4)


def write(path, figures=FIGURES, **changed):
    given = {"ids": IDS, "days": DAYS, "quantiles": (0.1, 0.5, 0.975), "methods": ["theta"] * len(IDS)}
    write_forecast(path, figures=figures, **given | changed)


def read(path):
    return pd.read_csv(path, dtype={"unique_id": str}, keep_default_na=False)


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
def test_rows_in_order_of_series_and_period(tmp_path, name):
    write(tmp_path / name)
    found = read(tmp_path / name)
    assert list(found.columns) == ["unique_id", "ds", "y_hat", "q0.1", "q0.5", "q0.975", "method"]
    assert list(found["unique_id"]) == [name for name in IDS for _ in range(2)]
    assert list(found["ds"][:2]) == ["2024-12-01", "2025-01-01"]
    assert (found[["y_hat", "q0.1", "q0.5", "q0.975"]].to_numpy() == FIGURES.reshape(-1, 4)).all()
    assert set(found["method"]) == {"theta"}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_more_series_than_a_block(tmp_path, monkeypatch):
    monkeypatch.setattr(series_output, "BLOCK_SERIES", 2)
    write(tmp_path / "out.csv")
    assert (read(tmp_path / "out.csv")["y_hat"].to_numpy() == FIGURES[:, :, 0].ravel()).all()


@given(
    hnp.arrays(
        np.float64,
        (1, 3, 2),
        elements=st.floats(-1e300, 1e300).map(lambda value: value if abs(value) > 1e-200 else 0.0),
    )
)
def test_numbers_keep_nine_digits_and_their_order(tmp_path_factory, figures):
    path = tmp_path_factory.mktemp("out") / "out.csv"
    days = np.array([["2024-01-01", "2024-01-02", "2024-01-03"]], dtype="datetime64[D]")
    figures = np.sort(figures, axis=2)
    write(path, figures, ids=["A"], days=days, quantiles=[0.5], methods=["x"])
    found = read(path)[["y_hat", "q0.5"]].to_numpy()
    assert np.allclose(found, figures[0], rtol=1e-8, atol=0)
    assert (np.diff(found, axis=1) >= 0).all()


def test_no_noise_digits_and_no_negative_zero(tmp_path):
    figures = np.array([[[0.1 + 0.2, -0.0, 1e12 + 0.25, -123456.0]]])
    write(tmp_path / "out.csv", figures, ids=["A"], days=DAYS[:1, :1], methods=["x"])
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "A,2024-12-01,0.3,0.0,1000000000000.0,-123456.0,x"


def test_the_same_forecast_is_the_same_file(tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        write(tmp_path / name)
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).startswith(b"unique_id,ds,y_hat")


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
def test_a_failure_leaves_the_old_file_and_no_part(tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("before")
    monkeypatch.setattr(series_output, "_lines", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / name)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "before")]


def test_what_is_not_finite_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="not a finite number"):
        write(tmp_path / "out.csv", FIGURES * np.nan)
    assert list(tmp_path.iterdir()) == []


def test_an_impossible_output_is_told_before_the_work(tmp_path):
    history = tmp_path / "history.csv"
    history.write_text("unique_id,ds,y\n")
    (tmp_path / "link.csv").symlink_to(history)
    check_output(tmp_path / "out.csv", inputs=[history])
    for path, told in [
        (tmp_path, "is not a file"),
        (tmp_path / "none" / "out.csv", "does not exist"),
        (history, "which is an input"),
        (tmp_path / "link.csv", "which is an input"),
    ]:
        with pytest.raises(InvalidInput, match=told):
            check_output(path, inputs=[history])
