"""Rows come in any order and leave in one; each series has a period once, and every date is on the calendar."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from data.exchange.series_calendar import Calendar
from data.exchange.series_file import SeriesFile
from data.exchange.series_rows import read_rows

HEADER = "unique_id,ds,y"
MONTHS = Calendar("MS")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "history.csv"

    def read_lines(lines, calendar=MONTHS, header=HEADER, numbers=("y",)):
        path.write_text("\n".join([header, *lines]) + "\n")
        return read_rows(SeriesFile(path), calendar, numbers=numbers)

    return read_lines


def refusal(*args, **kwargs):
    read, *rest = args
    with pytest.raises(InvalidInput) as refused:
        read(*rest, **kwargs)
    return refused.value.message


def as_lines(rows, calendar):
    days = calendar.days(rows.periods).astype(str)
    return [
        f"{rows.ids[series]},{day},{y:g}" for series, day, y in zip(rows.series, days, rows.numbers["y"], strict=True)
    ]


@given(
    st.lists(st.tuples(st.sampled_from("abcXYZ9"), st.integers(0, 900), st.integers(-99, 99)), min_size=1, max_size=40),
    st.randoms(use_true_random=False),
)
def test_any_order_of_rows_gives_the_same(read, found, chance):
    unique = {(name, month): value for name, month, value in found}
    lines = sorted(f"{name},{np.datetime64(month, 'M')}-01,{value}" for (name, month), value in unique.items())
    mixed = chance.sample(lines, len(lines))
    assert as_lines(read(mixed), MONTHS) == lines


def test_ids_ascend_as_texts(read):
    assert read(["10,2024-01-01,1", "9,2024-01-01,1", "007,2024-01-01,1", "NA,2024-01-01,1"]).ids == (
        "007",
        "10",
        "9",
        "NA",
    )


def test_many_rows_keep_their_numbers(read):
    lines = [
        f"S{series},{np.datetime64(month, 'M')}-01,{series * 1000 + month}"
        for series in range(60)
        for month in range(200)
    ]
    random.Random(0).shuffle(lines)
    rows = read(lines)
    assert len(rows.ids) == 60
    series = np.array([int(name[1:]) for name in rows.ids])[rows.series]
    assert (rows.numbers["y"] == series * 1000 + rows.periods).all()


def test_forty_years_of_days_and_the_53rd_week(read):
    days = np.arange(np.datetime64("1984-01-01"), np.datetime64("2024-01-01")).astype(str)
    assert (np.diff(read([f"A,{day},1" for day in days], Calendar("D")).periods) == 1).all()
    weeks = ["A,2020-12-21,1", "A,2020-12-28,1", "A,2021-01-04,1"]
    assert np.diff(read(weeks, Calendar("W-MON")).periods).tolist() == [1, 1]


def test_the_same_period_twice_names_both_rows(read):
    lines = ["A,2024-01-01,1", "B,2024-02-01,1", "B,2024-01-01,1", "B,2024-02-01,7", "A,2024-01-01,2"]
    message = refusal(read, lines)
    assert message == (
        "history.csv: Row 5, column “ds”: is there twice for the series “B”, first in row 3. (2024-02-01) "
        "Keep one of the two rows, or add them up."
    )


def test_two_spellings_of_a_day_are_one_day(read):
    assert "first in row 2" in refusal(read, ["A,2024-01-01,1", "A,2024-01-01 00:00:00,1"])


WRONG = {
    "wrong_weekday": (
        ["A,2024-01-01,1", "A,2024-01-09,1"],
        "W-MON",
        "Row 3, column “ds”: is not a Monday, as W-MON asks. (2024-01-09)",
    ),
    "not_first_of_month": (["A,2024-01-31,1"], "MS", "is not the first day of a month, as MS asks. (2024-01-31)"),
    "no_date": (
        ["A,2024-01-01,1", "A,soon,1"],
        "D",
        "Row 3, column “ds”: is not a date of the form YYYY-MM-DD. (soon)",
    ),
    "empty_date": (["A,,1"], "D", "Row 2, column “ds”: is empty"),
    "time": (["A,2024-01-01 08:30:00,1"], "D", "has a time of day where only a day is kept. (2024-01-01 08:30:00)"),
    "zone": (["A,2024-03-31T00:00:00+01:00,1"], "D", "carries a time zone."),
    "empty_id": (["A,2024-01-01,1", ",2024-01-01,1"], "D", "Row 3, column “unique_id”: is empty"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_its_place(read, case):
    lines, frequency, told = WRONG[case]
    assert told in refusal(read, lines, Calendar(frequency))


def test_the_first_wrong_date_in_the_file_is_told(read):
    assert "Row 2" in refusal(read, ["A,2024-01-09,1", "A,2024-01-02,1", "A,oops,1"], Calendar("W-MON"))
