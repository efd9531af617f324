"""Each role signs in and sees its own pages, and only those."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selenium.webdriver.common.by import By
from site_browser import Browser

READABLE_BY_ALL_INSIDE = {
    "/",
    "/inbox",
    "/demand/review",
    "/demand/forecast",
    "/demand/forecast-runs",
    "/demand/accuracy",
    "/demand/sales",
    "/demand/order-lines",
    "/demand/overrides",
    "/demand/calendar",
    "/sop/cycle",
    "/sop/executive",
    "/sop/decisions",
    "/demand/value-added",
    "/sop/versions",
    "/inventory/positions",
    "/inventory/item",
    "/inventory/proposals",
    "/inventory/classes",
    "/inventory/expiry",
    "/inventory/policies",
    "/inventory/rules",
    "/inventory/budget",
    "/inventory/buffers",
    "/inventory/stock",
    "/inventory/halal",
    "/inventory/counts",
    "/inventory/picks",
    "/inventory/network",
    "/demand/life-cycle",
    "/sop/consensus",
    "/sop/aop",
    "/sop/gap",
    "/sop/risks",
    "/supply/plan",
    "/supply/mps",
    "/supply/promise",
    "/supply/buy-list",
    "/supply/transfers",
    "/supply/capacity",
    "/supply/limits",
    "/supply/levels",
    "/supply/path",
    "/supply/scenarios",
    "/supply/production",
    "/supply/purchase-orders",
    "/supply/review-queue",
    "/supply/partner-requests",
    "/supply/messages",
    "/data/export",
    "/data/health",
    "/data/recipes",
    "/data/records",
}
FOR_IMPORTERS = {"/data/import", "/demand/forecast-file"}
PAGES = {
    "planner": READABLE_BY_ALL_INSIDE | FOR_IMPORTERS,
    "executive": READABLE_BY_ALL_INSIDE,
    "analyst": READABLE_BY_ALL_INSIDE | FOR_IMPORTERS,
    "sales": READABLE_BY_ALL_INSIDE,
    "marketing": READABLE_BY_ALL_INSIDE,
    "finance": READABLE_BY_ALL_INSIDE,
    "admin": {
        *("/", "/data/import", "/data/export", "/data/health", "/data/recipes", "/data/records"),
        *("/admin/people", "/admin/jobs", "/admin/audit", "/supply/partner-requests"),
        "/supply/messages",
    },
    "supplier": {"/portal/messages", "/portal/supplier/orders"},
    "customer": {
        "/portal/messages",
        "/portal/customer/new-order",
        "/portal/customer/orders",
        "/portal/customer/forecast",
        "/portal/customer/promotions",
    },
    "oem": {"/portal/messages", "/portal/oem/production-orders", "/portal/oem/demand"},
}
ALL_PAGES = set().union(*PAGES.values())
# Those with the pages of another role open a few of them; tests/web/test_matrix.py asks for every page as everybody.
LIKE_ANOTHER = ("analyst", "sales", "marketing", "finance")


def one_of_each_area(paths: set[str]) -> list[str]:
    return list({path.split("/")[1]: path for path in sorted(paths)}.values())


def linked_pages(browser: Browser) -> set[str]:
    links = browser.driver.find_elements(By.CSS_SELECTOR, ".sidebar a")
    return {str(link.get_attribute("href")).removeprefix(browser.url) for link in links}


@pytest.mark.parametrize("role", PAGES)
def test_each_role_signs_in_and_opens_every_page_of_its_own(role: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(role)
    browser.find("h1")
    assert linked_pages(browser) == PAGES[role]
    opened = one_of_each_area(PAGES[role]) if role in LIKE_ANOTHER else sorted(PAGES[role])
    for path in [*opened, "/account", "/help"]:
        browser.open(path)
        assert not browser.shows("can't be shown"), path
        assert not browser.shows("Nothing here"), path
    assert browser.errors() == []


@pytest.mark.parametrize("role", PAGES)
def test_typed_address_of_a_foreign_page_is_refused(role: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(role)
    for path in one_of_each_area(ALL_PAGES - PAGES[role] - {"/"}):
        browser.open(path)
        assert browser.find(".error-status").text == "403", path


def test_signing_out_closes_the_pages(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("planner")
    browser.find("h1")
    browser.sign_out()
    browser.driver.get(f"{browser.url}/inventory/positions")
    assert "/login" in browser.driver.current_url


@pytest.mark.parametrize("role", sorted(set(PAGES) - {"executive", *LIKE_ANOTHER}))
def test_phone_shows_every_page_without_sideways_scrolling(role: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(role)
    browser.driver.set_window_size(390, 844)
    for path in sorted(PAGES[role]):
        browser.open(path)
        assert browser.overflow() <= 0, path
