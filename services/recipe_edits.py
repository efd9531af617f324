"""Recipes changed by hand: a line, a component more, a new recipe from a day on, and rolled-up costs as standard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core.errors import InvalidInput, UserError
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import ENTITIES
from data.queries import records as rows
from data.queries.import_matching import lock_for_writing
from data.queries.records import RecordFilters
from services import records
from services.audit import record
from services.form_values import quantity_of
from services.recipe_costs import shared_costs
from services.records import Edit, Saved
from services.records_values import cell_of
from services.records_writing import typed_rows, write

MOST_COSTS = 1_000
DECIMALS = Decimal("0.0001")
COPIED = ("boms", "substitutes")


@dataclass(frozen=True, slots=True)
class CostChange:
    """The standard cost of a product as it is and as it would be; None for what is not known."""

    code: str
    name: str
    old: Decimal | None
    new: Decimal


def save_line(viewer: Viewer, key: Mapping[str, str], *, before: Mapping[str, str], after: Mapping[str, str]) -> Saved:
    """Change a line of a recipe, or the yield of the recipe it belongs to.

    Inputs: a viewer with ``master.edit``; key: product, valid_from and component; before, after: quantity, scrap_share
        or yield_share as texts.
    Returns: Saved.
    Raises: NotAllowed; NotFound; EditRefused with field, value and remedy; Conflict when it was changed meanwhile.
    Source: issue of the data desk, point 7.
    """
    return records.save(viewer, "boms", [Edit(key, before, after)])


def save_cell(viewer: Viewer, key: Mapping[str, str], name: str, *, before: object, after: object) -> str:
    """Change one figure of a line as a grid sends it.

    Inputs: a viewer with ``master.edit``; key: as in save_line; name: quantity or scrap (in per cent); before, after:
        what the cell held and holds.
    Returns: what to tell: that it is saved, or why not, for then the grid has to show the stored figure again.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.MASTER_EDIT)
    try:
        field, old, new = _of_line(name, before, after)
        saved = save_line(viewer, key, before={field: old}, after={field: new})
    except UserError as refused:
        return _("Not saved. %(reason)s", reason=refused.message)
    return _("Saved.") if saved.changed else _("Nothing has changed.")


def add_component(viewer: Viewer, values: Mapping[str, str]) -> Saved:
    """Put a component into a recipe, or begin a recipe with it.

    Inputs: a viewer with ``master.edit``; product, valid_from, component, quantity and scrap_share as texts.
    Returns: Saved.
    Raises: NotAllowed; EditRefused with field, value and remedy, also for what leads back to the product.
    Source: issue of the data desk, point 7.
    """
    return records.create(viewer, "boms", values)


def add_substitute(viewer: Viewer, values: Mapping[str, str]) -> Saved:
    """Let a product stand in for a component of a recipe.

    Inputs: a viewer with ``master.edit``; product, valid_from, component, substitute and factor as texts.
    Returns: Saved.
    Raises: NotAllowed; EditRefused with field, value and remedy.
    Source: issue of the data desk, point 7.
    """
    return records.create(viewer, "substitutes", values)


def share_text(value: object, *, name: str) -> str:
    """A share that was typed in per cent.

    Inputs: value: a number of per cent, or its text; nothing stays nothing; name: what the field is called.
    Returns: the share as text.
    Raises: InvalidInput for what is no number, or not from 0 to 100.
    Source: none; ours.
    """
    if value in (None, ""):
        return ""
    share = quantity_of(value, name=name) / 100
    if not 0 <= share <= 1:
        raise InvalidInput(_("%(name)s: enter 0 to 100 %%.", name=name))
    return str(share)


def begin_recipe(viewer: Viewer, product: str, *, valid_from: date, without: Sequence[str] = ()) -> Saved:
    """A new recipe from a day on: as the one that held until then, less some components. The old one ends by itself.

    Inputs: a viewer with ``master.edit``, a product code, the first day, components that are left out.
    Returns: Saved.
    Raises: NotAllowed; InvalidInput when no recipe holds before that day, one begins on it, or nothing would be left.
    Source: issue of the data desk, point 7: one active recipe per product and day.
    """
    require(viewer, Permission.MASTER_EDIT)
    with session_scope(viewer) as session:
        lock_for_writing(session, "boms")
        old = _day_before(session, product, valid_from)
        copies = {name: _copies(session, name, (product, old), valid_from, without) for name in COPIED}
        if not copies["boms"]:
            raise InvalidInput(_("A recipe needs a component. Set the quantity of the last one to 0 instead."))
        saved = [_created(session, viewer, name, found) for name, found in copies.items() if found]
        record(
            session,
            viewer,
            "recipe.begin",
            subject="boms",
            subject_id=product,
            before={"valid_from": old.isoformat()},
            after={"valid_from": valid_from.isoformat(), "without": list(without)},
        )
    return saved[0]


