"""Each role signs in and sees its own pages, and only those."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selenium.webdriver.common.by import By
from site_browser import Browser

READABLE_BY_ALL_INSIDE = {
    "/",
    "/data/export",
    "/data/health",
    "/data/recipes",
    "/data/records",
    "/demand/accuracy",
    "/demand/calendar",
    "/demand/forecast",
    "/demand/forecast-runs",
    "/demand/life-cycle",
    "/demand/order-lines",
    "/demand/overrides",
    "/demand/review",
    "/demand/sales",
    "/demand/value-added",
    "/inbox",
    "/inventory/budget",
    "/inventory/buffers",
    "/inventory/classes",
    "/inventory/counts",
    "/inventory/expiry",
    "/inventory/halal",
    "/inventory/item",
    "/inventory/network",
    "/inventory/picks",
    "/inventory/policies",
    "/inventory/positions",
    "/inventory/proposals",
    "/inventory/rules",
    "/inventory/stock",
    "/sop/aop",
    "/sop/consensus",
    "/sop/cycle",
    "/sop/decisions",
    "/sop/executive",
    "/sop/gap",
    "/sop/risks",
    "/sop/versions",
    "/supply/buy-list",
    "/supply/capacity",
    "/supply/document-requests",
    "/supply/goods-receipt",
    "/supply/invoices",
    "/supply/levels",
    "/supply/limits",
    "/supply/messages",
    "/supply/mps",
    "/supply/oem-materials",
    "/supply/partner-requests",
    "/supply/path",
    "/supply/plan",
    "/supply/production",
    "/supply/promise",
    "/supply/purchase-orders",
    "/supply/returns",
    "/supply/review-queue",
    "/supply/scenarios",
    "/supply/scorecards",
    "/supply/supplier-agreements",
    "/supply/supplier-quality",
    "/supply/transfers",
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
        "/",
        "/admin/api-keys",
        "/admin/audit",
        "/admin/jobs",
        "/admin/mail",
        "/admin/partners",
        "/admin/people",
        "/admin/webhooks",
        "/data/export",
        "/data/health",
        "/data/import",
        "/data/recipes",
        "/data/records",
        "/supply/document-requests",
        "/supply/messages",
        "/supply/oem-materials",
        "/supply/partner-requests",
        "/supply/returns",
        "/supply/scorecards",
        "/supply/supplier-quality",
    },
    "supplier": {
        "/portal",
        "/portal/activity",
        "/portal/messages",
        "/portal/people",
        "/portal/supplier/capacity",
        "/portal/supplier/documents",
        "/portal/supplier/edi",
        "/portal/supplier/forecast",
        "/portal/supplier/invoices",
        "/portal/supplier/orders",
        "/portal/supplier/quality",
        "/portal/supplier/scorecard",
        "/portal/supplier/shipments",
        "/portal/supplier/stock",
        "/portal/webhooks",
    },
    "customer": {
        "/portal",
        "/portal/activity",
        "/portal/customer/forecast",
        "/portal/customer/new-order",
        "/portal/customer/orders",
        "/portal/customer/promotions",
        "/portal/customer/returns",
        "/portal/customer/service",
        "/portal/messages",
        "/portal/people",
        "/portal/webhooks",
    },
    "oem": {
        "/portal",
        "/portal/activity",
        "/portal/messages",
        "/portal/oem/changes",
        "/portal/oem/demand",
        "/portal/oem/materials",
        "/portal/oem/production-orders",
        "/portal/oem/quality",
        "/portal/oem/risks",
        "/portal/people",
        "/portal/webhooks",
    },
}
ALL_PAGES = set().union(*PAGES.values())
# Those with the pages of another role open a few of them; tests/web/test_matrix.py asks for every page as everybody.
LIKE_ANOTHER = ("executive", "analyst", "sales", "marketing", "finance")
# The planner's many pages are opened by the test of the phone, one of each area here.
ON_A_PHONE = sorted(set(PAGES) - set(LIKE_ANOTHER))


def one_of_each_area(paths: set[str]) -> list[str]:
    return list({path.split("/")[1]: path for path in sorted(paths)}.values())


def linked_pages(browser: Browser) -> set[str]:
    links = browser.driver.find_elements(By.CSS_SELECTOR, ".sidebar a")
    return {str(link.get_attribute("href")).removeprefix(browser.url) for link in links}


@pytest.mark.parametrize("role", PAGES)
def test_each_role_signs_in_and_finds_its_own_pages(role: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(role)
    browser.find("h1")
    assert linked_pages(browser) == PAGES[role]
    for path in [*one_of_each_area(PAGES[role]), "/account", "/help"]:
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


@pytest.mark.parametrize("role", ON_A_PHONE)
def test_phone_shows_every_page_without_sideways_scrolling(role: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(role)
    browser.driver.set_window_size(390, 844)
    for path in sorted(PAGES[role]):
        browser.open(path)
        assert not browser.shows("can't be shown"), path
        assert not browser.shows("Nothing here"), path
        assert browser.overflow() <= 0, path
    assert browser.errors() == []
