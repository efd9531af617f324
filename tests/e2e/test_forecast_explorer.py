"""The explorer in the browser: walking the list by key, tabs that ask when opened, an address that shows it again."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from site_browser import Browser

from callbacks.planner.forecast import Ids


def title(browser: Browser) -> str:
    return browser.find(f"[id='{Ids.title}']").text


def press(browser: Browser, key: str) -> None:
    browser.driver.find_element(By.TAG_NAME, "body").send_keys(key)


def open_tab(browser: Browser, name: str) -> None:
    browser.click_text(name, "a")


def lines(browser: Browser) -> int:
    chart = f"[id='{Ids.chart}'] .scatterlayer .trace"
    return len(browser.driver.find_elements(By.CSS_SELECTOR, chart))


def test_walk_look_try_and_come_back(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("planner")
    browser.open("/demand/forecast")
    browser.wait_for_rows(Ids.rows)
    first = title(browser)

    press(browser, "j")
    browser.wait(lambda: title(browser) != first, "the next series does not show")
    second = title(browser)
    press(browser, "k")
    browser.wait(lambda: title(browser) == first, "the series before does not show")
    browser.type_into(Ids.search, "j" + Keys.TAB)
    assert title(browser) == first, "who types is not walking"
    press(browser, "j")
    browser.wait(lambda: title(browser) == second, "the next series does not show")

    open_tab(browser, "Why")
    browser.wait(lambda: browser.shows("WMAPE there was"), "no reasons")
    browser.wait(lambda: "tab=why" in browser.driver.current_url, "the tab is not in the address")
    browser.open(browser.driver.current_url.removeprefix(browser.url))
    browser.wait(lambda: browser.shows("WMAPE there was"), "no reasons after a reload")
    assert title(browser) == second

    open_tab(browser, "Try")
    before = lines(browser)
    browser.choose(Ids.tried_method, "ses")
    browser.click(Ids.attempt)
    browser.wait(lambda: browser.shows("Nothing is stored: the next run decides"), "nothing tried")
    browser.wait(lambda: lines(browser) == before + 1, "what was tried is not drawn")

    open_tab(browser, "History")
    browser.type_into(Ids.own_note, "Flood in the north")
    browser.click(Ids.annotate)
    browser.wait_for_rows(Ids.annotations, containing="Flood in the north")
    assert browser.errors() == []
    assert browser.overflow() <= 0
