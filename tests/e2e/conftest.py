"""The whole site for browser tests: gunicorn, a worker, PostgreSQL with the small demo company, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.chrome.options import Options
from site_browser import Browser

ROOT = Path(__file__).parents[2]
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


@dataclass
class Site:
    """The running processes of one Tandem."""

    url: str
    home: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: list[str]) -> None:
        log = (self.home / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command, cwd=ROOT, env=os.environ.copy(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def start_worker(self) -> None:
        self.start("worker", [sys.executable, "cli.py", "worker"])

    def start_web(self) -> None:
        address = self.url.removeprefix("http://")
        options = ["-k", "gthread", "--threads", "6", "--no-control-socket", "-b", address]
        self.start("web", [sys.executable, "-m", "gunicorn", *options, "app:server"])

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        logs = "\n".join((self.home / f"{name}.log").read_text()[-2000:] for name in self.processes)
        raise AssertionError(f"the site did not get ready:\n{logs}")


@pytest.fixture(scope="module")
def site(database: Path) -> Iterator[Site]:
    """A running site of this test module's own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Site(f"http://127.0.0.1:{port}", database)
    running.start_web()
    running.start_worker()
    try:
        running.wait_until_ready()
        yield running
    finally:
        for name in list(running.processes):
            running.kill(name)


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
