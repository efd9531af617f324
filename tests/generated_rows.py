"""Hypothesis strategies for the rows of any declared entity, with what spreadsheets and careless readers change."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from data.exchange.days import EARLIEST, LATEST
from data.exchange.fields import Entity, Field, Kind
from data.exchange.reader import hidden_problems

CODES = (
    *("00123", "=1+1", "+5", "-x", "@cmd", "'quoted", "''=x", "1E5", "NA", "null", "TRUE", "1/2", "2026-01-31", "1,5"),
    *('a"b', "a;b", "a|b", "a\\b", "Ä", "馬來西亞", "نص", "🌶", "=cmd|' /C calc'!A0", "#N/A", "0.10", "12 345", "x'y"),
)
TEXTS = (*CODES, "two\nlines", "two\r\nlines", "a\tb", 'he said ""no""', "semi;colon, comma", "_x0041_", "-1.5")
LARGEST = Decimal(10**12)
LONGEST = 40


def rows_of(entity: Entity, codes: Mapping[str, Sequence[str]]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Some rows with keys of their own; ``codes`` are those of other entities that rows may refer to."""
    row = st.tuples(*(_values(field, codes) for field in entity.fields))
    keys = [place for place, field in enumerate(entity.fields) if field.key]
    return st.lists(row, min_size=1, max_size=8, unique_by=lambda values: tuple(values[place] for place in keys))


def _values(field: Field, codes: Mapping[str, Sequence[str]]) -> st.SearchStrategy[Any]:
    found = st.sampled_from(codes[field.reference]) if field.reference else _own_values(field)
    return found if field.required or (field.key and not field.reference) else st.none() | found


def _own_values(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        return st.sampled_from(field.choices)
    if field.kind in {Kind.CODE, Kind.TEXT}:
        return _texts(field)
    if field.kind is Kind.DAY:
        return st.dates(EARLIEST, LATEST)
    if field.kind is Kind.BOOLEAN:
        return st.booleans()
    least, most = (
        max(field.minimum if field.minimum is not None else -LARGEST, -LARGEST),
        min(field.maximum if field.maximum is not None else LARGEST, LARGEST),
    )
    if field.kind is Kind.INTEGER:
        return st.integers(int(least), int(most))
    return st.decimals(least, most, places=field.decimals, allow_nan=False)


def _texts(field: Field) -> st.SearchStrategy[str]:
    """Texts as they are kept: composed, without blanks around them and without what nobody can see."""
    longest = min(field.max_length, LONGEST)
    listed = [text for text in (CODES if field.kind is Kind.CODE else TEXTS) if len(text) <= longest]
    drawn = st.text(min_size=1, max_size=longest).map(lambda text: unicodedata.normalize("NFC", text))

    def readable(text: str) -> bool:
        visible = text == text.strip(" \t\r\n") != "" and not list(hidden_problems(1, "", text))
        return visible and len(text) <= longest and (field.kind is Kind.TEXT or text.isprintable())

    return st.sampled_from(listed) | drawn.filter(readable)
