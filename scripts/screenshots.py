"""Takes the pictures in docs/screenshots from a running demo company: ``screenshots.py URL PASSWORD``.

With a folder as a third argument pictures of all pages, to be looked at before a release.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
CHROME = os.environ.get("CHROME_BIN") or shutil.which("chromium") or "/usr/bin/chromium"
WIDE, PHONE = (1440, 900), (390, 844)
# Who looks at what: the account, the name of the picture, the path.
PAGES = (
    ("planner", "home", "/"),
    ("planner", "inbox", "/inbox"),
    ("planner", "forecast", "/demand/forecast"),
    ("planner", "forecast-runs", "/demand/forecast-runs"),
    ("planner", "forecast-accuracy", "/demand/accuracy"),
    ("planner", "sales", "/demand/sales"),
    ("planner", "order-lines", "/demand/order-lines"),
    ("planner", "positions", "/inventory/positions"),
    ("planner", "overrides", "/demand/overrides"),
    ("planner", "cycle", "/sop/cycle"),
    ("executive", "executive", "/sop/executive"),
    ("executive", "decisions", "/sop/decisions"),
    ("executive", "meeting", "/sop/meeting"),
    ("planner", "value-added", "/demand/value-added"),
    ("planner", "plan-versions", "/sop/versions"),
    ("planner", "policy-review", "/inventory/policies"),
    ("planner", "item-cockpit", "/inventory/item"),
    ("planner", "proposals", "/inventory/proposals"),
    ("planner", "classes", "/inventory/classes"),
    ("planner", "demand-review", "/demand/review"),
    ("planner", "expiry", "/inventory/expiry"),
    ("planner", "rules", "/inventory/rules"),
    ("planner", "stock-budget", "/inventory/budget"),
    ("planner", "buffers", "/inventory/buffers"),
    ("planner", "stock", "/inventory/stock"),
    ("planner", "halal", "/inventory/halal"),
    ("planner", "stock-counts", "/inventory/counts"),
    ("planner", "picks", "/inventory/picks"),
    ("planner", "network", "/inventory/network"),
    ("planner", "consensus", "/sop/consensus"),
    ("planner", "aop", "/sop/aop"),
    ("planner", "plan-gap", "/sop/gap"),
    ("planner", "risks", "/sop/risks"),
    ("planner", "stream-weights", "/sop/stream-weights"),
    ("planner", "limits-and-assumptions", "/sop/limits"),
    ("planner", "life-cycle", "/demand/life-cycle"),
    ("planner", "supply-plan", "/supply/plan"),
    ("planner", "master-schedule", "/supply/mps"),
    ("planner", "order-promising", "/supply/promise"),
    ("planner", "buy-list", "/supply/buy-list"),
    ("planner", "marketing-calendar", "/demand/calendar"),
    ("planner", "transfers", "/supply/transfers"),
    ("planner", "production", "/supply/production"),
    ("planner", "plan-under-limits", "/supply/limits?step=week&demand=40"),
    ("planner", "capacity", "/supply/capacity"),
    ("planner", "demand-and-supply", "/supply/levels"),
    ("planner", "supply-path", "/supply/path"),
    ("planner", "scenarios", "/supply/scenarios"),
    ("planner", "purchase-orders", "/supply/purchase-orders"),
    ("planner", "goods-receipt", "/supply/goods-receipt"),
    ("planner", "supplier-invoices-inside", "/supply/invoices"),
    ("planner", "review-queue", "/supply/review-queue"),
    ("planner", "returns", "/supply/returns"),
    ("planner", "partner-requests", "/supply/partner-requests"),
    ("admin", "partners", "/admin/partners"),
    ("supplier", "portal-home", "/portal"),
    ("supplier", "partner-activity", "/portal/activity"),
    ("planner", "supplier-agreements", "/supply/supplier-agreements"),
    ("supplier", "supplier-forecast", "/portal/supplier/forecast"),
    ("supplier", "supplier-edi", "/portal/supplier/edi"),
    ("supplier", "supplier-capacity", "/portal/supplier/capacity"),
    ("supplier", "supplier-stock", "/portal/supplier/stock"),
    ("planner", "supplier-quality-inside", "/supply/supplier-quality"),
    ("planner", "document-requests", "/supply/document-requests"),
    ("planner", "partner-messages", "/supply/messages?about=general&company=2"),
    ("analyst", "import", "/data/import"),
    ("analyst", "records", "/data/records"),
    ("analyst", "export", "/data/export"),
    ("analyst", "recipes", "/data/recipes"),
    ("analyst", "data-health", "/data/health"),
    ("supplier", "supplier-orders", "/portal/supplier/orders"),
    ("supplier", "partner-people", "/portal/people"),
    ("supplier", "supplier-shipments", "/portal/supplier/shipments"),
    ("supplier", "supplier-invoices", "/portal/supplier/invoices"),
    ("supplier", "supplier-quality", "/portal/supplier/quality"),
    ("supplier", "supplier-documents", "/portal/supplier/documents"),
    ("supplier", "supplier-scorecard", "/portal/supplier/scorecard"),
    ("supplier", "messages", "/portal/messages?about=general"),
    ("customer", "customer-orders", "/portal/customer/orders"),
    ("customer", "customer-ordering", "/portal/customer/new-order"),
    ("customer", "customer-service", "/portal/customer/service"),
    ("customer", "customer-returns", "/portal/customer/returns"),
    ("oem", "production-orders", "/portal/oem/production-orders"),
    ("planner", "oem-materials-inside", "/supply/oem-materials"),
    ("oem", "oem-changes", "/portal/oem/changes"),
    ("oem", "oem-materials", "/portal/oem/materials"),
    ("oem", "oem-quality", "/portal/oem/quality"),
    ("oem", "oem-risks", "/portal/oem/risks"),
    ("customer", "customer-forecast", "/portal/customer/forecast"),
    ("customer", "customer-promotions", "/portal/customer/promotions"),
    ("oem", "oem-demand", "/portal/oem/demand"),
    ("admin", "people", "/admin/people"),
    ("admin", "jobs", "/admin/jobs"),
    ("admin", "mail", "/admin/mail"),
    ("admin", "webhooks", "/admin/webhooks"),
    ("admin", "audit", "/admin/audit"),
    ("admin", "api-keys", "/admin/api-keys"),
    ("supplier", "own-api-keys", "/account/api-keys"),
    ("planner", "account", "/account"),
    ("supplier", "notifications", "/account/notifications"),
    ("supplier", "portal-webhooks", "/portal/webhooks"),
    ("planner", "help", "/help"),
    ("", "sign-in", "/login"),
    ("planner", "not-found", "/nowhere"),
    ("supplier", "not-for-you", "/inventory/positions"),
)
# One page of each kind of work is enough to show what Tandem looks like; the pictures weigh on every clone.
DOCUMENTED = frozenset(
    [
        *("home", "inbox", "cycle", "executive", "demand-review", "forecast", "forecast-accuracy"),
        *("marketing-calendar", "aop", "positions", "item-cockpit", "proposals", "supply-plan", "buy-list", "capacity"),
        *("stock-budget", "partner-requests", "import", "records", "portal-home", "supplier-orders"),
        *("supplier-forecast", "customer-ordering", "production-orders", "sign-in"),
    ]
)


def main(url: str, password: str, folder: str = "") -> None:
    target = Path(folder or FOLDER)
    pages = [page for page in PAGES if folder or page[1] in DOCUMENTED]
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROME, args=["--no-sandbox", "--disable-gpu"])
        for theme, size in (("light", WIDE), ("dark", WIDE), ("light", PHONE)):
            for who in dict.fromkeys(account for account, _name, _path in pages):
                own = [(name, path) for account, name, path in pages if account == who]
                for page, name in opened(browser, url, who, password, own, theme=theme, size=size):
                    page.screenshot(path=target / f"{name}-{theme}-{size[0]}.png")
        browser.close()
    (target / "README.md").write_text(index(pages))


def opened(
    browser: Browser,
    url: str,
    who: str,
    password: str,
    pages: Sequence[tuple[str, str]],
    *,
    theme: str,
    size: tuple[int, int],
) -> Iterator[tuple[Page, str]]:
    """Names and paths of one account, each ready for its picture."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    if who:
        page.goto(f"{url}/login")
        page.fill("#email", f"{who}@demo.tandem.example")
        page.fill("#password", password)
        page.click("button[type=submit]")
        page.wait_for_load_state("networkidle")
    for name, path in pages:
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(800)  # grids and charts paint after their data have come
        yield page, name
    context.close()


def index(pages: Sequence[tuple[str, str, str]]) -> str:
    """The page that shows them all."""
    parts = [
        "# Screenshots",
        "",
        "The demo company in light and dark, and at phone width. Taken by `scripts/screenshots.py`.",
    ]
    for _account, name, path in pages:
        parts += [
            "",
            f"## {name.replace('-', ' ').capitalize()} · `{path}`",
            "",
            f"![light]({name}-light-{WIDE[0]}.png)",
            f"![dark]({name}-dark-{WIDE[0]}.png)",
            f"![phone]({name}-light-{PHONE[0]}.png)",
        ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main(*sys.argv[1:4])
