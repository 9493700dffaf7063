"""Habits of the house that no linter knows."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN_BY_MACHINES = ("/migrations/", "package-lock.json", ".lock", ".po", ".svg")
LONGEST = 400
BAD_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py", "tools.py"}


def files(*suffixes: str) -> Iterator[Path]:
    """What git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in sorted(set(listed)):
        path = ROOT / name
        if (
            path.is_file()
            and path.suffix in suffixes
            and not any(part in f"/{name}" for part in WRITTEN_BY_MACHINES)
        ):
            yield path


def short(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_a_file_is_one_thing():
    long = [
        path
        for path in files(".py", ".html", ".css", ".js", ".sh")
        if len(path.read_text().splitlines()) > LONGEST
    ]
    assert short(long) == []


def test_a_file_is_named_for_what_is_in_it():
    assert short([path for path in files(".py") if path.name in BAD_NAMES]) == []


def test_nothing_is_left_to_do_in_a_comment():
    left = re.compile(r"(?:#|//|/\*|<!--).*\b(?:TO[D]O|FIX[M]E|XX[X])\b")
    assert (
        short([path for path in files(".py", ".html", ".css", ".js") if left.search(path.read_text())]) == []
    )


def test_views_leave_writing_to_actions():
    """`form.save()` is for plain settings; everything else is an action."""
    found = []
    for path in files(".py"):
        if path.name != "views.py" and path.parent.name != "views":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if node.func.attr in ("save", "bulk_create", "bulk_update") and not owner.endswith("form"):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {owner}.{node.func.attr}()")
    assert found == []


def test_no_browser_script_is_written_in_a_page():
    """The Content-Security-Policy refuses it; nobody should find that out in the browser."""
    found = []
    for path in files(".html"):
        text = path.read_text()
        if (
            " onclick=" in text
            or " onload=" in text
            or "javascript:" in text
            or "<script>" in text
            or "hx-on" in text
        ):
            found.append(path)
    assert short(found) == []


@pytest.mark.parametrize("folder", ["css", "js"])
def test_a_stylesheet_or_script_is_short(folder):
    longest = {"css": 200, "js": 150}[folder]
    found = [p for p in files(f".{folder}") if len(p.read_text().splitlines()) > longest]
    assert short(found) == []


def test_modules_import_each_other_in_no_circle():
    """Their hashed names hold those of what they import: in a circle there is none, and nothing can be collected."""
    imports = re.compile(
        r"^\s*(?:import|export)\b[^;\"']*[\"'](\.[^\"']+)[\"']|\bimport\([\"'](\.[^\"']+)[\"']", re.M
    )
    graph = {
        path: {(path.parent / (one or other)).resolve() for one, other in imports.findall(path.read_text())}
        for path in files(".js")
        if path.is_relative_to(ROOT / "static")
    }
    below = {path: set(named) for path, named in graph.items()}
    for _link in graph:
        below = {
            path: named.union(*(graph.get(one, set()) for one in named)) for path, named in below.items()
        }
    assert short([path for path, named in below.items() if path in named]) == []
