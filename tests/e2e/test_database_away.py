"""The database stops while a page is open: the reader is told, nothing is lost, and it goes on by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import migrate, pointed_at
from running_site import Site, free_port
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select
from site_browser import Browser

from data import embedded
from services.demo import load_demo


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[tuple[Site, int]]:
    """A site on a PostgreSQL of its own, and the process id of that PostgreSQL."""
    server = embedded.start(tmp_path / "postgres", durable=False)
    try:
        with pointed_at(server.app_url, server.owner_url, tmp_path):
            migrate(tmp_path / "migrations.lock")
            load_demo("small")
            running = Site(f"http://127.0.0.1:{free_port()}", tmp_path)
            running.start_web()
            running.start_worker()
            try:
                running.wait_until_ready()
                yield running, server.pid
            finally:
                running.kill_all()
    finally:
        if embedded.stop(tmp_path / "postgres"):
            embedded.remove(tmp_path / "postgres")


def test_page_tells_and_recovers_by_itself(own_site: tuple[Site, int], dash_br: Any, tmp_path: Path) -> None:
    site, postgres = own_site
    browser = Browser(dash_br, site.url)
    browser.sign_in("planner@demo.tandem.example", os.environ["TANDEM_DEMO_PASSWORD"])
    browser.find("h1")
    os.kill(postgres, signal.SIGQUIT)  # "immediate": as after a power cut

    shown = browser.find("main select")
    Select(shown).select_by_index(1)
    browser.find_text("can't reach its database")

    browser.driver.execute_script("window.open('/inventory/positions', 'second')")
    browser.driver.switch_to.window(browser.driver.window_handles[-1])
    assert browser.find(".error-status").text == "503"

    embedded.start(tmp_path / "postgres", durable=False)
    browser.find_text("Positions", "h1")
    browser.driver.switch_to.window(browser.driver.window_handles[0])
    browser.find_text("Home", "h1")
    browser.wait(lambda: not browser.driver.find_elements(By.ID, "request-notice"), "the notice stays")
