"""The data desk in the browser: a file with a fault → its error file → corrected → imported → taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from running_site import Site
from site_browser import Browser
from sqlalchemy import text

from callbacks.planner.imports import Ids as Imports
from data.db import owner_engine

LONG = 60  # seconds for work done by the worker
NEW_COST = 77.25


def test_from_a_rejected_row_to_the_undo(site: Site, signed_in: Callable[[str], Browser], tmp_path: Path) -> None:
    browser = signed_in("analyst")
    code, cost = product()
    file = tmp_path / "products.csv"
    rows = (f"{code},Renamed by a file,paper,{NEW_COST}", f"NEW-{code},New by a file,finished,1.5")
    file.write_text("\n".join(("Product code,Name,Kind,Unit cost", *rows)))
    send(browser, file, entity="transactions")
    browser.click(Imports.switch)  # the columns are those of products, and the page says so
    browser.find_text("Shelf life in days")
    check(browser)
    browser.wait_for_rows(Imports.rows, containing="paper")
    browser.click(Imports.commit)
    browser.find_text("1 row is rejected")

    corrected = tmp_path / "corrected.csv"
    corrected.write_text(error_file(browser).replace("paper", "finished"))
    send(browser, corrected, entity="products")
    check(browser)
    browser.wait_for_rows(Imports.differences, containing="Renamed by a file")
    browser.click(Imports.commit)
    browser.wait(lambda: browser.shows("Undo this import"), "not imported", LONG)
    assert product(code) == (code, NEW_COST)

    browser.click(Imports.undo)
    browser.wait(lambda: browser.shows("Taken back"), "not undone", LONG)
    assert product(code) == (code, cost)
    assert browser.errors() == []


def send(browser: Browser, file: Path, *, entity: str) -> None:
    browser.open(f"/data/import?entity={entity}")
    browser.find("#upload-file").send_keys(str(file))
    browser.find(f"[id='{Imports.check}']")  # the page of the import opens by itself


def check(browser: Browser) -> None:
    browser.click(Imports.check)
    browser.wait(lambda: browser.shows("Dry run"), "no dry run", LONG)


def error_file(browser: Browser) -> str:
    """The rejected rows, as the link on the page gives them."""
    link = browser.find("a[href$='/errors/rejected.csv']").get_attribute("href")
    found = browser.driver.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.text()).then(done)", link
    )
    return str(found)


def product(code: str = "") -> tuple[str, float]:
    """A finished product and its cost."""
    wanted = "code = :code" if code else "kind = 'finished' and unit_cost is not null"
    with owner_engine().connect() as connection:
        statement = text(f"select code, unit_cost::float from product where {wanted} order by code limit 1")
        found = connection.execute(statement, {"code": code}).one()
    return str(found.code), float(found.unit_cost)
