"""The page registry: where a page is, what right it needs and where it stands in the navigation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import dash

from core.ids import page_prefix
from core.permissions import Permission
from core.viewer import Viewer


class Area(StrEnum):
    """The parts of the navigation, in their order."""

    OVERVIEW = "Overview"
    SOP = "S&OP"
    DEMAND = "Demand"
    INVENTORY = "Inventory"
    SUPPLY = "Supply"
    DATA = "Data"
    PORTAL = "Orders"
    PORTAL_PLANNING = "Planning"
    PORTAL_QUALITY = "Quality and documents"
    PORTAL_COMPANY = "Company"
    ADMINISTRATION = "Administration"
    ACCOUNT = "Account"  # reached from the user menu, not listed


@dataclass(frozen=True, slots=True)
class Page:
    """One registered page."""

    module: str
    path: str
    name: str
    permission: Permission
    area: Area
    order: int
    in_navigation: bool

    @property
    def prefix(self) -> str:
        return page_prefix(self.module)


_PAGES: dict[str, Page] = {}


def register_page(
    module: str,
    *,
    permission: Permission,
    name: str,
    area: Area,
    order: int,
    path: str,
    description: str,
    in_navigation: bool = True,
) -> None:
    """Register a page with Dash and, in the same breath, the right that opens it.

    There are no path variables: Dash lets the query override them (security.md M6). Filters live in the query.
    """
    _PAGES[module] = Page(module, path, name, permission, area, order, in_navigation)
    dash.register_page(
        module,
        path=path,
        name=name,
        title=f"{name} · Tandem",
        description=description,
        order=order,
    )


def pages() -> list[Page]:
    """All pages in the order of the navigation."""
    areas = list(Area)
    return sorted(_PAGES.values(), key=lambda page: (areas.index(page.area), page.order, page.name))


def page_at(path: str) -> Page | None:
    """The page that a browser path opens."""
    wanted = path.rstrip("/") or "/"
    return next((page for page in _PAGES.values() if page.path == wanted), None)


def navigation(viewer: Viewer) -> dict[Area, list[Page]]:
    """What this viewer may open, by area."""
    result: dict[Area, list[Page]] = {}
    for page in pages():
        if page.in_navigation and viewer.may(page.permission):
            result.setdefault(page.area, []).append(page)
    return result


def home_path(viewer: Viewer) -> str:
    """The page a viewer starts on."""
    return next((page.path for listed in navigation(viewer).values() for page in listed), "/account")
