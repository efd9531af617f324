"""An entity of the exchange declared as data, the columns of a file matched to it, and its rows validated."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from decimal import Decimal
from enum import StrEnum
from operator import getitem, itemgetter
from typing import Any

from core.errors import InvalidInput
from core.permissions import Permission
from data.exchange.dialect import Dialect
from data.exchange.problems import Adjusted, BadValue, RowProblem, shown
from data.exchange.reader import Table
from data.exchange.values import (
    Parser,
    Value,
    choice_parser,
    code_parser,
    day_parser,
    decimal_parser,
    integer_parser,
    moment_parser,
    parse_boolean,
    reference_parser,
    text_parser,
)

ColumnMapping = Mapping[str, str]
Values = tuple[Value, ...]
ValidRow = tuple[int, Values, tuple[RowProblem, ...]]


class Kind(StrEnum):
    """What a cell of a field holds."""

    CODE = "code"
    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DAY = "day"
    MOMENT = "moment"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: validation, column matching, template, help and storage all come from here.

    ``synonyms`` are further column names, best first; ``reference`` names the entity whose key the value is, and
    ``makes`` says that an unknown one is made. ``choices`` are all the values there are. ``column`` is the column of
    the table when it has another name than the field (for a reference: the name with ``_id``).
    """

    name: str
    label: str
    kind: Kind
    help: str
    example: str
    required: bool = False
    key: bool = False
    synonyms: tuple[str, ...] = ()
    reference: str | None = None
    makes: bool = False
    choices: tuple[str, ...] = ()
    column: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 4
    max_length: int = 200

    @property
    def stored_in(self) -> str:
        """The name of the column of the table."""
        return self.column or (f"{self.name}_id" if self.reference else self.name)


@dataclass(frozen=True, slots=True)
class Header:
    """The document whose lines the rows are: its table, the column by which a line refers to it, and its fields.

    Fields of the header that are keys name the document.
    """

    table: str
    link: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A row of another entity that several fields name together.

    ``fields`` pairs a field of ours with theirs, ``columns`` a column of our table with their primary key's.
    """

    entity: str
    fields: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row may not be. ``broken`` gets the row as it would be stored, one SQL column for each field."""

    key: str
    field: str
    message: str
    remedy: str
    broken: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A kind of row that can be brought in, taken out and, as master data, edited.

    ``table`` is where its rows live. ``period`` is the day field by which a period is replaced as a whole.
    ``right`` is needed beside the right to import. ``subject`` is the data version its changes count in. ``retire``
    is the field and the value that take a row out of use without deleting it. ``constants`` are columns that every
    new row gets. ``stored_as`` names the entity that the rows become, when they are not stored as the file has them
    (data/entities/readings.py).
    """

    name: str
    label: str
    help: str
    fields: tuple[Field, ...]
    table: str = ""
    stored_as: str = ""
    header: Header | None = None
    lookups: tuple[Lookup, ...] = ()
    rules: tuple[Rule, ...] = ()
    period: str = ""
    right: Permission = Permission.IMPORT_READ
    subject: str = "master"
    retire: tuple[str, str] | None = None
    constants: Mapping[str, str] = attribute(default_factory=dict)

    @property
    def keys(self) -> tuple[Field, ...]:
        """The fields that name a row."""
        return tuple(field for field in self.fields if field.key)

    @property
    def looked_up(self) -> frozenset[str]:
        """The fields that are not stored with the row but name the row it belongs to."""
        return frozenset(ours for lookup in self.lookups for ours, _theirs in lookup.fields)

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError."""
        return {field.name: field for field in self.fields}[name]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Columns matched by name. ``rivals`` are further columns that fit a matched field, for a person to see."""

    mapping: dict[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    rivals: dict[str, tuple[str, ...]]


def match_columns(header: Sequence[str], entity: Entity) -> Proposal:
    """Match by name, label and synonyms, in that order, whatever the case, spaces and punctuation."""
    columns = {_plain(name): name for name in reversed(header)}
    mapping: dict[str, str] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    for field in entity.fields:
        names = dict.fromkeys(_plain(name) for name in (field.name, field.label, *field.synonyms))
        found = [columns[name] for name in names if name in columns and columns[name] not in mapping.values()]
        if found:
            mapping[field.name], rivals[field.name] = found[0], tuple(found[1:])
    return Proposal(
        mapping=mapping,
        missing=tuple(field.name for field in entity.fields if field.required and field.name not in mapping),
        unused=tuple(name for name in header if name not in mapping.values()),
        rivals={name: others for name, others in rivals.items() if others},
    )


def check_mapping(
    mapping: ColumnMapping,
    header: Sequence[str],
    entity: Entity,
    *,
    constants: Mapping[str, str] | None = None,
    partial: bool = False,
) -> None:
    """Raises InvalidInput for an unknown field, a column the file lacks, or a needed field without a column.

    ``constants`` are values for fields of rows that give none. ``partial``: only the key is needed, because rows that
    are there already keep what the file does not give.
    """
    fields = {field.name: field for field in entity.fields}
    given = {*mapping, *(constants or {})}
    unknown = [name for name in mapping if name not in fields]
    absent = [column for column in mapping.values() if column not in header]
    missing = [
        field.label
        for field in entity.fields
        if field.required and (field.key or not partial) and field.name not in given
    ]
    if unknown:
        raise InvalidInput(f"{entity.label} has no field {_listed(unknown)}.")
    if absent:
        raise InvalidInput(f"The file has no column {_listed(absent)}. Its columns are {_listed(header)}.")
    if missing:
        raise InvalidInput(f"No column gives {_listed(missing)}. The file's columns are {_listed(header)}.")


def check_constants(constants: Mapping[str, str], entity: Entity, dialect: Dialect) -> None:
    """Raises InvalidInput for a constant of an unknown field, or one that its field can't hold."""
    fields = {field.name: field for field in entity.fields}
    for name, text in constants.items():
        if name not in fields:
            raise InvalidInput(f"{entity.label} has no field “{shown(name)}”.")
        try:
            parse_of(fields[name], Context(dialect), as_text=True)(text)
        except BadValue as bad:
            raise InvalidInput(f"{fields[name].label}: “{shown(text)}” {bad.message} {bad.remedy}") from bad
        except Adjusted:
            continue


