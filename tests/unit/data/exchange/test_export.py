"""An exported file does nothing in a spreadsheet and comes back as it went out."""

import io
import math
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exchange.days import EARLIEST, LATEST
from data.exchange.detection import detect
from data.exchange.dialect import Dialect
from data.exchange.export import BATCH_ROWS, csv_chunks
from data.exchange.fields import Entity, Field, Kind, validated_rows
from data.exchange.formulas import neutralise, restore
from data.exchange.reader import TextTable

HARMLESS = [
    "-5", "+60123456789", "-1,234.5", "-0.25", "A-5", "a=b", "00123", "NA", "", "O'Neil", "'quoted'", "'-5",
    "user@x.my", "５",
]  # fmt: skip
DANGEROUS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1", "\tx", "\r=1", "\nx",
    "\x00=1", " =1", "\u00a0=1", "  +x", "＝1+1", "＋1+1", "－1+1", "＠x", "\ufeff=1", "\u200b=1", "=", "-", "+", "@",
    "-x", "+60 12-345 6789", "--5", "-5\n",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text):
    assert neutralise(text) == text
    assert restore(text) == text


@pytest.mark.parametrize("text", [*DANGEROUS, *(f"'{text}" for text in DANGEROUS), "''=1"])
def test_dangerous_text_is_marked_and_the_mark_comes_off(text):
    assert neutralise(text) == f"'{text}"
    assert restore(neutralise(text)) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n\x00 1.,＝"), st.characters()), max_size=30))
def test_marking_is_always_undone(text):
    marked = neutralise(text)
    assert restore(marked) == text
    assert re.fullmatch(r"[+-][0-9][0-9.,]*", marked) or not marked.lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_file_is_plain_utf8_for_spreadsheets():
    written = b"".join(csv_chunks(("code", "=name", "n"), [("00123", "=1+1", Decimal("-5.50")), (None, 'a"b', 1.5)]))
    assert written == '\ufeffcode,\'=name,n\r\n00123,\'=1+1,-5.50\r\n,"a""b",1.5\r\n'.encode()


def test_file_is_streamed():
    rows = ((number,) for number in range(10 * BATCH_ROWS))
    chunks = csv_chunks(("n",), rows)
    assert next(chunks).count(b"\n") == BATCH_ROWS + 1
    assert next(rows) == (BATCH_ROWS,)


def test_numbers_never_lose_digits_or_gain_an_exponent():
    cells = [1e21, 1e-9, 0.1, Decimal("1E+5"), Decimal("123456789.123456789"), 10**20, -0.0]
    written = b"".join(csv_chunks(("n",), [(cell,) for cell in cells])).decode("utf-8-sig").split("\r\n")[1:-1]
    assert not any("e" in text.lower() for text in written)
    assert [Decimal(text) for text in written] == [
        Decimal(repr(cell)) if isinstance(cell, float) else cell for cell in cells
    ]


ENTITY = Entity(
    name="things",
    label="Things",
    help="",
    fields=tuple(
        Field(name=name, label=name, kind=kind, help="", example="", decimals=12, max_length=100)
        for name, kind in [
            ("code", Kind.CODE),
            ("text", Kind.TEXT),
            ("number", Kind.DECIMAL),
            ("count", Kind.INTEGER),
            ("day", Kind.DAY),
            ("moment", Kind.MOMENT),
            ("flag", Kind.BOOLEAN),
        ]
    ),
)
MAPPING = {field.name: field.name for field in ENTITY.fields}
# What the store can hold: the reader refuses hidden characters, and the parsers trim and compose.
LETTERS = st.one_of(
    st.sampled_from("'=+-@,;|\"\t\n\r 1.＝"),
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]).filter(lambda letter: letter.isprintable()),
)


def storable(text):
    trimmed = unicodedata.normalize("NFC", text.strip(" \t\r\n"))
    return trimmed if trimmed.strip(" \t\r\n") == trimmed else None


CODES = st.text(LETTERS.filter(lambda letter: letter not in "\t\r\n"), max_size=12).map(storable)
ROWS = st.lists(
    st.tuples(
        CODES.map(lambda code: code or "A"),
        st.text(LETTERS, max_size=12).map(storable).map(lambda text: text or None),
        st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9),
        st.none() | st.integers(-(10**15), 10**15),
        st.none() | st.dates(EARLIEST, LATEST),
        st.none() | st.datetimes(datetime.combine(EARLIEST, time()), datetime.combine(LATEST, time())),
        st.none() | st.booleans(),
    ),
    max_size=8,
)
DIALECTS = st.sampled_from(
    [
        Dialect(),
        Dialect(";", ",", "", "DD.MM.YYYY"),
        Dialect("\t", ".", "", "MM/DD/YYYY"),
        Dialect("|", ",", "", "DD-MMM-YYYY"),
    ]
)


@given(ROWS, DIALECTS)
def test_what_is_exported_comes_back_unchanged(rows, dialect):
    written = b"".join(csv_chunks([field.name for field in ENTITY.fields], rows, dialect))
    text = io.TextIOWrapper(io.BytesIO(written), encoding="utf-8-sig", newline="")
    back = list(validated_rows(TextTable(text, dialect), ENTITY, MAPPING, dialect))
    assert [problems for _, _, problems in back if problems] == []
    assert [values for _, values, _ in back] == rows


@given(st.lists(st.lists(st.text(LETTERS, max_size=10), min_size=3, max_size=3).filter(any), max_size=8))
def test_any_cells_come_back_letter_by_letter(rows):
    written = b"".join(csv_chunks(("a", "b", "c"), rows)).decode("utf-8-sig")
    assert [cells for _, cells, _ in TextTable(io.StringIO(written, newline=""), Dialect())] == rows


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64, min_value=-1e12, max_value=1e12), min_size=1)
)
def test_floats_come_back_bit_by_bit(numbers):
    written = b"".join(csv_chunks(("n", "d"), [(number, date(2026, 1, 31)) for number in numbers])).decode("utf-8-sig")
    back = [float(cells[0]) for _, cells, _ in TextTable(io.StringIO(written, newline=""), Dialect())]
    assert all(math.copysign(1, a) == math.copysign(1, b) and a == b for a, b in zip(back, numbers, strict=True))


def test_own_export_needs_no_question():
    rows = [(f"00{number}", Decimal(number) / 4, date(2026, 1, number)) for number in range(1, 13)]
    written = b"".join(csv_chunks(("sku", "qty", "day"), rows)).decode("utf-8-sig")
    assert detect(written).dialect() == Dialect()
