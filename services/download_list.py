"""What a list is that can be taken along as a file, and how the file follows the grid: its order and its filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count
from typing import Any

from core.permissions import Permission
from core.viewer import Viewer

Query = Mapping[str, str]
Rows = Iterable[Sequence[Any]]
Sort = tuple[tuple[str, bool], ...]
Record = Mapping[str, Any]

SORTED_BY = 3


@dataclass(frozen=True, slots=True)
class DownloadList:
    """One list: the right it needs, the names of its columns, and its rows for the query of its page."""

    permission: Permission
    columns: Sequence[str]
    rows: Callable[[Viewer, Query], Rows]


def sorting(query: Query) -> Sort:
    """What the grid is sorted by.

    Inputs: query: of the address, ``sort`` names columns: "value:desc,code:asc".
    Returns: columns, each with whether descending; their names are not checked here.
    Raises: nothing.
    Source: none; ours.
    """
    asked = [part.partition(":") for part in query.get("sort", "").split(",") if part]
    return tuple((name, direction == "desc") for name, _mark, direction in asked[:SORTED_BY])


def filter_model(query: Query) -> dict[str, Record]:
    """What the grid is filtered by.

    Inputs: query: of the address, ``where`` is the filter model of the grid as JSON.
    Returns: conditions by column, as far as they are any: a browser may have written anything.
    Raises: nothing.
    Source: AG Grid, filter model.
    """
    try:
        model = json.loads(query.get("where", "{}"))
    except ValueError:
        return {}
    filters = model.items() if isinstance(model, dict) else ()
    return {column: condition for column, condition in filters if isinstance(condition, dict)}


def chosen_filters(query: Query, filters: type) -> dict[str, str]:
    """What was chosen in the form of a page; "-" is how it spells the choice of nothing.

    Inputs: query: of the address; filters: a dataclass of texts.
    Returns: a text for each of its fields, empty for what was not chosen.
    Raises: nothing.
    Source: none; ours.
    """
    asked = {field.name: query.get(field.name, "") for field in fields(filters)}
    return {name: "" if value == "-" else value for name, value in asked.items()}


def as_shown(records: Iterable[Record], query: Query, shown: Mapping[str, Sequence[str]]) -> list[Record]:
    """The rows of a list that its grid holds as a whole, narrowed and sorted as somebody did there.

    Inputs: records; query: of the address, ``sort`` as for sorting, ``where`` the filter model of the grid as JSON;
        shown: the keys of a record that a column of the grid shows, where they are not one of its own name.
    Returns: the records; what the query says about no column is passed over, empty values come last.
    Raises: nothing.
    Source: AG Grid, text filter.
    """
    found = list(records)
    for column, condition in filter_model(query).items():
        keys = shown.get(column, [column])
        found = [record for record in found if _holds(_text(record, keys), condition)]
    for column, descending in reversed(sorting(query)):
        for key in reversed(shown.get(column, [column])):
            found = _sorted(found, key, descending=descending)
    return found


def pages(
    page_of: Callable[[int], tuple[Sequence[Record], int]], columns: Sequence[str], *, size: int
) -> Iterator[list[Any]]:
    """A long list as a whole, a page at a time.

    Inputs: page_of: some rows from a place on and how many there are in all; columns: of a row; size: rows a page.
    Returns: the columns of each row.
    Raises: what page_of raises.
    Source: none; ours.
    """
    for first in count(0, size):
        rows, total = page_of(first)
        yield from chosen(rows, columns)
        if first + size >= total:
            return


def chosen(records: Iterable[Record], columns: Sequence[str]) -> Iterator[list[Any]]:
    """Some columns of each row.

    Inputs: records and columns.
    Returns: lists; None for what a record does not have.
    Raises: nothing.
    Source: none; ours.
    """
    return ([record.get(name) for name in columns] for record in records)


def reordered(rows: Rows, query: Query, columns: Sequence[str]) -> Iterator[list[Any]]:
    """Rows that are there already, as their grid shows them.

    Inputs: rows of these columns; query: as for as_shown.
    Returns: the columns of each row.
    Raises: nothing.
    Source: none; ours.
    """
    return chosen(as_shown((dict(zip(columns, row, strict=True)) for row in rows), query, {}), columns)


def _sorted(records: list[Record], key: str, *, descending: bool) -> list[Record]:
    known = [record for record in records if record.get(key) is not None]
    empty = [record for record in records if record.get(key) is None]
    return [*sorted(known, key=lambda record: _rank(record[key]), reverse=descending), *empty]


def _rank(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _text(record: Record, keys: Sequence[str]) -> str:
    return " ".join(str(record.get(key) or "") for key in keys).casefold()


def _holds(text: str, condition: Record) -> bool:
    parts = condition.get("conditions")
    if isinstance(parts, list):
        joined = any if condition.get("operator") == "OR" else all
        return joined(_holds(text, part) for part in parts if isinstance(part, dict))
    test = TESTS.get(str(condition.get("type")))
    return test is None or test(text, str(condition.get("filter") or "").casefold())


TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "notContains": lambda text, part: part not in text,
    "equals": lambda text, part: text == part,
    "notEqual": lambda text, part: text != part,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "blank": lambda text, _part: not text,
    "notBlank": lambda text, _part: bool(text),
}