def header_key(header: Sequence[str]) -> str:
    """A short key that is the same for files with the same column names, whatever their order and case."""
    return hashlib.sha256("\n".join(sorted(_plain(name) for name in header)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of one file are read against.

    ``known`` holds, for an entity that fields refer to, the id of each code; without it codes stay text.
    ``constants`` are values, as text, for cells that are empty or have no column. ``partial`` as in ``check_mapping``.
    """

    dialect: Dialect
    constants: Mapping[str, str] = attribute(default_factory=dict)
    known: Mapping[str, Mapping[str, int]] = attribute(default_factory=dict)
    partial: bool = False


def validated_rows(
    table: Table, entity: Entity, mapping: ColumnMapping, context: Context | Dialect
) -> Iterator[ValidRow]:
    """Every row as ``(line, values in the order of the fields, problems)``; a bad or unmapped cell is None.

    The value of a reference is the id, or the code itself when an unknown one is to be made. Problems other than
    notices mean that the row may not be taken.
    """
    if isinstance(context, Dialect):
        context = Context(context)
    check_mapping(mapping, table.header, entity, constants=context.constants, partial=context.partial)
    columns = tuple(_Column(entity, field, mapping.get(field.name), table.header, context) for field in entity.fields)
    mapped = [column for column in columns if column.place is not None]
    constant = [column for column in columns if column.place is None]
    parsers = tuple(column.parser for column in mapped)
    constants: Values = tuple(column.default for column in constant)
    pick = _picker([column.place for column in mapped if column.place is not None])
    arrange = _picker([(mapped + constant).index(column) for column in columns])
    nothing: Values = (None,) * len(columns)
    for line, cells, problems in table:
        if problems:
            yield line, nothing, problems
            continue
        try:
            yield line, arrange((*map(getitem, parsers, pick(cells)), *constants)), ()
        except (BadValue, Adjusted):
            yield line, *_one_by_one(line, cells, columns)


class _Column:
    """A field with the place of its column (None: unmapped), its parser, and the value of cells that give none."""

    def __init__(
        self, entity: Entity, field: Field, column: str | None, header: Sequence[str], context: Context
    ) -> None:
        self.name = field.label if column is None else column
        self.place = None if column is None else header.index(column)
        parse = parse_of(field, context, as_text=field.name in entity.looked_up)
        constant = context.constants.get(field.name)
        self.default = None if constant is None else parse(constant)
        self.parser = Parser(parse, required=field.required, default=self.default)


def parse_of(field: Field, context: Context, *, as_text: bool) -> Callable[[str], Value]:
    parse = choice_parser(field.choices) if field.choices else _PARSERS[field.kind](field, context.dialect)
    known = None if as_text else context.known.get(field.reference or "")
    return parse if known is None else reference_parser(parse, field.label, known, makes=field.makes)


_PARSERS: dict[Kind, Callable[[Field, Dialect], Callable[[str], Value]]] = {
    Kind.CODE: lambda field, _: code_parser(field.max_length),
    Kind.TEXT: lambda field, _: text_parser(field.max_length),
    Kind.DECIMAL: lambda field, dialect: decimal_parser(
        dialect.numbers, minimum=field.minimum, maximum=field.maximum, decimals=field.decimals
    ),
    Kind.INTEGER: lambda field, dialect: integer_parser(dialect.numbers, minimum=field.minimum, maximum=field.maximum),
    Kind.DAY: lambda _, dialect: day_parser(dialect),
    Kind.MOMENT: lambda _, dialect: moment_parser(dialect),
    Kind.BOOLEAN: lambda _field, _dialect: parse_boolean,
}


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(places) < 2:  # itemgetter would give the bare cell
        return lambda cells: tuple(cells[place] for place in places)
    return itemgetter(*places)


def _one_by_one(line: int, cells: Sequence[str], columns: Sequence[_Column]) -> tuple[Values, tuple[RowProblem, ...]]:
    """All findings of a row, not only the first."""
    values: list[Value] = []
    problems = []
    for column in columns:
        if column.place is None:
            values.append(column.default)
            continue
        cell = cells[column.place]
        try:
            values.append(column.parser[cell])
        except BadValue as bad:
            values.append(None)
            problems.append(RowProblem(line, column.name, shown(cell), bad.rule, bad.message, bad.remedy))
        except Adjusted as adjusted:
            values.append(adjusted.value)
            problems.append(
                RowProblem(line, column.name, shown(cell), adjusted.rule, adjusted.message, "", notice=True)
            )
    return tuple(values), tuple(problems)


def _plain(name: str) -> str:
    """Letters and digits only, without case and without the width or accents' spelling mattering."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum()) or folded


def _listed(names: Sequence[str]) -> str:
    cut = [f"“{shown(name)}”" for name in names[:20]]
    return ", ".join(cut) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
