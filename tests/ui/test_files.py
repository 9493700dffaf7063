"""What holds for all templates, style sheets and modules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
MODULES = sorted((ROOT / "static/js").glob("*.js"))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_is_short_and_imported_once(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 200
    if path.name != "app.css":
        name = path.relative_to(ROOT / "static/css").as_posix()
        assert (ROOT / "static/css/app.css").read_text().count(f'url("{name}")') == 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 100


def test_every_class_of_a_macro_has_a_style_or_a_script() -> None:
    known = "\n".join(path.read_text() for path in (*STYLES, *MODULES))
    css = ROOT / "build/assets/css/vendor/tabler.css"
    known += (
        css.read_text()
        if css.exists()
        else "visually-hidden form-label form-check-label form-switch form-select"
    )
    used: set[str] = set()
    for path in (TEMPLATES / "ui").glob("*.html"):
        for value in re.findall(r'class="([^"{}]+)"', path.read_text()):
            used.update(value.split())
    assert {name for name in used if name not in known} == set()


def test_no_page_has_a_script_or_a_style_of_its_own() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if path.parent.name == "mail":
            continue
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text), path
        assert "<style" not in text, path
        assert not re.search(r"\son\w+=\"", text), path
