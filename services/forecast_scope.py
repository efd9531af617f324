"""What a forecast run is about: all products, or those that fit what was chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.i18n import _
from data.queries import demand
from models.base import Json

RETIRED = "retired"
LIFE_CYCLES = ("planned", "launch", "active", "phase_out")
MOST_CODES = 1_000
LONGEST_TEXT = 200
_BETWEEN_CODES = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Scope:
    """Every field narrows the run; an empty one does not. ``location`` is a code."""

    category: str = ""
    family: str = ""
    products: tuple[str, ...] = ()
    location: str = ""
    life_cycle: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Scope:
        """From what a browser, the command line or a stored run gives; ``products`` may be one text of codes.

        Inputs: given: values by field name, absent or None where nothing was chosen.
        Returns: Scope.
        Raises: InvalidInput for values that are no texts or too long, and for names of fields that don't exist.
        Source: none; ours.
        """
        unknown = given.keys() - cls.__dataclass_fields__.keys()
        if unknown:
            raise InvalidInput(_("A forecast can't be narrowed by “%(name)s”.", name=min(unknown)))
        texts = {name: _text(name, given.get(name)) for name in ("category", "family", "location", "life_cycle")}
        return cls(**texts, products=_codes(given.get("products")))

    def as_json(self) -> Json:
        """What was chosen only: all products are an empty object."""
        found: Json = {"products": list(self.products)} if self.products else {}
        texts = {name: getattr(self, name) for name in ("category", "family", "location", "life_cycle")}
        return found | {name: value for name, value in texts.items() if value}


@dataclass(frozen=True, slots=True)
class Selected:
    """What a scope stands for now: products (product_id, code, kind, life_cycle) to plan, retired ones counted."""

    products: pd.DataFrame
    location_id: int | None
    retired: int


def selected(session: Session, scope: Scope) -> Selected:
    """The products and the location of a scope, retired products left out.

    Inputs: an open session; the scope.
    Returns: Selected, with at least one product.
    Raises: InvalidInput that names what does not exist, or says that nothing is left.
    Source: none; ours.
    """
    _check_groups(session, scope)
    _check_codes(session, scope.products)
    location_id = _location_id(session, scope.location)
    found = demand.products_to_plan(
        session, category=scope.category, family=scope.family, codes=scope.products, life_cycle=scope.life_cycle
    )
    retired = found["life_cycle"] == RETIRED
    if retired.all():
        raise InvalidInput(
            _("All products chosen are retired.") if len(found) else _("No product fits what was chosen.")
        )
    return Selected(found[~retired], location_id, int(retired.sum()))


def _check_groups(session: Session, scope: Scope) -> None:
    groups = demand.product_groups(session)
    if scope.category and scope.category not in {category for category, _family in groups}:
        raise InvalidInput(_("There is no category “%(name)s”.", name=scope.category))
    if scope.family and scope.family not in {family for _category, family in groups}:
        raise InvalidInput(_("There is no product family “%(name)s”.", name=scope.family))
    if scope.life_cycle and scope.life_cycle not in LIFE_CYCLES:
        raise InvalidInput(
            _(
                "“%(name)s” is no stage of a life cycle that is forecast. Choose one of: %(stages)s.",
                name=scope.life_cycle,
                stages=", ".join(LIFE_CYCLES),
            )
        )


def _location_id(session: Session, code: str) -> int | None:
    if not code:
        return None
    found = next((place for place, known, _name in demand.locations(session) if known == code), None)
    if found is None:
        raise InvalidInput(_("There is no location “%(code)s”.", code=code))
    return found


def _check_codes(session: Session, codes: tuple[str, ...]) -> None:
    unknown = sorted(set(codes) - demand.known_codes(session, codes))
    if unknown:
        shown = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise InvalidInput(_("There is no product with the code: %(codes)s", codes=shown))


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InvalidInput(_("“%(name)s” can't be read.", name=name))
    return value.strip()


def _codes(value: object) -> tuple[str, ...]:
    listed = _BETWEEN_CODES.split(value) if isinstance(value, str) else () if value is None else value
    if not isinstance(listed, list | tuple):
        raise InvalidInput(_("The product codes can't be read."))
    codes = tuple(dict.fromkeys(str(code).strip() for code in listed if str(code).strip()))
    if len(codes) > MOST_CODES:
        raise InvalidInput(_("At most %(count)s product codes; choose a category or a family.", count=MOST_CODES))
    return codes
