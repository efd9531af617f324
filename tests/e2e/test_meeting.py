"""A review led with the keyboard: through the agenda, a decision, and out again to where it is listed."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from site_browser import Browser
from sqlalchemy import text

from callbacks.planner.meeting import Ids
from data.db import owner_engine


def press(browser: Browser, *keys: str) -> None:
    ActionChains(browser.driver).send_keys(*keys).perform()


def title(browser: Browser) -> str:
    return browser.driver.find_element(By.ID, Ids.title).text


def test_a_meeting_is_led_by_keys_and_its_decision_is_listed(signed_in: Callable[[str], Browser]) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("insert into sop_cycle (month) values ('2031-03-01')"))
    browser = signed_in("executive")
    browser.open("/sop/meeting?cycle=2031-03")
    browser.wait(lambda: title(browser) == "Last decisions", "the first item is not shown")
    assert not browser.driver.find_element(By.CSS_SELECTOR, ".sidebar").is_displayed()
    press(browser, Keys.ARROW_RIGHT)
    browser.wait(lambda: title(browser) == "Key figures", "the arrow does not go on")
    browser.find(".meeting .indicator")
    press(browser, Keys.ARROW_LEFT)
    browser.wait(lambda: title(browser) == "Last decisions", "the arrow does not go back")

    press(browser, "d")
    press(browser, "Second shift from May")
    browser.click(Ids.write)
    browser.wait(lambda: browser.shows("Written down: Second shift from May"), "the decision is not written")
    press(browser, Keys.ESCAPE)
    browser.wait(lambda: browser.driver.current_url.endswith("/sop/executive"), "Escape does not leave")
    browser.open("/sop/decisions?show=open")
    browser.find_text("Second shift from May")
    assert browser.errors() == []
