"""Proposes the dialect of a file from a sample. What can be read in two ways is asked, never guessed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from core.errors import InvalidInput
from data.exchange.days import DATE_FORMATS, DEFAULT_DATE_FORMAT, parse_moment
from data.exchange.dialect import DELIMITERS, OWN_DIALECT, Dialect
from data.exchange.numerals import STYLES, NumberStyle, parse_decimal
from data.exchange.problems import BadValue
from data.exchange.workbook_cells import Figure, Moment

T = TypeVar("T")
Row = tuple[int, list[str]]

SAMPLE_ROWS = 5000
# A column speaks for a format when so many of its cells look like numbers or days; the others are its errors.
SPEAKING_SHARE = 0.8
CLOSE_SHARE = 0.1
# So few cells in another, plainly different format are mistakes, and are named row by row when the file is read.
MINORITY_SHARE = 0.05
SHOWN_CELLS = 3
_DECLARED = re.compile(r"sep=([,;|\t])[\r\n]+", re.IGNORECASE)
_LIKE_NUMBER = re.compile(r"[+-]?[0-9.][0-9., '\u00a0\u202f’]*")
_LIKE_DAY = re.compile(r"[0-9]{1,4}([-/. ])([0-9]{1,2}|[A-Za-z]{3})\1[0-9]{1,4}([T ].*)?|[0-9]{8}([T ].*)?")
_JOINED_DAY = "YYYYMMDD"


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """What the sample says about one aspect: a value, or the choices and the cells that leave it open."""

    value: T | None
    choices: tuple[T, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a person has to choose."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class Detection:
    """The findings. While the delimiter is open, the others hold for its first choice only: a preview."""

    delimiter: Finding[str]
    header_row: Finding[int]
    numbers: Finding[NumberStyle]
    date_format: Finding[str]

    def questions(self) -> tuple[str, ...]:
        """One sentence for every aspect a person has to settle; empty when all is clear."""
        asked = []
        if self.delimiter.is_open:
            names = " or ".join(DELIMITERS[choice] for choice in self.delimiter.choices)
            asked.append(f"Delimiter: the columns can be separated by {names}.")
        if self.header_row.is_open:
            cells = ", ".join(self.header_row.evidence)
            asked.append(f"Column names: row {max(self.header_row.choices)} may hold names or already data ({cells}).")
        if self.numbers.is_open:
            styles = " or ".join(style.example for style in self.numbers.choices)
            asked.append(f"Number style: {', '.join(self.numbers.evidence)} can be read as in {styles}.")
        if self.date_format.is_open:
            formats = " or ".join(self.date_format.choices)
            asked.append(f"Date format: {', '.join(self.date_format.evidence)} can be {formats}.")
        return tuple(asked)

    def dialect(self) -> Dialect:
        """The settled dialect; raises InvalidInput with the open questions."""
        delimiter, header_row = self.delimiter.value, self.header_row.value
        numbers, date_format = self.numbers.value, self.date_format.value
        if delimiter is None or header_row is None or numbers is None or date_format is None:
            raise InvalidInput(" ".join(self.questions()))
        return Dialect(delimiter, numbers.decimal, numbers.thousands, date_format, header_row)


def detect(
    sample: str,
    *,
    delimiter: str | None = None,
    header_row: int | None = None,
    numbers: NumberStyle | None = None,
    date_format: str | None = None,
    columns: Collection[int] | None = None,
) -> Detection:
    """Look at the sample; what is given was chosen by a person. ``columns`` limits the look to mapped columns."""
    declared = _DECLARED.match(sample)
    separated = _settled(delimiter or (declared and declared[1])) or _delimiter(sample)
    rows = list(_rows(sample, separated.value or separated.choices[0]))[1 if declared else 0 :]
    named = Finding(header_row) if header_row is not None else _header_row(rows)
    first_data = (named.value if named.value is not None else max(named.choices)) + 1
    cells = list(_column_cells((cells for line, cells in rows if line >= first_data), columns))
    return Detection(
        delimiter=separated,
        header_row=named,
        numbers=_settled(numbers) or _number_style(cells),
        date_format=_settled(date_format) or _date_format(cells),
    )


def detect_typed(
    rows: Sequence[Row],
    *,
    header_row: int | None = None,
    numbers: NumberStyle | None = None,
    date_format: str | None = None,
    columns: Collection[int] | None = None,
) -> Detection:
    """Look at the first rows of a worksheet. Cells that are typed are certain; cells that are text may be anything."""
    named = Finding(header_row) if header_row is not None else _header_row(rows)
    first_data = (named.value if named.value is not None else max(named.choices)) + 1
    cells = [cells for line, cells in rows if line >= first_data]
    return Detection(
        delimiter=Finding(OWN_DIALECT.delimiter),
        header_row=named,
        numbers=_settled(numbers)
        or _beside_typed(
            cells,
            columns,
            Figure,
            find=_number_style,
            own=OWN_DIALECT.numbers,
            agrees=lambda style: style.decimal == OWN_DIALECT.decimal,
        ),
        date_format=_settled(date_format)
        or _beside_typed(
            cells,
            columns,
            Moment,
            find=_date_format,
            own=DEFAULT_DATE_FORMAT,
            agrees=lambda name: name == DEFAULT_DATE_FORMAT,
        ),
    )


def _beside_typed(
    rows: Sequence[list[str]],
    columns: Collection[int] | None,
    typed: type[str],
    *,
    find: Callable[[Iterable[Counter[str]]], Finding[T]],
    own: T,
    agrees: Callable[[T], bool],
) -> Finding[T]:
    """What the text cells say, unless typed cells of the same column make it doubtful.

    A spreadsheet that took 03/04/2026 for a day of its own and left 31/12/2026 as text has mixed up the first.
    """
    texts = [["" if isinstance(cell, (Figure, Moment)) else cell for cell in cells] for cells in rows]
    mixed = {
        index: cell
        for cells in rows
        for index, cell in enumerate(cells)
        if isinstance(cell, typed) and (columns is None or index in columns)
    }
    beside = find(_column_cells(texts, mixed))
    if beside.value is not None and agrees(beside.value):
        return find(_column_cells(texts, columns))
    choices = beside.choices if beside.value is None else (beside.value,)
    texts_beside = (cells[index] for cells in texts for index in mixed if index < len(cells) and cells[index])
    evidence = beside.evidence or tuple(islice(texts_beside, SHOWN_CELLS - 1))
    return Finding(None, choices=tuple(dict.fromkeys((own, *choices))), evidence=(*list(mixed.values())[:1], *evidence))


def _settled(value: T | None) -> Finding[T] | None:
    return None if value is None else Finding(value)


def _rows(sample: str, delimiter: str) -> Iterator[Row]:
    """Lines that hold anything, each with the number of its first physical line."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in islice(reader, SAMPLE_ROWS):
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        return  # the strict reader tells the person about broken quotes; the rows before them are sample enough


