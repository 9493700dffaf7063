"""What a page must pass before it may be looked at."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

MOVING = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
AT_REST = """() => document.readyState === "complete" && document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""

# A frame stands still, and its parts scroll. Where something absolute stands below it, focus scrolls all of it away.
BELOW = """() => document.body.matches(".has-frame") && document.body.scrollHeight > document.body.clientHeight + 1
    ? [...document.querySelectorAll("body *")]
        .filter((one) => one.offsetParent === document.body && one.getBoundingClientRect().bottom > innerHeight + 1)
        .map((one) => one.outerHTML.slice(0, 99))
    : []"""


def assert_clean(page: Page, *, iframes: bool = True) -> None:
    """Axe finds nothing, and nothing stands below the frame, once the page has come whole and nothing on it is being
    exchanged or fading: half a fade has half a contrast."""
    expect(page.locator(MOVING)).to_have_count(0)
    page.wait_for_function(AT_REST)
    assert page.evaluate(BELOW) == []
    options = {"resultTypes": ["violations"], "preload": False, "iframes": iframes}
    found = Axe().run(page, options=options).response["violations"]
    told = [
        (one["id"], [(node["html"][:200], node.get("failureSummary")) for node in one["nodes"]])
        for one in found
    ]
    assert told == [], told
