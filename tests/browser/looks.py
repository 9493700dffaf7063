"""What a page must pass before it may be looked at."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

MOVING = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def assert_clean(page: Page, *, iframes: bool = True) -> None:
    """Axe finds nothing on the page, once nothing on it is being exchanged."""
    expect(page.locator(MOVING)).to_have_count(0)
    options = {"resultTypes": ["violations"], "preload": False, "iframes": iframes}
    found = Axe().run(page, options=options).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
