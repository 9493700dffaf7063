"""The README's pictures: `bin/screenshots` starts a demo in a temporary directory, logs in, and takes them."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.start import READY
from crm.embedded.readiness import free_ports
from crm.embedded.services import ROOT
from tests.browser.chromium import DESKTOP, FLAGS, find

IMAGES = ROOT / "docs" / "images"
KEPT = ("PATH", "HOME", "LANG", "LC_ALL")  # of the environment


@dataclass(frozen=True)
class Picture:
    """`path` is within the workspace; `scheme` is light or dark; `opens` is clicked first."""

    name: str
    path: str
    scheme: str = "light"
    opens: str = ""


PICTURES = (
    Picture("conversations", "conversations/?tab=unread&order=window", opens=".talk:nth-child(3) .talk-link"),
    Picture("board", "board/", scheme="dark"),
)


def main() -> int:
    IMAGES.mkdir(exist_ok=True)
    with demo() as (address, simulator), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = browser.new_context(viewport=DESKTOP, locale="es-MX", reduced_motion="reduce").new_page()
        page.goto(f"{address}/")
        page.locator(".demo-account").first.click()
        page.wait_for_url("**/w/*/")
        home = page.url
        for picture in PICTURES:
            take(page, home, picture)
        take(page, simulator, Picture("simulator", "/"))
        browser.close()
    return 0


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """The addresses of a fresh demo and of its simulator. All of it ends with the block."""
    directory, port = tempfile.mkdtemp(prefix="cauce-pictures-"), free_ports()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "crm.embedded.run",
            "--port",
            str(port),
            "--data",
            f"{directory}/data",
        ],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _address(process), f"http://127.0.0.1:{port + 2}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        shutil.rmtree(directory)


def take(page: Page, home: str, picture: Picture) -> None:
    """A PNG, packed tighter than the browser does."""
    page.emulate_media(color_scheme=picture.scheme)
    page.goto(f"{home}{picture.path}", wait_until="load")
    if picture.opens:
        page.locator(picture.opens).click()
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1500)  # what is fetched apart
    seen = Image.open(BytesIO(page.screenshot())).convert("RGB")
    seen.save(IMAGES / f"{picture.name}.png", optimize=True)


def _address(process: subprocess.Popen[str]) -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if READY in line and (found := re.search(r"http://\S+", line)):
            return found[0]
    raise RuntimeError(f"The demo did not start:\n{''.join(said)[-2000:]}")


def _environment() -> dict[str, str]:
    """Servers that .env names are overruled with nothing: no demo is made there."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "DATABASE_URL": "", "REDIS_URL": ""}


if __name__ == "__main__":
    sys.exit(main())
