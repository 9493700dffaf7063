"""In which encoding a text was written, and with which delimiter: what nobody who has a file knows."""

import codecs
import csv
from collections import Counter
from typing import IO

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16-le", "utf-16-be", "mac-roman")
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PIECE = 1_048_576
HEAD = 65_536
LINES = 60


def encoding_of(file: IO[bytes]) -> str:
    """1. A byte order mark says it. 2. Every other byte zero: UTF-16. 3. UTF-8, if all of it is, or all but a few
    bytes of it. 4. Else what Windows writes in the west."""
    file.seek(0)
    head = file.read(HEAD)
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    wide = _wide(head)
    if wide:
        return wide
    file.seek(0)
    good, bad = _as_utf8(file)
    return "utf-8" if bad == 0 or good > 10 * bad else "cp1252"


def mark_of(file: IO[bytes]) -> bytes:
    """The byte order mark that it begins with, if any."""
    file.seek(0)
    head = file.read(4)
    return next((mark for mark, _name in BOMS if head.startswith(mark)), b"")


def delimiter_of(text: str) -> str:
    """Of the first lines: the one that cuts most of them into the same number of cells, and into most."""
    lines = text.splitlines(keepends=True)[:LINES]
    if lines and (named := lines[0].strip().lower()).startswith("sep=") and len(named) == 5:
        return named[4]
    return max(DELIMITERS, key=lambda one: _evenness(lines, one))


def is_text(head: bytes) -> bool:
    """Whether it can be a text at all: control characters that none has are a sign of something else."""
    if any(head.startswith(mark) for mark, _name in BOMS) or _wide(head):
        return True
    control = sum(1 for byte in head if byte < 9 or 13 < byte < 32)
    return control <= len(head) // 50


def _wide(head: bytes) -> str:
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.4 and odd < pairs * 0.1 else ""


def _as_utf8(file: IO[bytes]) -> tuple[int, int]:
    """How many characters beyond ASCII there are, and how many bytes that belong to none."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    while True:
        piece = file.read(PIECE)
        text = decoder.decode(piece, final=not piece)
        if not text.isascii():
            wrong = sum(1 for one in text if "\udc80" <= one <= "\udcff")
            bad += wrong
            good += sum(1 for one in text if one > "\x7f") - wrong
        if not piece:
            return good, bad


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, often = max(widths.items(), key=lambda one: (one[1], one[0]))
    return (often / widths.total() if width > 1 else 0.0), width
