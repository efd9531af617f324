"""Master data in the browser: a cell edited and found in the history, two people on one cell, many rows, a new row."""

from __future__ import annotations

from collections.abc import Callable

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from site_browser import Browser
from sqlalchemy import text

from callbacks.planner.records import Ids
from data.db import owner_engine


def test_master_data(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("planner")
    browser.open("/data/records?entity=suppliers")
    code = first_code(browser)
    named = str(stored("name", code))

    type_into_cell(browser, "name", "Pembekal Ujian")
    browser.find_text(f"Saved: {code}")
    assert stored("name", code) == "Pembekal Ujian"
    browser.click(Ids.undo)
    browser.find_text("Undone: 1 row")
    assert stored("name", code) == named
    browser.wait_for_rows(Ids.rows, containing=named)
    type_into_cell(browser, "name", "Pembekal Ujian")
    browser.find_text(f"Saved: {code}")
    browser.select_row(Ids.rows, containing=code)
    browser.click(Ids.log)
    browser.find_text(f"History of {code}")
    browser.find_text("by hand")

    edited_elsewhere(code, "Somebody else's name")
    type_into_cell(browser, "name", "Too late")
    browser.find_text("changed it from", "div")
    assert stored("name", code) == "Somebody else's name"
    browser.wait_for_rows(Ids.rows, containing="Somebody else's name")

    change_all_together(browser)
    add_wrong_and_then_right(browser)
    assert browser.errors() == []


def change_all_together(browser: Browser) -> None:
    browser.open("/data/records?entity=suppliers")
    browser.wait_for_rows(Ids.rows, containing="Somebody else's name")
    browser.click(Ids.change)
    browser.choose(Ids.field, "country")
    value = browser.find(f"input[id*='{Ids.value}']")
    value.send_keys("Negara Ujian")
    browser.click(Ids.apply)
    browser.wait(lambda: browser.shows("rows changed"), "not told how many rows were changed")
    with owner_engine().connect() as connection:
        assert connection.scalars(text("select distinct country from supplier")).all() == ["Negara Ujian"]
    browser.wait_for_rows(Ids.rows, containing="Negara Ujian")


def add_wrong_and_then_right(browser: Browser) -> None:
    browser.click(Ids.new)
    form_input(browser, "code").send_keys("S-UJIAN")
    browser.click(Ids.save_new)
    browser.wait(lambda: browser.find(".field-error:not(:empty)"), "no fault is shown beside its field")
    assert "empty" in browser.find(".field-error:not(:empty)").text
    form_input(browser, "name").send_keys("Pembekal Baharu")
    browser.click(Ids.save_new)
    browser.find_text("Added: S-UJIAN")
    assert stored("name", "S-UJIAN") == "Pembekal Baharu"


def form_input(browser: Browser, field: str) -> WebElement:
    return browser.find(f"""input[id*='"{field}"'][id*='{Ids.new_value}']""")


def first_code(browser: Browser) -> str:
    browser.wait_for_rows(Ids.rows, containing="S")
    return str(cell(browser, "code").text)


def type_into_cell(browser: Browser, field: str, value: str) -> None:
    """As people do it by keyboard: Enter, the value, Enter."""
    cell(browser, field).click()
    cell(browser, field).send_keys(Keys.ENTER)
    editor = browser.find(f"[id='{Ids.rows}'] .ag-cell-inline-editing input")
    editor.send_keys(Keys.CONTROL, "a")
    editor.send_keys(value, Keys.ENTER)


def cell(browser: Browser, field: str) -> WebElement:
    return browser.find(f"[id='{Ids.rows}'] .ag-row[row-index='0'] .ag-cell[col-id='{field}']")


def stored(column: str, code: str) -> object:
    with owner_engine().connect() as connection:
        return connection.scalar(text(f"select {column} from supplier where code = :code"), {"code": code})


def edited_elsewhere(code: str, name: str) -> None:
    """A colleague changes the row, as the same service does it for them."""
    from services import accounts, records
    from services.records import Edit

    records.save(accounts.operator(), "suppliers", [Edit({"code": code}, after={"name": name})])
