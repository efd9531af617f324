"""Component ids, derived from the module that owns them: no id is written twice, none can clash."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any

SEPARATOR = "--"


class PageIds:
    """Base of the ``Ids`` class of a callbacks module.

    ``class Ids(PageIds): family: str`` in ``callbacks/planner/demand_review.py`` gives
    ``Ids.family == "planner-demand-review--family"``. Names that two pages share may stand in a base of both.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        prefix = page_prefix(cls.__module__)
        for name in {name for base in cls.__mro__ for name in get_annotations(base)}:
            setattr(cls, name, f"{prefix}{SEPARATOR}{name.replace('_', '-')}")


def page_prefix(module: str) -> str:
    """The prefix shared by a page and its callbacks: the module path below ``pages`` or ``callbacks``."""
    return "-".join(module.split(".")[1:]).replace("_", "-")


def prefix_of(component_id: str | dict[str, Any]) -> str:
    """The page prefix of a component id; of a pattern-matching id, that of its ``type``."""
    name = component_id.get("type", "") if isinstance(component_id, dict) else component_id
    return str(name).partition(SEPARATOR)[0] if SEPARATOR in str(name) else ""
