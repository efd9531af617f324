"""Commits as they are typed: each checked, and the lines that are sent of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput, NotFound
from core.i18n import EMPTY, _, counted, day
from services.form_values import calendar_day, quantity_of, sentence
from services.supplier_commit_grid import CommitGrid, CommitItem, Key

MOST_CELLS = 20_000
COMMENT_LENGTH = 200
TOLD = 5

Value = tuple[Decimal | None, str]


def known_cells(found: CommitGrid) -> dict[Key, Value]:
    """What the grid holds already.

    Inputs: the grid.
    Returns: commit and comment of every cell.
    Raises: nothing.
    Source: none; ours.
    """
    return {
        (item.product_id, item.location_id, cell.starts_on): (cell.commit, cell.comment)
        for item in found.items
        for cell in item.cells
    }


def typed_cells(found: CommitGrid, cells: Sequence[Mapping[str, Any]]) -> dict[Key, Value]:
    """What was typed, all of it or every bad cell is told.

    Inputs: the grid; cells: item (id of a CommitItem), starts_on, quantity (empty: no commit) and comment.
    Returns: commit and comment of the cells that are named.
    Raises: InvalidInput naming item and bucket.
    Source: security.md B08.
    """
    if len(cells) > MOST_CELLS:
        raise InvalidInput(_("That is more than the forecast holds. Send the cells of this forecast only."))
    items = {item.id: item for item in found.items}
    typed: dict[Key, Value] = {}
    problems: list[str] = []
    for cell in cells:
        item = items.get(str(cell.get("item")))
        try:
            if item is None:
                raise NotFound(_("%(item)s is not in the forecast.", item=str(cell.get("item"))[:40]))
            key, value = _typed_cell(item, cell)
            typed[key] = value
        except (InvalidInput, NotFound) as error:
            problems.append(error.message)
    if problems:
        more = len(problems) - TOLD
        told = problems[:TOLD] + ([counted("And %(count)s more.", "And %(count)s more.", more)] if more > 0 else [])
        raise InvalidInput("\n".join([_("Nothing was sent."), *told]))
    return typed


def payload_lines(found: CommitGrid, values: Mapping[Key, Value]) -> list[dict[str, Any]]:
    """What is sent: every cell with a commit, and the forecast it answers.

    Inputs: the grid; commit and comment of every cell.
    Returns: a line for each commit, of plain texts and numbers.
    Raises: nothing.
    Source: none; ours.
    """
    lines = []
    for item in found.items:
        for cell in item.cells:
            quantity, comment = values[item.product_id, item.location_id, cell.starts_on]
            if quantity is not None:
                lines.append(
                    {
                        "product_id": item.product_id,
                        "location_id": item.location_id,
                        "starts_on": cell.starts_on.isoformat(),
                        "ends_on": cell.ends_on.isoformat(),
                        "near": cell.near,
                        "forecast": str(cell.forecast),
                        "quantity": str(quantity),
                        "comment": comment,
                    }
                )
    return lines


def _typed_cell(item: CommitItem, cell: Mapping[str, Any]) -> tuple[Key, Value]:
    starts_on = calendar_day(cell.get("starts_on"), name=item.code)
    if starts_on not in {known.starts_on for known in item.cells}:
        raise InvalidInput(_("%(item)s: %(day)s begins no bucket of the forecast.", item=item.code, day=day(starts_on)))
    name = f"{item.code}, {day(starts_on)}"
    written = cell.get("quantity")
    quantity = None
    if written is not None and str(written).strip() not in ("", EMPTY):
        quantity = quantity_of(str(written).replace(",", "") if isinstance(written, str) else written, name=name)
        if quantity < 0:
            raise InvalidInput(_("%(name)s: enter zero or more, such as 1200.", name=name))
    said = cell.get("comment")
    comment = sentence(said, name=name, longest=COMMENT_LENGTH) if isinstance(said, str) and said.strip() else ""
    return (item.product_id, item.location_id, starts_on), (quantity, comment)
