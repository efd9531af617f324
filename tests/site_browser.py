"""What a person does in the browser, in the words of a test."""

from __future__ import annotations

from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

PATIENCE_SECONDS = 20
# Chromium reports refused requests on its console although the page handles them.
HARMLESS = ("Failed to load resource",)


class Browser:
    """dash.testing's browser at a running site."""

    def __init__(self, dash_br: Any, url: str) -> None:
        self.url = url
        self.driver = dash_br.driver

    def sign_in(self, email: str, password: str) -> None:
        self.driver.get(f"{self.url}/login")
        self.driver.find_element(By.ID, "email").send_keys(email)
        self.driver.find_element(By.ID, "password").send_keys(password)
        self.driver.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        self.wait(lambda: not self.driver.current_url.endswith("/login"), "still at the sign-in page")

    def sign_out(self) -> None:
        self.driver.find_element(By.CSS_SELECTOR, ".user-summary").click()
        self.driver.find_element(By.CSS_SELECTOR, "form[action='/logout'] button").click()
        self.wait(lambda: "/login" in self.driver.current_url, "not signed out")

    def open(self, path: str) -> None:
        """Open a page as if its address was typed, and wait for its heading."""
        self.driver.get(f"{self.url}{path}")
        self.find("h1")

    def find(self, selector: str) -> WebElement:
        return self.wait(lambda: self._first(selector), f"nothing matches {selector}")

    def find_text(self, text: str, tag: str = "*") -> WebElement:
        """The innermost element that shows ``text``."""
        path = f"//{tag}[contains(normalize-space(.), {_quoted(text)})]"
        return self.wait(lambda: self._last(path), f"the page does not show {text!r}")

    def shows(self, text: str) -> bool:
        return text in self.driver.find_element(By.TAG_NAME, "body").text

    def click(self, component_id: str) -> None:
        self._press(self.wait(lambda: self._enabled(By.ID, component_id), f"{component_id} can't be clicked"))

    def click_text(self, text: str, tag: str = "button") -> None:
        path = f"//{tag}[normalize-space(.)={_quoted(text)}]"
        self._press(self.wait(lambda: self._enabled(By.XPATH, path), f"no {tag} {text!r} to click"))

    def choose(self, component_id: str, value: str) -> None:
        Select(self.wait(lambda: self._enabled(By.ID, component_id), component_id)).select_by_value(value)

    def type_into(self, component_id: str, text: str) -> None:
        element = self.wait(lambda: self._enabled(By.ID, component_id), component_id)
        element.clear()
        element.send_keys(text)

    def rows(self, grid_id: str) -> list[str]:
        """The texts of the rows a grid shows, from the top, pinned columns first."""
        return [text for _index, text in sorted(self._row_texts(grid_id).items())]

    def wait_for_rows(self, grid_id: str, *, containing: str = "") -> list[str]:
        self.wait(
            lambda: any(containing in row and row.strip() for row in self.rows(grid_id)),
            f"grid {grid_id} shows no row with {containing!r}",
        )
        return self.rows(grid_id)

    def select_row(self, grid_id: str, *, containing: str) -> None:
        self.wait_for_rows(grid_id, containing=containing)
        index = next(index for index, text in self._row_texts(grid_id).items() if containing in text)
        row = f"[id='{grid_id}'] .ag-center-cols-container .ag-row[row-index='{index}']"
        self._press(self.find(f"{row} .ag-cell:not([col-id^='ag-Grid'])"))  # not the checkbox

    def _row_texts(self, grid_id: str) -> dict[int, str]:
        found: dict[int, str] = {}
        for row in self.driver.find_elements(By.CSS_SELECTOR, f"[id='{grid_id}'] .ag-row"):
            index = int(row.get_attribute("row-index") or 0)
            found[index] = f"{found.get(index, '')}\n{row.text}".strip()
        return found

    def wait(self, condition: Any, complaint: str, seconds: float = PATIENCE_SECONDS) -> Any:
        waiting = WebDriverWait(self.driver, seconds, 0.1, [StaleElementReferenceException])
        return waiting.until(lambda _driver: condition(), complaint)

    def errors(self) -> list[str]:
        """What the page complained about on the console."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" and not any(text in entry["message"] for text in HARMLESS)
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth"))

    def _first(self, selector: str) -> WebElement | None:
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found[0] if found else None

    def _last(self, path: str) -> WebElement | None:
        found = [element for element in self.driver.find_elements(By.XPATH, path) if element.is_displayed()]
        return found[-1] if found else None

    def _enabled(self, by: str, what: str) -> WebElement | None:
        found = [e for e in self.driver.find_elements(by, what) if e.is_displayed() and e.is_enabled()]
        return found[0] if found else None

    def _press(self, element: WebElement) -> None:
        # Under the sticky bar a click would land on the bar.
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"'{text}'"
