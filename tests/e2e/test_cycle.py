"""A whole cycle in the browser: from a new month to the published plan, by a planner and an executive."""

from __future__ import annotations

from collections.abc import Callable

from running_site import Site
from selenium.webdriver.common.by import By
from site_browser import Browser
from sqlalchemy import text

from callbacks.planner.cycle import PATH, Ids
from core.clock import today
from data.db import owner_engine
from services.cycle_lock import EXECUTIVE, STEPS

REASON = "Known, and agreed upon"


def test_a_cycle_from_a_new_month_to_the_published_plan(site: Site, signed_in: Callable[[str], Browser]) -> None:
    forget_the_running_cycle()
    browser = signed_in("planner")
    browser.open(PATH)
    browser.click(Ids.start)
    browser.find_text("The cycle has begun")
    for step in STEPS[:-1]:
        accept_what_is_not_met(browser)
        close(browser, step)
        if step == "demand":
            look_at_the_lock(browser)
    accept_what_is_not_met(browser)
    browser.sign_out()

    signed_in("executive")
    browser.open(PATH)
    close(browser, EXECUTIVE)
    assert published() == [("demand", 1), ("supply", 1), ("consensus", 1), ("supply", 2)]
    assert browser.errors() == []


def forget_the_running_cycle() -> None:
    """So that this month can be planned from its first step on, and its plans are numbered from one."""
    with owner_engine().begin() as connection:
        month = {"month": today().replace(day=1)}
        connection.execute(text("delete from sop_cycle where month >= :month"), month)
        connection.execute(text("delete from plan_version where first_period >= :month"), month)


def accept_what_is_not_met(browser: Browser) -> None:
    """At the step that is open."""
    browser.open(PATH)
    browser.find(f"#{Ids.close}")
    while waiting := open_items(browser):
        browser.type_into(Ids.accept_reason, REASON)
        browser.click(Ids.accept)
        browser.wait(lambda: open_items(browser) != waiting, "the item was not accepted")


def open_items(browser: Browser) -> list[str]:
    """What can be accepted."""
    options = browser.driver.find_elements(By.CSS_SELECTOR, f"#{Ids.item} option:not([disabled])")
    return [str(option.get_attribute("value")) for option in options]


def close(browser: Browser, step: str) -> None:
    browser.click(Ids.close)
    browser.find_text("Closed. Who owns the next step was told.")
    assert state_of(step) == "closed"


def look_at_the_lock(browser: Browser) -> None:
    """The pages of a closed step say what was published."""
    browser.open("/demand/forecast")
    assert "Published:" in browser.find(".step-lock").text


def state_of(step: str) -> str:
    with owner_engine().connect() as connection:
        statement = text(
            "select s.status from sop_step s join sop_cycle c on c.id = s.cycle_id "
            "where s.step = :step order by c.month desc limit 1"
        )
        return str(connection.execute(statement, {"step": step}).scalar_one())


def published() -> list[tuple[str, int]]:
    """Plans of the newest cycle, in the order in which they were published."""
    with owner_engine().connect() as connection:
        found = connection.execute(
            text("select kind, number from plan_version where cycle_id = (select max(id) from sop_cycle) order by id")
        )
        return [(str(kind), int(number)) for kind, number in found]
