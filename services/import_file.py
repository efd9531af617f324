"""How an uploaded file is read: what was found in it, what a person chose, and the two put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from core.errors import InvalidInput
from core.i18n import _
from data.exchange.days import DATE_FORMATS
from data.exchange.detection import Detection, Finding
from data.exchange.dialect import DELIMITERS, OWN_DIALECT, Dialect
from data.exchange.error_file import own_columns
from data.exchange.fields import Entity, Proposal, match_columns
from data.exchange.numerals import STYLES, NumberStyle
from data.exchange.opening import Source, examine
from data.exchange.problems import HeaderRefused
from data.exchange.reader import Table
from data.exchange.tables import detection_of
from data.exchange.tables import opened_table as opened
from data.exchange.transactions import TRANSACTIONS
from models.base import Json

PREVIEW_ROWS = 12
LAST_HEADER_ROW = 10
T = TypeVar("T")
STYLE_KEYS = {style.example: style for style in STYLES}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person chose about the file; None where what was found is right."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    numbers: str | None = None
    date_format: str | None = None
    sheet: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Reading:
        """From what a browser or the command line sent; empty texts count as not chosen."""
        row = given.get("header_row")
        if row not in (None, "") and not str(row).isdecimal():
            raise InvalidInput(_("The line of the column names must be a whole number."))
        numbers = given.get("numbers") or None
        if numbers is not None and numbers not in STYLE_KEYS:
            raise InvalidInput(_("“%(style)s” is not a number style.", style=numbers))
        return cls(
            encoding=_text(given.get("encoding")),
            delimiter=_text(given.get("delimiter")),
            header_row=None if row in (None, "") else int(str(row)),
            numbers=numbers,
            date_format=_text(given.get("date_format")),
            sheet=_text(given.get("sheet")),
        )

    def as_json(self) -> Json:
        """What ``Reading(**…)`` takes."""
        return asdict(self)

    @property
    def style(self) -> NumberStyle | None:
        return STYLE_KEYS[self.numbers] if self.numbers else None


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What a person sees before mapping: findings, column names, first rows, proposed columns."""

    source: Source
    detection: Detection
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    proposal: Proposal
    header_problem: str


def reading_choices(seen: FilePreview, reading: Reading) -> list[tuple[str, list[tuple[str, str]], str]]:
    """What a person may change about how a file is read.

    Inputs: the preview and what was chosen already.
    Returns: for each choice its name, the values there are with their texts, and the value now, empty while it is open.
    Raises: nothing.
    Source: screens.md 20.
    """
    found, source = seen.detection, seen.source
    style, row = found.numbers.value, found.header_row.value if reading.header_row is None else reading.header_row
    shared = [
        ("numbers", _alike(number_styles()), style.example if style else ""),
        ("date_format", _alike(found.date_format.choices or date_formats()), found.date_format.value or ""),
        ("header_row", _alike(map(str, range(LAST_HEADER_ROW + 1))), "" if row is None else str(row)),
    ]
    if source.sheets:
        return [("sheet", _alike(source.sheets), source.sheet), *shared]
    delimiters = [(sign, name.capitalize()) for sign, name in DELIMITERS.items()]
    return [
        ("encoding", _alike(source.encoding_choices), source.encoding),
        ("delimiter", delimiters, found.delimiter.value or ""),
        *shared,
    ]


def number_styles() -> list[str]:
    """The number styles a person can choose from, each by its example.

    Inputs: none.
    Returns: examples such as ``1,234.5``.
    Raises: nothing.
    Source: none; ours.
    """
    return list(STYLE_KEYS)


def date_formats() -> list[str]:
    """The date formats a person can choose from.

    Inputs: none.
    Returns: names such as ``DD/MM/YYYY``.
    Raises: nothing.
    Source: none; ours.
    """
    return list(DATE_FORMATS)


