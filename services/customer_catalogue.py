"""What a customer may buy, in which units and at what price, and the basket that it puts together of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInput, UserError
from core.i18n import _, counted, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_ordering as rows
from services.download_list import DownloadList, Query, Rows
from services.form_values import calendar_day, quantity_of, row_id, shown_quantity
from services.partners import partner_scope

MOST_LINES = 100
# Who asks for far more than it ever bought would read our stock out of the answer.
TIMES_THE_LARGEST = 10
LARGEST_FIRST_ORDER = Decimal(1000)
MOST_PASTED = 100_000
PROBLEMS_TOLD = 5
COLUMNS = ("code", "quantity", "unit", "wanted_on", "name", "price")
PASTED = COLUMNS[:4]


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue. ``price`` for one ``uom``, None where nothing is agreed; ``packs`` are base units by
    the code of the unit, the base unit among them; ``most`` is what the portal answers for at once."""

    id: int
    code: str
    name: str
    uom: str
    price: Decimal | None
    packs: Mapping[str, Decimal]
    location_id: int | None
    last_ordered_on: date | None
    usual_quantity: Decimal | None
    most: Decimal


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One wish: ``count`` of ``unit``, which is ``quantity`` in the base unit."""

    product: Product
    count: Decimal
    unit: str
    wanted_on: date

    @property
    def quantity(self) -> Decimal:
        return self.count * self.product.packs[self.unit]

    @property
    def value(self) -> Decimal | None:
        return None if self.product.price is None else self.product.price * self.quantity


def catalogue(viewer: Viewer) -> list[Product]:
    """What the viewer's company may buy: products it has a price of its own for, or has ordered before.

    Inputs: a customer.
    Returns: products by code, at the prices of today.
    Raises: NotAllowed without ``portal.customer.ordering``.
    Source: screens.md 18; never costs, margins, or what others pay.
    """
    with partner_scope(viewer, Permission.CUSTOMER_ORDERING) as session:
        return products(session)


def products(session: Session) -> list[Product]:
    """The same in an open session of a customer.

    Inputs: a customer's session.
    Returns: products by code.
    Raises: nothing of its own.
    Source: models.prices: what is agreed with a customer goes before its channel, that before the standard.
    """
    found = rows.catalogue(session, day=today())
    largest = max((row.largest_quantity for row in found if row.largest_quantity), default=LARGEST_FIRST_ORDER)
    return [_product(row, largest) for row in found]


def basket(known: Sequence[Product], lines: object) -> list[BasketLine]:
    """The lines that a browser holds, checked.

    Inputs: the customer's catalogue; dictionaries of product_id, count, unit and wanted_on.
    Returns: lines.
    Raises: InvalidInput naming line, column, value and remedy; a product of others is answered like one there is not.
    Source: security.md B02.
    """
    given = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    if not given:
        raise InvalidInput(_("The basket is empty. Add a product, or paste lines."))
    if len(given) > MOST_LINES:
        raise InvalidInput(_("An order has at most %(most)s lines. Split it.", most=MOST_LINES))
    by_id = {product.id: product for product in known}
    return [_line(by_id, line, number) for number, line in enumerate(given, start=1)]


def line_of(viewer: Viewer, *, product_id: object, count: object, unit: object, wanted_on: object) -> BasketLine:
    """One line that somebody typed.

    Inputs: a customer; what the form holds.
    Returns: the line.
    Raises: NotAllowed; InvalidInput that names the field.
    Source: none; ours.
    """
    typed = {"product_id": product_id, "count": count, "unit": unit, "wanted_on": wanted_on}
    return _basket_line({product.id: product for product in catalogue(viewer)}, typed)


def pasted(viewer: Viewer, content: object) -> list[BasketLine]:
    """Lines from a spreadsheet or a CSV file: all of them, or every bad cell is told.

    Inputs: a customer; text with the columns code, quantity, unit, wanted_on (a header may give them in any order;
        a unit left out is the base unit; rows without a quantity are passed over), divided by tab, semicolon or comma.
    Returns: lines.
    Raises: NotAllowed; InvalidInput that names row, column, value and remedy.
    Source: screens.md 19: the download is the layout of the upload.
    """
    known = {product.code.casefold(): product for product in catalogue(viewer)}
    text = content if isinstance(content, str) else ""
    if len(text) > MOST_PASTED:
        raise InvalidInput(_("That is more than an order holds. Paste at most %(most)s lines.", most=MOST_LINES))
    found, problems = [], []
    for number, cells in _cells(text):
        if cells["quantity"] == "":
            continue
        try:
            found.append(_pasted_line(known, cells))
        except UserError as error:
            problems.append(_("Row %(row)s: %(problem)s", row=number, problem=error))
    if problems:
        more = len(problems) - PROBLEMS_TOLD
        told = problems[:PROBLEMS_TOLD]
        if more > 0:
            told.append(counted("And %(count)s more bad row.", "And %(count)s more bad rows.", more))
        raise InvalidInput("\n".join([_("Nothing was taken over."), *told]))
    if not found:
        raise InvalidInput(_("There is no line with a quantity. Paste code, quantity, unit and wanted date."))
    if len(found) > MOST_LINES:
        raise InvalidInput(_("An order has at most %(most)s lines. Split it.", most=MOST_LINES))
    return found


def _product(row: Any, largest: Decimal) -> Product:
    packs = {row.uom: Decimal(1)} | {pack["unit"]: Decimal(str(pack["base_units"])) for pack in row.packs}
    return Product(
        id=row.product_id,
        code=row.code,
        name=row.name,
        uom=row.uom,
        price=row.price,
        packs=packs,
        location_id=row.location_id,
        last_ordered_on=row.last_ordered_on,
        usual_quantity=row.usual_quantity,
        most=TIMES_THE_LARGEST * max(row.largest_quantity or largest, *packs.values()),
    )


def _line(by_id: Mapping[int, Product], line: Mapping[str, Any], number: int) -> BasketLine:
    try:
        return _basket_line(by_id, line)
    except UserError as error:
        raise InvalidInput(_("Line %(number)s: %(problem)s", number=number, problem=error)) from error


def _basket_line(by_id: Mapping[int, Product], line: Mapping[str, Any]) -> BasketLine:
    product = by_id.get(row_id(line.get("product_id")))
    if product is None:
        raise InvalidInput(_("Product: it is not in your catalogue. Choose one of the list."))
    unit = line.get("unit") or product.uom
    if not isinstance(unit, str) or unit not in product.packs:
        raise InvalidInput(_("Unit: %(code)s is sold in %(units)s.", code=product.code, units=", ".join(product.packs)))
    count = quantity_of(line.get("count"), name=_("Quantity"))
    if count <= 0:
        raise InvalidInput(_("Quantity: enter more than 0."))
    found = BasketLine(product, count, unit, calendar_day(line.get("wanted_on"), name=_("Wanted on")))
    if found.wanted_on < today():
        raise InvalidInput(_("Wanted on: %(day)s is past.", day=day(found.wanted_on)))
    if found.quantity > product.most:
        raise InvalidInput(
            _(
                "Quantity: %(quantity)s %(uom)s of %(code)s is far more than you ever ordered. Check the unit; "
                "for more than %(most)s write us a message.",
                quantity=shown_quantity(found.quantity),
                uom=product.uom,
                code=product.code,
                most=shown_quantity(product.most),
            )
        )
    return found


def _cells(text: str) -> list[tuple[int, dict[str, str | None]]]:
    """Rows with their numbers; a header is known by the name of its code column. None stands for a cell that a row is
    too short to have."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    head = lines[0] if lines else ""
    separator = max(("\t", ";", ","), key=head.count)
    try:
        table = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    except csv.Error as error:
        raise InvalidInput(_("The lines can't be read: %(reason)s.", reason=error)) from error
    names = [name.strip().casefold() for name in table[0]] if table else []
    headed = "code" in names
    places = {name: names.index(name) if name in names else -1 for name in PASTED}
    if not headed:
        places = {name: place for place, name in enumerate(PASTED)}
    first = 1 if headed else 0
    return [
        (number, {name: _cell(row, at) for name, at in places.items()})
        for number, row in enumerate(table[first:], start=first + 1)
    ]


def _cell(row: list[str], at: int) -> str | None:
    if at < 0:
        return ""
    return row[at].strip() if at < len(row) else None


def _pasted_line(known: Mapping[str, Product], cells: Mapping[str, str | None]) -> BasketLine:
    code, count = cells["code"] or "", cells["quantity"]
    if count is None:
        raise InvalidInput(
            _(
                "quantity: “%(value)s” ends before it. Divide all rows by the same tab, semicolon or comma.",
                value=code[:40],
            )
        )
    product = known.get(code.casefold())
    if product is None:
        raise InvalidInput(
            _("code “%(value)s”: it is not in your catalogue. Use a code of the download.", value=code[:40])
        )
    typed = {
        "product_id": product.id,
        "count": count.replace(",", ""),
        "unit": cells["unit"],
        "wanted_on": cells["wanted_on"],
    }
    return _basket_line({product.id: product}, typed)


def _form(viewer: Viewer, _query: Query) -> Rows:
    for product in catalogue(viewer):
        yield [product.code, None, product.uom, None, product.name, product.price]


LISTS = {"customer-catalogue": DownloadList(Permission.CUSTOMER_ORDERING, COLUMNS, _form)}
