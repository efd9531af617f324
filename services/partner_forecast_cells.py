"""How figures get into a partner's draft: typed, pasted, filled by a rule, or from a file with the layout of the
download."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.clock import today
from core.errors import InvalidInput
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer
from services.outgoing import Format, Outgoing, outgoing, table
from services.partner_forecasts import Cell, Figures, ForecastSheet, Item, feature_of, sheet, sheet_of, write
from services.partners import partner_scope
from services.pasted_cells import told, typed_month, typed_quantity

HEAD = ("item", "name", "uom")
MOST_CELLS = 20_000
LARGEST_FILE = 500_000
FILLS = ("last_year", "sent", "percent", "clear")
LARGEST_PERCENT = 1000

Problem = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would do: the cells it changes, and what is wrong with it: of each bad cell row, column, value,
    problem and remedy. With any problem nothing of it can be taken over."""

    changed: int
    cells: int
    problems: list[Problem]


def save(viewer: Viewer, cells: Sequence[Mapping[str, Any]]) -> int:
    """Write typed or pasted cells into the draft, all of them or none.

    Inputs: a customer or OEM with portal.answer; cells of item (id or code), month (YYYY-MM or its first day),
        quantity (empty: says nothing) and, where they are known, ``before``: what the screen showed there, and ``row``.
    Returns: how many changed.
    Raises: NotAllowed; InvalidInput that names row, column, value and remedy; Conflict when a colleague was faster.
    Source: screens.md 19, 22; product.md, promise 5.
    """
    if len(cells) > MOST_CELLS:
        raise InvalidInput(_("That is more than %(most)s cells: paste a smaller block.", most=number(MOST_CELLS)))
    with partner_scope(viewer, feature_of(viewer), Permission.PORTAL_ANSWER) as session:
        wanted, problems = _read(sheet_of(session, viewer), cells)
        if problems:
            raise InvalidInput(told(_("Nothing was written."), problems))
        shown = _shown_before(sheet_of(session, viewer).items, cells)
        return write(session, viewer, wanted, shown)


def fill(viewer: Viewer, rule: object, items: object = None, percent: object = None) -> int:
    """Fill items of the draft by a rule.

    Inputs: a customer or OEM with portal.answer; one of FILLS: as ordered in the same month of last year, as sent last,
        changed by per cent, cleared; ids of items (none: all of them); the per cent.
    Returns: how many cells changed.
    Raises: NotAllowed; InvalidInput for another rule, or a per cent outside −100 to LARGEST_PERCENT.
    Source: screens.md 22.
    """
    if rule not in FILLS:
        raise InvalidInput(_("Choose how to fill the forecast."))
    with partner_scope(viewer, feature_of(viewer), Permission.PORTAL_ANSWER) as session:
        found = sheet_of(session, viewer)
        chosen = {item for item in items if isinstance(item, int)} if isinstance(items, list) and items else None
        own = [item.id for item in found.items if chosen is None or item.id in chosen]
        value_of = _rule(found, str(rule), percent)
        return write(
            session, viewer, {(item, month): value_of((item, month)) for item in own for month in found.months}, {}
        )


def dry_run(viewer: Viewer, contents: object) -> DryRun:
    """Look at what a file would change; nothing is written.

    Inputs: a customer or OEM; the file as a browser reads it (a data address), CSV with the columns of the download.
    Returns: DryRun.
    Raises: NotAllowed; InvalidInput for what is no such file at all.
    Source: screens.md 19, 20.
    """
    found = sheet(viewer)
    cells, problems = _sheet_cells(found, contents)
    wanted, more = _read(found, cells)
    changed = sum(quantity != found.figures.get(cell) for cell, quantity in wanted.items())
    return DryRun(0 if problems or more else changed, len(wanted), [*problems, *more])


def take_over(viewer: Viewer, contents: object) -> int:
    """Write a file into the draft, all of it or nothing.

    Inputs: a customer or OEM with portal.answer; the file as for dry_run.
    Returns: how many cells changed, 0 for a file that was taken over already.
    Raises: NotAllowed; InvalidInput that tells the bad cells.
    Source: screens.md 19, 20.
    """
    with partner_scope(viewer, feature_of(viewer), Permission.PORTAL_ANSWER) as session:
        found = sheet_of(session, viewer)
        cells, problems = _sheet_cells(found, contents)
        wanted, more = _read(found, cells)
        if problems or more:
            raise InvalidInput(told(_("Nothing was taken over."), [*problems, *more]))
        changed = {cell: quantity for cell, quantity in wanted.items() if quantity != found.figures.get(cell)}
        return write(session, viewer, changed, {}) if changed else 0


def download(viewer: Viewer, kind: Format) -> Outgoing:
    """What is written now, in the layout that is taken back.

    Inputs: a customer or OEM; CSV or workbook.
    Returns: Outgoing, to be closed.
    Raises: NotAllowed.
    Source: screens.md 19: the download is the layout of the upload.
    """
    found = sheet(viewer)
    columns = [*HEAD, *(f"{month:%Y-%m}" for month in found.months)]
    lines = ([item.code, item.name, item.uom, *_line(found, item)] for item in found.items)
    return outgoing(f"forecast-{today():%Y-%m-%d}", kind, table(kind, _("Forecast"), columns, lines))


def _line(found: ForecastSheet, item: Item) -> list[Any]:
    quantities = (found.figures.get((item.id, month)) for month in found.months)
    return [None if each is None else int(each) if each == each.to_integral() else float(each) for each in quantities]


def _rule(found: ForecastSheet, rule: str, percent: object) -> Callable[[Cell], Decimal | None]:
    if rule == "percent":
        factor = _factor(percent)
        return lambda cell: None if cell not in found.figures else round(found.figures[cell] * factor, 0)
    source: Figures = {"last_year": found.last_year, "sent": found.sent, "clear": {}}[rule]
    return source.get


