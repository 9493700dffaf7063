"""The words of the project: extracted with Babel from Python and templates, kept in locale/*/LC_MESSAGES/django.po.

    python -m crm.words             # extracts, brings every catalogue up to date, prints what is left to translate
    python -m crm.words --check     # writes nothing; exit code 1 where anything is left

A catalogue names no places and no dates, so that it changes only where words do. What is no longer said is dropped;
nothing is guessed from what resembles it.
"""

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}
NOISE = tuple(
    f'"{name}:'.encode()
    for name in (
        "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator",
        "Project-Id-Version", "Language-Team",
    )
)  # fmt: skip
FOLDERS = ("crm", "workspaces", "directory", "funnels", "inbox", "templates")


def extracted(root: Path = ROOT) -> Catalog:
    """Every message that the sources say, without translations."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, filename="babel.cfg")  # type: ignore[no-untyped-call]
    catalogue = Catalog(project="cauce", charset="utf-8")
    for folder in FOLDERS:
        found = extract_from_dir(
            root / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            options_map={pattern.removeprefix(f"{folder}/"): option for pattern, option in options.items()},
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for _, _, message, comments, context in found:
            catalogue.add(message, None, auto_comments=comments, context=context)
    return catalogue


def catalogues(root: Path = ROOT) -> list[Path]:
    return sorted(root.glob("locale/*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """A catalogue; an empty file, too."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, domain="django")


def update(path: Path, template: Catalog) -> Catalog:
    """Brings one file up to date with what the sources say."""
    catalogue = read(path)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = "# Cauce. The words of the interface; bin/words keeps this file up to date."
    catalogue.fuzzy = False
    text = io.BytesIO()
    write_po(text, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = [line for line in text.getvalue().splitlines(keepends=True) if not line.startswith(NOISE)]
    path.write_bytes(b"".join(lines))
    return catalogue


def problems(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """What is missing, superfluous, unsure or broken in a catalogue, one line each."""
    for message in template:
        ours = catalogue.get(message.id, message.context)
        if message.id and ours is None:
            yield f"missing: {_name(message)}"
    for message in catalogue:
        if not message.id:
            continue
        if template.get(message.id, message.context) is None:
            yield f"no longer said: {_name(message)}"
            continue
        parts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if not parts or not all(parts):
            yield f"not translated: {_name(message)}"
        elif message.fuzzy:
            yield f"fuzzy: {_name(message)}"
        else:
            yield from (f"{_name(message)}: {error}" for error in message.check(catalogue))


def _name(message: Message) -> str:
    words = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
    return repr(words)


def main(arguments: Sequence[str]) -> int:
    check = "--check" in arguments
    template = extracted()
    code = 0
    for path in catalogues():
        catalogue = read(path) if check else update(path, template)
        left = list(problems(catalogue, template))
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {len(left)} to do")
        for line in left:
            print(f"  {line}")
        code |= check and bool(left)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
