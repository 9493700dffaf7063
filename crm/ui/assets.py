"""What the browser gets from npm: a few files of `node_modules`, written to `build/assets` under our own names.

Nothing vendored is committed, nothing is compiled: fonts and scripts are copied, icons gathered into one sprite, and of
Tabler only the parts that our macros use are kept (30 KB of 620), since every page waits for its style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FONTS = {
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "fonts/inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "fonts/inter-latin-ext.woff2",
}
SCRIPTS = {"sortablejs/Sortable.min.js": "js/vendor/sortable.js"}  # sets window.Sortable when it is imported
TABLER = "@tabler/core/dist/css/tabler.min.css"
TABLER_TO = "css/vendor/tabler.css"
# A rule of Tabler's stays when all the classes its selector names are here; rules on bare elements always do.
TABLER_CLASSES = frozenset(
    {
        *("btn", "btn-icon", "form-control", "form-select", "form-label", "form-switch"),
        *("form-check", "form-check-input", "form-check-label"),
        *("visually-hidden", "visually-hidden-focusable"),
    }
)
PROPERTY = re.compile(r"(--tblr-[\w-]+):((?:\"[^\"]*\"|[^;}])*);?")
USED = re.compile(r"var\((--tblr-[\w-]+)")
ICONS = "lucide-static/icons"
ICONS_TO = "img/icons.svg"
# icon("x") and icon="x" must be lucide's names; any other literal of a template's expressions, or of a module that
# fills the frame's registries, is taken for an icon if lucide has one of that name (a few too many do no harm).
ICON_NAMES = re.compile(
    r"""\b(?:icon|svg)\(\s*["']([a-z0-9-]+)["']|\bicon["']?\s*[=:]\s*["']([a-z0-9-]+)["']"""
)
LITERALS = re.compile(r"""["']([a-z][a-z0-9-]+)["']""")
EXPRESSIONS = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
FILLS_REGISTRIES = re.compile(r"\b(?:Entry|Result|icon|icons)\b")
ICON_LIST = "templates/ui/icons.txt"
SKIPPED = frozenset({"node_modules", "build", "var", "tests", "bench", "static", "docs"})


class MissingAsset(LookupError):
    """Something named that node_modules does not have: run `npm ci`, or mend the name."""


def build(root: Path, modules: Path, target: Path) -> list[str]:
    """Write every asset that is missing or differs; return the names written. Files no longer ours are removed."""
    wanted = dict(_wanted(root, modules))
    written = [name for name, content in wanted.items() if _write(target / name, content)]
    for stale in sorted(_files(target) - wanted.keys()):
        (target / stale).unlink()
    return written


def _wanted(root: Path, modules: Path) -> Iterator[tuple[str, bytes]]:
    for source, name in (FONTS | SCRIPTS).items():
        yield name, _read(modules / source)
    yield TABLER_TO, trim(_read(modules / TABLER).decode(), TABLER_CLASSES).encode()
    yield ICONS_TO, sprite(icon_names(root, modules / ICONS), modules / ICONS).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MissingAsset(f"{path} is missing: run npm ci") from error


def _write(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _files(target: Path) -> set[str]:
    return {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}


def icon_names(root: Path, icons: Path) -> list[str]:
    """Every icon that templates, code or the list file name, in order."""
    known = {path.stem for path in icons.glob("*.svg")}
    names = set((root / ICON_LIST).read_text().split())
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in SKIPPED and not folder.name.startswith("."):
            for path in (*folder.rglob("*.html"), *folder.rglob("*.py")):
                names |= _named_in(path.read_text(), path.suffix, known)
    return sorted(names)


def _named_in(text: str, suffix: str, known: set[str]) -> set[str]:
    if suffix == ".html":
        text = "\n".join(EXPRESSIONS.findall(text))
    elif not FILLS_REGISTRIES.search(text):
        return set()
    surely = {a or b for a, b in ICON_NAMES.findall(text)}
    return surely | (set(LITERALS.findall(text)) & known)


def sprite(names: Iterable[str], icons: Path) -> str:
    """One SVG with a symbol per icon; stroke and size come from the CSS of whoever uses it."""
    symbols = []
    for name in names:
        try:
            svg = (icons / f"{name}.svg").read_text()
        except FileNotFoundError as error:
            raise MissingAsset(f"Lucide has no icon {name!r}, or npm ci has not run") from error
        drawing = re.sub(r"\s*\n\s*", "", svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def trim(css: str, classes: frozenset[str]) -> str:
    """The style sheet with only the rules whose selectors name none but these classes.

    Comments go but for the licence; blocks of media queries are trimmed inside; @keyframes, @font-face and Tabler's own
    print styles go whole, as nothing kept uses them.
    """
    licence = re.search(r"/\*!.*?\*/", css, re.DOTALL)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    kept = _without_unused(list(_kept(css, classes)))
    return (licence.group(0) + "\n" if licence else "") + "\n".join(kept) + "\n"


def _kept(css: str, classes: frozenset[str]) -> Iterator[str]:
    for head, body in _blocks(css):
        if head.startswith(("@media", "@supports")):
            if head != "@media print" and (inner := "".join(_kept(body, classes))):
                yield f"{head}{{{inner}}}"
        elif not head.startswith("@"):
            selectors = [one for one in _split(head) if _uses_only(one, classes)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _without_unused(rules: list[str]) -> list[str]:
    """The rules without the custom properties of :root that nothing kept reads, be it through another property."""
    roots = [rule for rule in rules if ":root" in rule.partition("{")[0]]
    values: dict[str, str] = {}
    for rule in roots:
        for name, value in PROPERTY.findall(rule):
            values[name] = values.get(name, "") + value
    waiting = set(USED.findall("".join(rule for rule in rules if rule not in roots)))
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(USED.findall(values.get(name, ""))) - used

    def keep(match: re.Match[str]) -> str:
        return match.group() if match.group(1) in used else ""

    trimmed = (PROPERTY.sub(keep, rule) if rule in roots else rule for rule in rules)
    return [rule for rule in trimmed if not rule.endswith("{}")]


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Pairs of (selector or at-rule, what its braces hold); statements without braces are skipped."""
    depth, start, head = 0, 0, ""
    for found in re.finditer(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[{};]', css):
        sign = found.group()
        if sign == "{":
            if depth == 0:
                head, start = css[start : found.start()].strip(), found.end()
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start : found.start()]
                start = found.end()
        elif sign == ";" and depth == 0:
            start = found.end()


def _split(selector: str) -> list[str]:
    """A selector list at its own commas, not at those inside :not(a, b)."""
    parts, depth = [""], 0
    for character in selector:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _uses_only(selector: str, classes: frozenset[str]) -> bool:
    if "[data-" in selector and "[data-theme" not in selector:
        return False
    return all(name in classes for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector))