def _factor(percent: object) -> Decimal:
    share = percent if isinstance(percent, int | float) and not isinstance(percent, bool) else None
    if share is None or not -100 <= share <= LARGEST_PERCENT:
        raise InvalidInput(_("Enter a change from −100 %% to +%(most)s %%.", most=number(LARGEST_PERCENT)))
    return 1 + Decimal(str(share)) / 100


def _read(found: ForecastSheet, cells: Iterable[Mapping[str, Any]]) -> tuple[dict[Cell, Decimal | None], list[Problem]]:
    """Quantities by item and month, and what is wrong with the rest."""
    items = _ids(found.items)
    wanted: dict[Cell, Decimal | None] = {}
    problems: list[Problem] = []
    for place, cell in enumerate(cells, start=1):
        item = items.get(_item_key(cell.get("item")))
        month = _month_of(cell.get("month"), found.months)
        empty = cell.get("quantity") is None or not str(cell["quantity"]).strip()
        quantity, remark = (None, "") if empty else typed_quantity(cell["quantity"])
        checks = (
            (item is None, "item", cell.get("item"), *_no_item()),
            (month is None, "month", cell.get("month"), *_no_month(found.months)),
            (bool(remark), cell.get("month"), cell.get("quantity"), remark, _("Enter zero or more, such as 1,200.")),
            ((item, month) in wanted, "item", cell.get("item"), _("It is there twice."), _("Keep one of the two.")),
        )
        bad = [_problem(cell.get("row", place), *check[1:]) for check in checks if check[0]]
        problems += bad
        if not bad and item is not None and month is not None:
            wanted[item, month] = quantity
    return wanted, problems


def _problem(row: object, column: object, value: object, problem: str, remedy: str) -> Problem:
    return {
        "row": str(row)[:12],
        "column": str(column)[:40],
        "value": str("" if value is None else value)[:40],
        "problem": problem,
        "remedy": remedy,
    }


def _ids(items: Sequence[Item]) -> dict[object, int]:
    """Ids of items by id and by code."""
    return {key: item.id for item in items for key in (item.id, item.code.casefold())}


def _item_key(value: object) -> object:
    if isinstance(value, str):
        return value.strip().casefold()
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _month_of(value: object, months: Sequence[date]) -> date | None:
    found = typed_month(value)
    return found if found in months else None


def _no_item() -> tuple[str, str]:
    return (
        _("You never ordered it, so it is not in your forecast."),
        _("Write the code of an item of the list; ask us to add others."),
    )


def _no_month(months: Sequence[date]) -> tuple[str, str]:
    first, last = (f"{end:%Y-%m}" for end in (months[0], months[-1]))
    return _("It can't be forecast now."), _("Write a month from %(first)s to %(last)s.", first=first, last=last)


def _shown_before(items: Sequence[Item], cells: Iterable[Mapping[str, Any]]) -> dict[Cell, object]:
    """What the screen showed in the cells, where it told."""
    ids = _ids(items)
    shown: dict[Cell, object] = {}
    for cell in cells:
        month = typed_month(cell.get("month"))
        if "before" in cell and month is not None:
            before = cell["before"]
            known = None if before is None or before == "" else typed_quantity(before)[0]
            shown[ids[_item_key(cell.get("item"))], month] = known
    return shown


def _sheet_cells(found: ForecastSheet, contents: object) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The cells of a file; months that are over are passed over, for a file of last month is taken back too."""
    head, *lines = _lines(_text(contents))
    names = [name.strip() for name in head]
    if "item" not in [name.casefold() for name in names]:
        raise InvalidInput(_("The file has no column “item”. Download the forecast, fill it in and send that file."))
    item_at = [name.casefold() for name in names].index("item")
    columns = [(at, name) for at, name in enumerate(names) if name.casefold() not in HEAD and name]
    months = [(at, name, typed_month(name)) for at, name in columns]
    problems = [_problem(1, name, name, *_no_month(found.months)) for _at, name, month in months if month is None]
    coming = [(at, name) for at, name, month in months if month is not None and month >= found.months[0]]
    cells = [
        {"row": place, "item": _at(line, item_at), "month": name, "quantity": _at(line, at)}
        for place, line in enumerate(lines, start=2)
        if any(part.strip() for part in line)
        for at, name in coming
    ]
    if len(cells) > MOST_CELLS:
        raise InvalidInput(_("The file has more than %(most)s cells.", most=number(MOST_CELLS)))
    return cells, problems


def _at(line: Sequence[str], place: int) -> str:
    return line[place] if place < len(line) else ""


def _text(contents: object) -> str:
    """The text of a file that a browser read: data:…;base64,…"""
    given = contents if isinstance(contents, str) else ""
    if not given:
        raise InvalidInput(_("Choose a CSV file first."))
    if len(given) > LARGEST_FILE * 4 // 3:
        raise InvalidInput(_("The file is larger than %(most)s kB.", most=number(LARGEST_FILE // 1000)))
    try:
        return base64.b64decode(given.partition("base64,")[2], validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidInput(_("The file is not UTF-8 text. Save it as “CSV UTF-8”.")) from error


def _lines(content: str) -> list[list[str]]:
    head = content.partition("\n")[0]
    separator = max((",", ";", "\t"), key=head.count)
    try:
        found = list(csv.reader(io.StringIO(content), delimiter=separator))
    except csv.Error as error:
        raise InvalidInput(_("The file can't be read: %(reason)s.", reason=error)) from error
    if not found:
        raise InvalidInput(_("The file is empty."))
    return found
