"""Every template is used, and every template that is used is there."""

import re

from jinja2 import nodes

from crm.ui.jinja import environment
from tests.conventions.test_code import ROOT, files

FOLDER = ROOT / "templates"
BY_LIBRARIES = re.compile(r"^(account|mfa|usersessions|allauth)/|^(400|403|404|413|429|500|503)\.html$")
_NAME = re.compile(r"""["']((?:[\w.-]+/)+[\w.-]+\.(?:html|txt|svg|xml))["']""")
_BUILT = re.compile(r"""f["']((?:[\w.-]+/)+)\{[^}"']+\}(\.(?:html|txt))["']""")  # f"operator/{template}.html"
_STEM = re.compile(r"""["']((?:[\w.-]+/)+[\w.-]+)["']""")


def _templates() -> set[str]:
    return {str(path.relative_to(FOLDER)) for path in files(".html", ".txt") if FOLDER in path.parents} - {
        "ui/icons.txt"
    }


def _said_in_python() -> tuple[set[str], set[str]]:
    """Whole names, and names without an ending (a mail is named once for its text and its HTML)."""
    names, stems = set(), set()
    for path in files(".py"):
        if path.is_relative_to(ROOT / "tests"):
            continue
        text = path.read_text()
        names.update(_NAME.findall(text))
        stems.update(_STEM.findall(text))
        for folder, ending in _BUILT.findall(text):
            names.update(
                name for name in _templates() if re.fullmatch(f"{folder}[\\w.-]+{re.escape(ending)}", name)
            )
    return names, stems


def _said_in_templates() -> dict[str, set[str]]:
    jinja = environment(autoescape=True)
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    said: dict[str, set[str]] = {}
    for name in _templates():
        tree = jinja.parse((FOLDER / name).read_text())
        said[name] = {
            constant.value
            for node in tree.find_all(kinds)
            for constant in [node.template, *node.template.find_all(nodes.Const)]
            if isinstance(constant, nodes.Const) and isinstance(constant.value, str)
        }
    return said


def test_no_template_is_unused():
    names, stems = _said_in_python()
    inner = set().union(*_said_in_templates().values())
    unused = [
        name
        for name in sorted(_templates())
        if name not in names | inner
        and name.rsplit(".", 1)[0] not in stems
        and not any(name.startswith(f"{stem}_") for stem in stems)
        and not BY_LIBRARIES.search(name)
    ]
    assert unused == []


def test_no_template_is_missing():
    there = _templates()
    missing = {
        f"{name} (said in {where})"
        for where, said in _said_in_templates().items()
        for name in said
        if name not in there
    }
    names, _ = _said_in_python()
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    missing |= {
        name
        for name in names
        if name.split("/")[0] in folders and name not in there and not BY_LIBRARIES.search(name)
    }
    assert sorted(missing) == []
