"""The demand review in the browser: choose, type, look at a split, give a reason, take back, paste; by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from site_browser import Browser

from callbacks.planner.demand_review import PATH, Ids

PASTE = """
const data = new DataTransfer();
data.setData("text/plain", arguments[0]);
const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
document.activeElement.dispatchEvent(event);
"""


def month(browser: Browser, *, ahead: int) -> str:
    """The field of a month after that of today."""
    heads = browser.driver.find_elements(By.CSS_SELECTOR, f"[id='{Ids.rows}'] .ag-header-cell[col-id^='m2']")
    fields = [str(head.get_attribute("col-id")) for head in heads]
    now = browser.find(f"[id='{Ids.rows}'] .ag-header-cell.review-now").get_attribute("col-id")
    return fields[fields.index(str(now)) + ahead]


def cell(browser: Browser, field: str, *, place: int = 0) -> WebElement:
    """A cell of the consensus of a group as it is now: the grid draws its rows anew."""
    rows = f"[id='{Ids.rows}'] .ag-center-cols-container .ag-row.review-consensus [col-id='{field}']"
    found = browser.wait(lambda: browser.driver.find_elements(By.CSS_SELECTOR, rows)[place:], "no such cell")
    ordered: list[WebElement] = sorted(
        browser.driver.find_elements(By.CSS_SELECTOR, rows), key=lambda element: element.location["y"]
    )
    return ordered[place] if found else found[0]


def figure(browser: Browser, field: str, *, place: int = 0) -> float:
    """What stands there, nan while it is what was typed."""
    text = cell(browser, field, place=place).text.replace(",", "")
    return float(text) if text.replace(".", "").isdecimal() else float("nan")


def wait_for_group(browser: Browser, name: str) -> None:
    names = f"[id='{Ids.rows}'] .ag-pinned-left-cols-container [col-id='group']"
    browser.wait(
        lambda: any(name in found.text for found in browser.driver.find_elements(By.CSS_SELECTOR, names)),
        f"no group {name}",
    )


def press(browser: Browser, *keys: str) -> None:
    browser.driver.switch_to.active_element.send_keys(*keys)


def test_a_planner_reviews_the_plan(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("planner")
    browser.open(f"{PATH}?shown=units")
    wait_for_group(browser, "Beverages")

    browser.find(f"[id='{Ids.product_tree}'] .ag-row[row-id='product:Beverages'] .ag-cell[col-id='name']").click()
    browser.wait(lambda: browser.find(f"[id='{Ids.chart_title}']").text == "Beverages", "the chart does not follow")
    browser.wait(lambda: browser.find(f"[id='{Ids.by}']").get_attribute("value") == "family", "no families")

    browser.choose(Ids.by, "leaf")
    wait_for_group(browser, "BEV-")
    field, after = month(browser, ahead=1), month(browser, ahead=2)
    before = figure(browser, field)
    cell(browser, field).click()
    press(browser, "+1", Keys.ENTER)
    browser.wait(lambda: abs(figure(browser, field) - before - 1) < 1, "what was typed is not there")
    browser.wait(lambda: "review-over" in str(cell(browser, field).get_attribute("class")), "it is not marked")
    press(browser, Keys.CONTROL, "z")
    browser.wait(lambda: figure(browser, field) == before, "it was not taken back")

    cell(browser, field).click()
    block = "\n".join(
        f"{figure(browser, field, place=at):.0f}\t{figure(browser, after, place=at):.0f}" for at in (0, 1)
    )
    browser.driver.execute_script(PASTE, block)
    browser.wait(lambda: browser.shows("4 figures were pasted"), "nothing was pasted")
    cell(browser, field).click()
    browser.driver.execute_script(PASTE, "1\tmany")
    browser.wait(lambda: browser.shows("Nothing was pasted"), "a bad cell was not told")

    browser.choose(Ids.by, "category")
    wait_for_group(browser, "Beverages")
    browser.choose(Ids.shown, "money")
    browser.wait(lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, ".review-panel:not([hidden])")) == 0, "open")
    browser.wait(lambda: figure(browser, field) > 100_000, "no money")
    whole = figure(browser, field)
    cell(browser, field).click()
    press(browser, "+40%", Keys.ENTER)
    browser.wait(lambda: browser.shows("needs a reason"), "no preview")
    assert browser.wait_for_rows(Ids.panel_rows)
    browser.wait(
        lambda: browser.driver.switch_to.active_element.get_attribute("id") == Ids.reason, "the reason is not asked for"
    )
    press(browser, "New listing", Keys.ENTER)
    browser.wait(lambda: abs(figure(browser, field) / whole - 1.4) < 0.01, "the split was not written")
    browser.wait(lambda: not browser.find(f"[id='{Ids.panel}']").is_displayed(), "the panel stays")
    assert browser.errors() == []
    assert browser.overflow() <= 0