def _delimiter(sample: str) -> Finding[str]:
    scores = {}
    for candidate in DELIMITERS:
        widths = [len(cells) for _, cells in _rows(sample, candidate)]
        common = Counter(width for width in widths if width > 1).most_common(1)
        if common:
            width, count = common[0]
            scores[candidate] = (widths.index(width), count / len(widths))
    if not scores:
        return Finding(next((candidate for candidate in DELIMITERS if candidate not in sample), ","))
    best_share = max(share for _, share in scores.values())
    scores = {candidate: score for candidate, score in scores.items() if score[1] >= best_share / 2}
    # A decimal comma splits the data but not the names above it: the true delimiter splits from the first row on.
    earliest = min(first for first, _ in scores.values())
    leaders = {candidate: share for candidate, (first, share) in scores.items() if first == earliest}
    top = max(leaders.values())
    near = [name for name, share in leaders.items() if share == top or (top < 1 and share >= top - CLOSE_SHARE)]
    if len(near) == 1 and top >= best_share - CLOSE_SHARE:
        return Finding(near[0])
    return Finding(None, choices=tuple(sorted(scores, key=lambda name: -scores[name][1])))


def _header_row(rows: Sequence[Row]) -> Finding[int]:
    if not rows:
        return Finding(1)
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    line, cells = next((row for row in rows if _may_name(row[1], width)), rows[0])
    data = tuple(cell for cell in cells if _LIKE_NUMBER.fullmatch(cell) or _LIKE_DAY.fullmatch(cell))
    return Finding(None, choices=(line, 0), evidence=data[:SHOWN_CELLS]) if data else Finding(line)