def cost_changes(viewer: Viewer, codes: Sequence[str], *, on: date) -> list[CostChange]:
    """What the standard costs of products become when the rolled-up costs are used.

    Inputs: a viewer with ``master.read``, product codes (at most 1,000), the day of the recipes.
    Returns: CostChange of those whose cost is known and differs, by code.
    Raises: NotAllowed; InvalidInput for too many.
    Source: analytics.cost_rollup.
    """
    require(viewer, Permission.MASTER_READ)
    if len(codes) > MOST_COSTS:
        raise InvalidInput(_("Choose at most %(count)s products.", count=MOST_COSTS))
    with session_scope(viewer) as session:
        costs = shared_costs(session, viewer, on=on)
    chosen = costs[costs.index.isin(codes) & costs["made"] & costs["total_cost"].notna()]
    found = [
        CostChange(str(code), str(name), None if old != old else _money(old), _money(new))
        for code, name, old, new in zip(
            chosen.index, chosen["name"], chosen["standard_cost"], chosen["total_cost"], strict=True
        )
    ]
    return [change for change in found if change.old != change.new]


def use_as_standard(viewer: Viewer, changes: Sequence[CostChange]) -> Saved:
    """Make rolled-up costs the standard costs of their products.

    Inputs: a viewer with ``master.edit``, the changes as they were shown.
    Returns: Saved.
    Raises: NotAllowed; InvalidInput when there is nothing to change; Conflict when a cost was changed meanwhile.
    Source: issue of the data desk, point 7.
    """
    if not changes:
        raise InvalidInput(_("No standard cost would change."))
    edits = [
        Edit({"code": change.code}, {"unit_cost": cell_of(change.old)}, {"unit_cost": cell_of(change.new)})
        for change in changes
    ]
    return records.save(viewer, "products", edits)


def _of_line(name: str, before: object, after: object) -> tuple[str, str, str]:
    """The field that a column of the grid shows, and its texts."""
    if name == "scrap":
        label = _("Scrap")
        return "scrap_share", share_text(before, name=label) or "0", share_text(after, name=label) or "0"
    label = _("Quantity")
    return "quantity", str(quantity_of(before, name=label)), str(quantity_of(after, name=label))


def _money(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(DECIMALS)


def _day_before(session: Session, product: str, valid_from: date) -> date:
    """The first day of the recipe that holds until the new one begins."""
    days: set[date] = {row["valid_from"] for row in _rows_of(session, "boms", product)}
    if valid_from in days:
        raise InvalidInput(
            _("A recipe of %(code)s begins on %(day)s already: change that one.", code=product, day=day(valid_from))
        )
    earlier = [found for found in days if found < valid_from]
    if not earlier:
        raise InvalidInput(
            _(
                "%(code)s has no recipe before %(day)s. Add its first component instead.",
                code=product,
                day=day(valid_from),
            )
        )
    return max(earlier)


def _rows_of(session: Session, entity: str, product: str) -> list[dict[str, Any]]:
    filters = RecordFilters(fields={"product": {"type": "equals", "filter": product}})
    found = rows.page(session, entity, filters, start=0, end=rows.total(session, entity, filters), sort=())
    return [row for row in found if row["product"] == product]


def _copies(
    session: Session, name: str, old: tuple[str, date], valid_from: date, without: Sequence[str]
) -> list[dict[str, str]]:
    """The rows of an entity that belong to the old recipe, as texts of rows of the new one."""
    product, since = old
    return [
        {field: cell_of(value) for field, value in row.items()} | {"valid_from": valid_from.isoformat()}
        for row in _rows_of(session, name, product)
        if row["valid_from"] == since and row["component"] not in without
    ]


def _created(session: Session, viewer: Viewer, name: str, new: list[dict[str, str]]) -> Saved:
    entity = ENTITIES[name]
    given = [field.name for field in entity.fields]
    typed = typed_rows(session, entity, new, given=given, new=True)
    return write(session, viewer, entity, given=given, mode="insert", stage=partial(rows.stage, rows=typed))
