"""Stored values as a person types them, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.exchange.dialect import OWN_DIALECT
from data.exchange.export import Cell, cell_text
from data.exchange.fields import Context, Entity, Field, parse_of
from data.exchange.problems import Adjusted, BadValue
from data.queries.entity_rows import SEPARATOR


def cell_of(value: Cell) -> str:
    """A value as a person would type it.

    Inputs: a stored value; references as codes.
    Returns: the text; days as ISO text, figures with a point and without padding, yes and no.
    Raises: nothing.
    Source: none; ours.
    """
    if isinstance(value, str):
        return value  # what keeps a spreadsheet from running a text is no part of it
    text = cell_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_of(field: Field, text: str) -> Any:
    """What a typed text stands for, to compare it with what is stored.

    Inputs: the field and the text.
    Returns: the value, the code for a reference; an empty text as it is, and whatever the field can't hold.
    Raises: nothing.
    Source: none; ours.
    """
    try:
        return _parsed(field, text)
    except BadValue:
        return text.strip()


def typed_key(entity: Entity, key: Mapping[str, str]) -> tuple[Any, ...] | None:
    """The values that name a row.

    Inputs: the entity, and texts by key field.
    Returns: one value for each key field, None for an empty one; None when a text names no row, for its field can't
        hold it.
    Raises: nothing.
    Source: none; ours.
    """
    try:
        values = [_parsed(field, key.get(field.name, "")) for field in entity.keys]
    except BadValue:
        return None
    if any(isinstance(value, str) and not value.isprintable() for value in values):
        return None
    return tuple(None if value == "" else value for value in values)


def record_name(key: Iterable[Any]) -> str:
    """A key as one text, as the log of changes writes it.

    Inputs: the values of its key fields.
    Returns: the text.
    Raises: nothing.
    Source: none; ours.
    """
    return SEPARATOR.join(cell_of(value) for value in key)


def _parsed(field: Field, text: str) -> Any:
    trimmed = text.strip()
    if not trimmed:
        return ""
    try:
        return parse_of(field, Context(OWN_DIALECT), as_text=True)(trimmed)
    except Adjusted as adjusted:
        return adjusted.value
