"""The whole site for browser tests: gunicorn, a worker, PostgreSQL with the small demo company, and a real Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from running_site import Site, free_port
from selenium.webdriver.chrome.options import Options
from site_browser import Browser

CHROME = os.environ.get("CHROME_BIN") or shutil.which("chromium") or "/usr/bin/chromium"
DRIVER = shutil.which("chromedriver") or "/usr/bin/chromedriver"


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("DASH_TEST_CHROMEPATH", CHROME)
    os.environ.setdefault("SE_CHROMEDRIVER", DRIVER)
    os.environ.setdefault("SE_OFFLINE", "true")
    config.option.headless = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [program for program in (CHROME, DRIVER) if not Path(program).exists()]
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"no browser: {', '.join(missing)} missing"))


def pytest_setup_options() -> Options:
    """A hook of dash.testing: how its Chromium starts."""
    options = Options()
    options.binary_location = CHROME
    for argument in (
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        "--window-size=1440,950",
        "--lang=en",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return options


@pytest.fixture(scope="module")
def site(database: Path) -> Iterator[Site]:
    """A running site of this test module's own."""
    running = Site(f"http://127.0.0.1:{free_port()}", database)
    running.start_web()
    running.start_worker()
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.kill_all()


@pytest.fixture
def browser(site: Site, dash_br: Any) -> Browser:
    """A browser at the site, nobody signed in."""
    return Browser(dash_br, site.url)


@pytest.fixture
def signed_in(browser: Browser) -> Callable[[str], Browser]:
    """``signed_in("planner")``: the browser after that person filled in the sign-in form."""

    def go(name: str) -> Browser:
        browser.sign_in(f"{name}@demo.tandem.example", os.environ["TANDEM_DEMO_PASSWORD"])
        return browser

    return go