def _may_name(cells: Sequence[str], width: int) -> bool:
    """A title above the table fills one cell; a row of names fills most."""
    filled = sum(map(bool, cells))
    return 2 * filled > width or (2 * filled == width == len(cells))


def _column_cells(rows: Iterable[list[str]], columns: Collection[int] | None) -> Iterator[Counter[str]]:
    """How often each filled cell occurs, column by column."""
    counted: dict[int, Counter[str]] = {}
    for cells in rows:
        for index, cell in enumerate(cells):
            if cell and (columns is None or index in columns):
                counted.setdefault(index, Counter())[cell.strip()] += 1
    yield from counted.values()


def _number_style(columns: Iterable[Counter[str]]) -> Finding[NumberStyle]:
    readings: dict[str, dict[NumberStyle, object]] = {}
    for cells in columns:
        readings.update(_readings(cells, _LIKE_NUMBER, STYLES, parse_decimal))
    style = _settle(readings, STYLES, same_values_suffice=True)
    return style or Finding(STYLES[0])


def _date_format(columns: Iterable[Counter[str]]) -> Finding[str]:
    readings: dict[str, dict[str, object]] = {}
    joined: dict[str, dict[str, object]] = {}
    for cells in columns:
        found = _readings(cells, _LIKE_DAY, DATE_FORMATS, parse_moment)
        # Eight digits are a date only where no column writes one that nobody can mistake for a code.
        target = joined if all(_JOINED_DAY in formats for formats in found.values()) else readings
        target.update(found)
    return _settle(readings or joined, DATE_FORMATS) or Finding(DEFAULT_DATE_FORMAT)


def _readings(
    cells: Counter[str], like: re.Pattern[str], formats: Sequence[T], parse: Callable[[str, T], object]
) -> dict[str, dict[T, object]]:
    """What each cell means in each format; nothing when the column is not of this kind."""
    alike = [cell for cell in cells if like.fullmatch(cell)]
    if sum(cells[cell] for cell in alike) < SPEAKING_SHARE * cells.total():
        return {}
    values = ((cell, dict(_values(cell, formats, parse))) for cell in alike)
    return {cell: meanings for cell, meanings in values if meanings}


def _values(cell: str, formats: Sequence[T], parse: Callable[[str, T], object]) -> Iterator[tuple[T, object]]:
    for name in formats:
        try:
            yield name, parse(cell, name)
        except BadValue:
            continue


def _settle(
    readings: Mapping[str, Mapping[T, object]], formats: Sequence[T], *, same_values_suffice: bool = False
) -> Finding[T] | None:
    """The one format that explains the cells, or the choices; None without any cell."""
    if not readings:
        return None
    explained = Counter(name for values in readings.values() for name in values)
    leaders = [name for name in formats if explained[name] == max(explained.values())]
    unexplained = [cell for cell, values in readings.items() if leaders[0] not in values]
    rivals = [name for name in formats if any(name in readings[cell] for cell in unexplained)]
    if len(unexplained) > MINORITY_SHARE * len(readings) or _contradict(leaders[0], rivals, readings.values()):
        example = next(cell for cell, values in readings.items() if leaders[0] in values)
        choices = tuple(dict.fromkeys((*leaders, *rivals)))
        return Finding(None, choices=choices, evidence=(example, *unexplained[: SHOWN_CELLS - 1]))
    different = [cell for cell, values in readings.items() if len({values.get(name) for name in leaders}) > 1]
    if len(leaders) == 1 or (same_values_suffice and not different):
        return Finding(leaders[0])
    return Finding(
        None, choices=_distinct(leaders, readings, different), evidence=tuple(different or readings)[:SHOWN_CELLS]
    )


def _contradict(leader: T, rivals: Sequence[T], readings: Iterable[Mapping[T, object]]) -> bool:
    """Whether a rival reads a cell of the leader otherwise: then a choice between them must not be guessed."""
    return any(
        leader in values and name in values and values[name] != values[leader] for values in readings for name in rivals
    )


def _distinct(
    leaders: Sequence[T], readings: Mapping[str, Mapping[T, object]], different: Sequence[str]
) -> tuple[T, ...]:
    """One choice for every meaning the cells can have."""
    if not different:
        return tuple(leaders)
    meanings: dict[tuple[object, ...], T] = {}
    for name in leaders:
        meanings.setdefault(tuple(readings[cell].get(name) for cell in different), name)
    return tuple(meanings.values())
