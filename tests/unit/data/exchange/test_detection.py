"""The dialect is found where the file is clear, and asked where it can be read in two ways."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from data.exchange.days import DATE_FORMATS
from data.exchange.detection import detect
from data.exchange.dialect import Dialect
from data.exchange.export import csv_chunks
from data.exchange.numerals import STYLES, NumberStyle


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("sku,qty,day\nA,1.5,2026-03-04\n", Dialect()),
        ("sku;qty;day\nA;1,5;04.03.2026\n", Dialect(";", ",", "", "DD.MM.YYYY")),
        ("sku\tqty\tday\nA\t1,234.56\t31/03/2026\n", Dialect("\t", ".", ",", "DD/MM/YYYY")),
        ("sku|qty|day\nA|1.234,56|03/31/2026\n", Dialect("|", ",", ".", "MM/DD/YYYY")),
        ("sku;qty\nA;1 234,5\nB;7\n", Dialect(";", ",", " ")),
        ("sku;qty\nA;1'234.5\nB;7\n", Dialect(";", ".", "'")),
        ("sku,day\nA,20260304\nB,20261231\n", Dialect(date_format="YYYYMMDD")),
        ("sku,day\nA,4 Mar 2026 10:00\n", Dialect(date_format="DD MMM YYYY")),
        ("sku,day\nA,2026/03/04 10:00:00\n", Dialect(date_format="YYYY/MM/DD")),
        ('sku,"the, name",qty\nA,"x;y;z",1\n', Dialect()),
        ("sku\nA\nB\n", Dialect()),
        ("Sales report 2026\n\nsku;qty\nA;1,5\nB;2,5\n", Dialect(";", ",", header_row=3)),
        ("Sales report,,\nfrom Selangor,,\nsku,qty,price\nA,1,2.5\nB,1,2.5\n", Dialect(header_row=3)),
        ("sep=;\nsku;qty\nA;1,5\n", Dialect(";", ",", header_row=2)),
        ("sku,,qty\nA,x,1\n", Dialect()),
        ("sku,\nA,x\nB,y\n", Dialect()),
        ("sku,qty,note\nA,1,x\nB,2\nC,3,y,z\nD,4,w\nE,5,v\n", Dialect()),
        ("sku,qty\nA,0.500\nB,1.234\n", Dialect()),
        ("sku,day\nA,03/04/2026\nB,13/04/2026\nC,31/02/2026\n", Dialect(date_format="DD/MM/YYYY")),
    ],
)
def test_clear_file(sample, expected):
    assert detect(sample).dialect() == expected


def test_decimal_commas_in_every_row_do_not_make_the_comma_a_delimiter():
    rows = "".join(f"A{number};{number},5;x\n" for number in range(1000))
    assert detect("sku;qty;note\n" + rows).dialect().delimiter == ";"
    ragged = "".join(f"A{number};{number},5{';' * (number % 10 == 0)}\n" for number in range(1000))
    assert detect("sku;qty\n" + ragged).dialect().delimiter == ";"


@pytest.mark.parametrize(
    ("sample", "aspect", "choices"),
    [
        ("sku,day\nA,03/04/2026\nB,05/06/2026\n", "date_format", ("DD/MM/YYYY", "MM/DD/YYYY")),
        ("sku,day\nA,03/03/2026\n", "date_format", ("DD/MM/YYYY", "MM/DD/YYYY")),
        ("sku,day\nA,03-04-2026\n", "date_format", ("DD-MM-YYYY", "MM-DD-YYYY")),
        ("sku,day\nA,13/04/2026\nB,04/13/2026\n", "date_format", ("DD/MM/YYYY", "MM/DD/YYYY")),
        ("sku,day\nA,2026-04-13\nB,2026-04-14\nC,04.05.2026\n", "date_format", ("YYYY-MM-DD", "DD.MM.YYYY")),
        ('sku,qty\nA,"1,234"\nB,"5,678"\n', "numbers", (NumberStyle(",", ""), NumberStyle(".", ","))),
        ("sku;qty\nA;1.234\nB;5.678\n", "numbers", (NumberStyle(".", ""), NumberStyle(",", "."))),
        ("sku;qty\nA;1.234,56\nB;1,234.56\n", "numbers", (NumberStyle(".", ","), NumberStyle(",", "."))),
        ("sku;qty\nA;1,5\nB;1.5\n", "numbers", (NumberStyle(".", ""), NumberStyle(",", ""))),
        ("a,b;c\n1,2;3\n4,5;6\n", "delimiter", (",", ";")),
        ("A,5,2026-01-02\nB,6,2026-01-03\n", "header_row", (1, 0)),
        ("sku,2026-01-01,2026-02-01\nA,5,6\n", "header_row", (1, 0)),
        ("qty\n1,5\n2,5\n", "header_row", (2, 0)),
    ],
)
def test_two_readings_are_asked_with_their_choices(sample, aspect, choices):
    detection = detect(sample)
    finding = getattr(detection, aspect)
    assert finding.is_open
    assert set(choices) <= set(finding.choices)
    assert len(detection.questions()) == 1
    with pytest.raises(InvalidInput) as refusal:
        detection.dialect()
    assert str(refusal.value) == detection.questions()[0]


def test_a_few_cells_in_a_plainly_other_format_are_errors_and_no_question():
    rows = [f"A,2026-01-{number % 28 + 1:02} {number // 28:02}:{number % 28:02},{number}.5" for number in range(200)]
    detection = detect("sku,day,qty\n" + "\n".join([*rows, 'B,31/01/2026,"1,5"']))
    assert detection.dialect() == Dialect()


def test_one_cell_that_makes_the_others_doubtful_is_a_question():
    days = [f"A,{number % 28 + 1}/{number // 28 + 1}/2026" for number in range(300)]
    assert detect("sku,day\n" + "\n".join(days)).dialect().date_format == "DD/MM/YYYY"
    assert detect("sku,day\n" + "\n".join([*days, "B,1/31/2026"])).date_format.is_open


def test_question_shows_the_cells_it_is_about():
    question = detect("sku,day\nA,03/04/2026\n").questions()[0]
    assert question == "Date format: 03/04/2026 can be DD/MM/YYYY or MM/DD/YYYY."


def test_choices_of_a_person_settle_every_question():
    sample = "A,b;1.234;03/04/2026\nC,d;5.678;05/06/2026\n"
    detection = detect(sample, delimiter=";", header_row=0, numbers=NumberStyle(",", "."), date_format="MM/DD/YYYY")
    assert detection.dialect() == Dialect(";", ",", ".", "MM/DD/YYYY", 0)


def test_columns_that_are_not_mapped_ask_nothing():
    sample = "sku,lot,day\nA,03/04/2026,2026-01-31\nB,05/06/2026,2026-02-01\n"
    assert detect(sample).date_format.is_open
    assert detect(sample, columns=[0, 2]).dialect().date_format == "YYYY-MM-DD"


def test_a_column_of_eight_digit_codes_is_no_date_beside_a_real_one():
    sample = "sku,day\n20260102,31/12/2026\n20260103,30/12/2026\n"
    assert detect(sample).dialect().date_format == "DD/MM/YYYY"


@pytest.mark.parametrize(
    "wrong",
    [{"delimiter": ":"}, {"decimal": ";"}, {"thousands": "."}, {"date_format": "%d/%m/%y"}, {"header_row": -1}],
)
def test_unknown_dialects_cannot_be_made(wrong):
    with pytest.raises(InvalidInput):
        Dialect(**wrong)


def table(days, numbers, dialect):
    rows = [(f"SKU-{place}", number, day) for place, (day, number) in enumerate(zip(days, numbers, strict=True))]
    return b"".join(csv_chunks(("sku", "qty", "day"), rows, dialect)).decode("utf-8-sig")


DIALECTS = st.builds(
    lambda delimiter, style, date_format: Dialect(delimiter, style.decimal, style.thousands, date_format),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([style for style in STYLES if not style.thousands]),
    st.sampled_from(DATE_FORMATS),
)


@given(dialect=DIALECTS, start=st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_what_we_write_is_found_again(dialect, start):
    days = [start + timedelta(days=number) for number in range(20)]
    numbers = [number + 0.25 for number in range(20)]
    assert detect(table(days, numbers, dialect)).dialect() == dialect


@given(days=st.lists(st.builds(date, st.integers(2000, 2090), st.integers(1, 12), st.integers(1, 12)), min_size=1))
def test_days_up_to_twelve_never_settle_day_and_month(days):
    dialect = Dialect(date_format="DD/MM/YYYY")
    assert detect(table(days, [1] * len(days), dialect)).date_format.is_open


@given(st.text(alphabet=st.sampled_from("ab1.,;|\t\n\r\"' /-"), max_size=200))
def test_any_text_gives_findings(sample):
    detection = detect(sample)
    assert bool(detection.questions()) == any(
        finding.is_open
        for finding in (detection.delimiter, detection.header_row, detection.numbers, detection.date_format)
    )
