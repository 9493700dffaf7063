"""What columns seem to be: by their headers, else by what is in them. A person has the last word."""

import re
from collections.abc import Mapping, Sequence

from directory.importing import cells
from directory.importing.cells import folded
from directory.importing.targets import CUSTOM, NEW, SINGLE, TARGETS

EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]{2,}")
PHONE = re.compile(r"\+?\d[\d\s().\-]{5,18}\d")
MOST_OF = 0.6  # of a column's cells, where its header says nothing
FEWEST = 3  # cells that can speak against a header
SOME_OF = 0.2  # where its header says so

_BY_WORDS = {word: target.key for target in TARGETS for word in target.words.split(" | ")}
_LONG_WORDS = sorted((word for word in _BY_WORDS if len(word) >= 5), key=len, reverse=True)


def mapping(
    headers: Sequence[str], samples: Sequence[Sequence[str]], own: Mapping[str, str] | None = None
) -> list[str]:
    """A target's key for each column, or "". What may be one column only is given to the first that says so. `own` are
    the workspace's own fields, by their folded names: a header that is one of them means that one."""
    found: list[str] = []
    for place, header in enumerate(headers):
        column = [row[place] for row in samples if place < len(row) and not cells.is_blank(row[place])]
        key = (own or {}).get(folded(header)) or _by_header(header) or _by_content(column)
        if key in found and (key in SINGLE or key.startswith(CUSTOM)):
            key = ""
        if key == "profile" and len(column) >= FEWEST:
            key = _by_content(column) or key  # a column "Telegram" may be numbers
        pattern = {"phone": PHONE, "email": EMAIL}.get(key)
        if pattern and len(column) >= FEWEST and _share(column, pattern) < SOME_OF:
            key = _by_content(column)
        found.append(key)
    _first_beside_last(found)
    if not {"name", "first_name"} & set(found):
        _name_someone(found, headers, samples)
    return found


def date_style(found: Sequence[str], samples: Sequence[Sequence[str]], usual: str) -> str:
    dates = [
        row[place]
        for place, key in enumerate(found)
        if key == "created" or key.startswith((CUSTOM, NEW))
        for row in samples
        if place < len(row)
    ]
    return cells.style_of(dates, usual)


def looks_like_a_lead(row: Sequence[str]) -> bool:
    """An address, a number or a date in the first row: it is no header."""
    return any(EMAIL.fullmatch(cell.strip()) or _is_phone(cell) for cell in row)


def _by_header(header: str) -> str:
    words = folded(re.sub(r" \(\d+\)$", "", header))
    if words in _BY_WORDS:
        return _BY_WORDS[words]
    bare = words.rstrip(" 0123456789")
    if bare in _BY_WORDS:
        return _BY_WORDS[bare]
    within = f" {words} "
    found = [_BY_WORDS[word] for word in _LONG_WORDS if f" {word} " in within]
    # "Notas del cliente" are notes: whom something is of says less than what it is.
    return next((key for key in found if key != "name"), found[0] if found else "")


def _by_content(column: Sequence[str]) -> str:
    if not column:
        return ""
    if _share(column, EMAIL) >= MOST_OF:
        return "email"
    return "phone" if sum(map(_is_phone, column)) >= MOST_OF * len(column) else ""


def _share(column: Sequence[str], pattern: "re.Pattern[str]") -> float:
    return sum(1 for cell in column if pattern.search(cell)) / len(column)


def _is_phone(cell: str) -> bool:
    digits = sum(map(str.isdigit, cell))
    return bool(PHONE.fullmatch(cell.strip())) and 8 <= digits <= 15 and cells.style_of([cell], "") == ""


def _first_beside_last(found: list[str]) -> None:
    """A name that has the last name in a column beside it is the first one."""
    if "last_name" in found and "first_name" not in found and found.count("name") == 1:
        found[found.index("name")] = "first_name"


def _name_someone(found: list[str], headers: Sequence[str], samples: Sequence[Sequence[str]]) -> None:
    """Without headers: the first column of words that nothing else claims."""
    for place, key in enumerate(found):
        column = [row[place] for row in samples if place < len(row) and row[place].strip()]
        words = [cell for cell in column if cell.replace(" ", "").replace(".", "").isalpha()]
        if not key and len(headers[place]) <= 2 and column and len(words) >= MOST_OF * len(column):
            found[place] = "name"
            return