def source_of(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Source:
    """Read the file once and say what it is.

    Inputs: the stored file and, if chosen, its encoding or the sheet of its workbook.
    Returns: the source (without its sample, which is read again when needed).
    Raises: FileRefused with the reason for anything that is not a table.
    Source: security.md G02–G05.
    """
    return replace(examine(path, encoding=encoding, sheet=sheet), sample="")


def source_as_read(source: Source, reading: Reading) -> Source:
    """The source in the encoding or with the sheet that a person chose.

    Inputs: the source and a person's choices.
    Returns: the source itself when it is that already, else what a further look at the file found.
    Raises: FileRefused for an encoding or a sheet that the file does not have.
    Source: security.md G05.
    """
    as_found = reading.encoding in (None, source.encoding) and reading.sheet in (None, source.sheet)
    return source if as_found else source_of(source.path, encoding=reading.encoding, sheet=reading.sheet)


def fitting(reading: Reading, source: Source) -> Reading:
    """A reading made for another file, without what this one does not have.

    Inputs: the reading and the source.
    Returns: the reading; sheet and encoding are left open where the file has no such.
    Raises: nothing.
    Source: none; ours.
    """
    return replace(
        reading,
        sheet=reading.sheet if reading.sheet in source.sheets else None,
        encoding=reading.encoding if reading.encoding in source.encoding_choices else None,
    )


def source_as_json(source: Source) -> Json:
    """The findings as they are kept with the batch.

    Inputs: a source.
    Returns: a dictionary for ``source_from_json``.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        "compressed": source.compressed,
        "encoding": source.encoding,
        "encoding_certain": source.encoding_certain,
        "encoding_choices": list(source.encoding_choices),
        "lines": source.lines,
        "sheets": list(source.sheets),
        "sheet": source.sheet,
    }


def source_from_json(path: Path, kept: Json) -> Source:
    """The source that was kept.

    Inputs: the stored file and what ``source_as_json`` gave.
    Returns: the source.
    Raises: KeyError for a dictionary that is not of that shape.
    Source: none; ours.
    """
    return Source(
        path,
        kept["compressed"],
        kept["encoding"],
        kept["encoding_certain"],
        tuple(kept["encoding_choices"]),
        kept["lines"],
        "",
        tuple(kept.get("sheets", ())),
        kept.get("sheet", ""),
    )


def preview(source: Source, reading: Reading, entity: Entity = TRANSACTIONS) -> FilePreview:
    """The first rows as they are read now.

    Inputs: the source, a person's choices and what the rows are.
    Returns: findings, column names, rows and the proposed mapping; the source is the one that was read.
    Raises: FileRefused for a sheet that the workbook does not have. Doubts about the file are part of the preview.
    Source: screens.md 20.
    """
    source = source_as_read(source, reading)
    detection = detection_of(
        source,
        delimiter=reading.delimiter,
        header_row=reading.header_row,
        numbers=reading.style,
        date_format=reading.date_format,
    )
    header, rows, problem = _head(source, detection)
    if own_columns(header) == tuple(field.label for field in entity.fields):
        detection = _as_exported(detection)
    return FilePreview(source, detection, header, rows, match_columns(header, entity), problem)


def _as_exported(detection: Detection) -> Detection:
    """A file with just the columns of our exports is read as we write it, where its cells leave a question open.

    Codes such as 1,5 make them do so. A figure written in another way is rejected, not misread.
    """
    if (detection.delimiter.value or detection.delimiter.choices[0]) != OWN_DIALECT.delimiter:
        return detection
    return replace(
        detection,
        numbers=_settled(detection.numbers, OWN_DIALECT.numbers),
        date_format=_settled(detection.date_format, OWN_DIALECT.date_format),
    )


def _settled(finding: Finding[T], own: T) -> Finding[T]:
    return Finding(own) if finding.is_open and own in finding.choices else finding


def settled_dialect(source: Source, reading: Reading, entity: Entity = TRANSACTIONS) -> Dialect:
    """The dialect to read the whole file by.

    Inputs: the source, a person's choices and what the rows are.
    Returns: the dialect.
    Raises: InvalidInput with the open questions when something has to be chosen first.
    Source: security.md G07.
    """
    return preview(source, reading, entity).detection.dialect()


def likely_dialect(detection: Detection) -> Dialect:
    """The likeliest reading while there are open questions: enough to show a file, never to take it.

    Inputs: the findings.
    Returns: the dialect of what is settled and the first choice of what is not.
    Raises: nothing.
    Source: none; ours.
    """
    style = detection.numbers.value or detection.numbers.choices[0]
    header_row = detection.header_row
    return Dialect(
        detection.delimiter.value or detection.delimiter.choices[0],
        style.decimal,
        style.thousands,
        detection.date_format.value or detection.date_format.choices[0],
        max(header_row.choices) if header_row.value is None else header_row.value,
    )


def opened_table(
    source: Source, dialect: Dialect, columns: Collection[str] | None = None
) -> AbstractContextManager[Table]:
    """The whole file as a table, to be walked once.

    Inputs: the source, its dialect, and the columns that matter (None: all): errors of a spreadsheet in others do not
    refuse a row.
    Returns: a context with the table.
    Raises: HeaderRefused for column names that can't be told apart.
    Source: security.md G08.
    """
    return opened(source, dialect, columns)


def _head(source: Source, detection: Detection) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    """Column names and first rows by the likeliest reading, and what is wrong with the names, if anything."""
    dialect = likely_dialect(detection)
    try:
        with opened_table(source, dialect) as table:
            return (
                table.header,
                tuple(tuple(map(str, cells)) for _line, cells, _found in islice(table, PREVIEW_ROWS)),
                "",
            )
    except HeaderRefused as refused:
        return (), (), refused.message


def _alike(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None
