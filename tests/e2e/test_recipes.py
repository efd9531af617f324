"""Recipes in the browser: the tree opens and closes by key, a quantity is changed in place, costs become standard."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from site_browser import Browser

from callbacks.planner.recipes import Ids


def parts(browser: Browser) -> list[str]:
    cells = browser.driver.find_elements(By.CSS_SELECTOR, f"[id='{Ids.tree}'] .ag-cell[col-id='component']")
    return [str(cell.id) for cell in cells]


def cell(browser: Browser, way: str, column: str) -> WebElement:
    """A cell of the tree as it is now: the grid draws its rows anew."""
    return browser.driver.find_element(
        By.CSS_SELECTOR, f"[id='{Ids.tree}'] .ag-row[row-id^='{way}@'] [col-id='{column}']"
    )


def test_look_close_change_and_use(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("planner")
    browser.open("/data/recipes?product=RTE-003&quantity=100")
    browser.wait_for_rows(Ids.rows)
    browser.wait(lambda: len(parts(browser)) == 8, "not all parts are there")
    cell(browser, "RTE-003/SEM-001", "component").click()
    browser.wait(lambda: len(parts(browser)) == 5, "the part does not close")
    cell(browser, "RTE-003/SEM-001", "component").send_keys(Keys.ARROW_RIGHT)
    browser.wait(lambda: len(parts(browser)) == 8, "the part does not open by key")

    before = browser.find(f"[id='{Ids.facts}']").text
    cell(browser, "RTE-003/RAW-003", "quantity").click()
    cell(browser, "RTE-003/RAW-003", "quantity").send_keys(Keys.ENTER)
    editor = browser.find(f"[id='{Ids.tree}'] .ag-cell-inline-editing input")
    editor.send_keys(Keys.CONTROL, "a")
    editor.send_keys("0.12", Keys.ENTER)
    browser.wait(lambda: browser.shows("Saved."), "the quantity is not saved")
    browser.wait(lambda: browser.find(f"[id='{Ids.facts}']").text != before, "the cost does not follow")

    browser.click(Ids.compare)
    browser.wait(lambda: browser.shows("1 of 1 products get another standard cost"), "no preview")
    browser.click(Ids.use_standard)
    browser.wait(lambda: browser.shows("1 standard costs are saved"), "the cost is not saved")
    assert browser.errors() == []
    assert browser.overflow() <= 0
