"""What build_assets makes of node_modules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from crm.ui import assets

ROOT = Path(settings.BASE_DIR)


def test_only_rules_of_our_classes_stay() -> None:
    css = (
        "/*! licence */:root{--tblr-a:1px;--tblr-b:var(--tblr-a);--tblr-c:3px}.btn{color:red;margin:var(--tblr-b)}"
        ".btn,.modal{x:y}.btn:not(.active,.btn){x:z}a:hover{top:0}@media (min-width:1px){.btn{a:b}.nav{c:d}}"
        "@keyframes spin{to{x:y}}@media print{.btn{x:y}}"
    )
    trimmed = assets.trim(css, frozenset({"btn"}))
    assert trimmed.splitlines() == [
        "/*! licence */",
        ":root{--tblr-a:1px;--tblr-b:var(--tblr-a);}",
        ".btn{color:red;margin:var(--tblr-b)}",
        ".btn{x:y}",
        "a:hover{top:0}",
        "@media (min-width:1px){.btn{a:b}}",
    ]


def test_a_brace_in_a_string_is_no_block() -> None:
    assert assets.trim('.btn{content:"}"}', frozenset({"btn"})).strip() == '.btn{content:"}"}'


def test_icons_are_found_where_templates_and_registries_name_them(tmp_path: Path) -> None:
    (tmp_path / "templates/ui").mkdir(parents=True)
    (tmp_path / "templates/ui/icons.txt").write_text("check\n")
    (tmp_path / "templates/page.html").write_text(
        '{{ icon("x") }}<p class="user">{{ f("pencil") }} {{ f("sm") }}'
    )
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/apps.py").write_text('Entry("home", _("Home"), "house")')
    (tmp_path / "shop/models.py").write_text('x = "mail"')
    (tmp_path / "lucide").mkdir()
    for name in ("check", "x", "pencil", "house", "mail", "user"):
        (tmp_path / f"lucide/{name}.svg").write_text("<svg ><path /></svg>")
    assert assets.icon_names(tmp_path, tmp_path / "lucide") == ["check", "house", "pencil", "x"]


def test_an_icon_that_lucide_lacks_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(assets.MissingAsset, match="no-such"):
        assets.sprite(["no-such"], tmp_path)


def test_a_second_build_writes_nothing_and_leaves_nothing_stale(tmp_path: Path) -> None:
    modules = ROOT / "node_modules"
    if not modules.exists():
        pytest.skip("npm ci has not run")
    assert assets.build(ROOT, modules, tmp_path)
    (tmp_path / "old.css").write_text("")
    assert assets.build(ROOT, modules, tmp_path) == []
    assert not (tmp_path / "old.css").exists()
    css = (tmp_path / assets.TABLER_TO).read_text()
    assert "Tabler" in css.splitlines()[1]
    assert ".form-control" in css
    assert ".modal" not in css
    assert len(css) < 40_000


def test_the_lock_names_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in text
    locked = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in locked.items() if name)
