"""Proposes columns by what they hold, for needed fields that no column name gives. Two equally good are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from data.exchange.dialect import Dialect
from data.exchange.fields import Entity, Field, Kind
from data.exchange.problems import BadValue
from data.exchange.values import (
    choice_parser,
    day_parser,
    decimal_parser,
    integer_parser,
    moment_parser,
    parse_boolean,
)

# Of the codes in a column so many must be known; the others may be new or wrong.
KNOWN_SHARE = 0.6
# Fewer different codes may be known by chance: 1, 2 and 3 are codes somewhere and quantities elsewhere.
FEWEST_CELLS = 3


def match_by_content(  # noqa: PLR0917 — what is proposed depends on all of them
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    entity: Entity,
    mapping: Mapping[str, str],
    dialect: Dialect,
    known: Mapping[str, Collection[str]],
) -> dict[str, str]:
    """The one column that fits each needed field without a column, by its cells in the sample.

    ``known`` holds the codes of each entity that fields may refer to.
    """
    columns = {
        name: cells
        for place, name in enumerate(header)
        if name not in mapping.values() and len(cells := _cells(rows, place)) >= FEWEST_CELLS
    }
    fitting = {
        field.name: [name for name, cells in columns.items() if _fits(field, cells, dialect, known)]
        for field in entity.fields
        if field.required and field.name not in mapping
    }
    return _without_rivals(fitting)


def _cells(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    cells = [row[place].strip() for row in rows if place < len(row)]
    return [cell for cell in cells if cell]


def _fits(field: Field, cells: Sequence[str], dialect: Dialect, known: Mapping[str, Collection[str]]) -> bool:
    if field.reference is not None:
        codes = known.get(field.reference, ())
        different = set(cells)
        return sum(cell in codes for cell in different) >= KNOWN_SHARE * len(different)
    if field.choices:
        return all(_is_read(choice_parser(field.choices), cell) for cell in cells)
    parser = _PARSERS.get(field.kind)
    return parser is not None and all(_is_read(parser(field, dialect), cell) for cell in cells)


def _is_read(parse: Callable[[str], object], cell: str) -> bool:
    try:
        parse(cell)
    except BadValue:
        return False
    return True


# Not for codes and texts: nearly every cell is one, so fitting tells nothing.
_PARSERS: dict[Kind, Callable[[Field, Dialect], Callable[[str], object]]] = {
    Kind.DECIMAL: lambda field, dialect: decimal_parser(
        dialect.numbers, minimum=field.minimum, maximum=field.maximum, decimals=field.decimals
    ),
    Kind.INTEGER: lambda field, dialect: integer_parser(dialect.numbers, minimum=field.minimum, maximum=field.maximum),
    Kind.DAY: lambda _, dialect: day_parser(dialect),
    Kind.MOMENT: lambda _, dialect: moment_parser(dialect),
    Kind.BOOLEAN: lambda _field, _dialect: parse_boolean,
}


def _without_rivals(fitting: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Fields for which one column is left. A column taken by a field is no rival of another any more."""
    left = {field: list(columns) for field, columns in fitting.items()}
    found: dict[str, str] = {}
    while True:
        single = {field: columns[0] for field, columns in left.items() if len(columns) == 1}
        wanted = list(single.values())
        settled = {field: column for field, column in single.items() if wanted.count(column) == 1}
        if not settled:
            return found
        found |= settled
        left = {
            field: [column for column in columns if column not in settled.values()]
            for field, columns in left.items()
            if field not in settled
        }
