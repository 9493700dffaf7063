"""What stands in for a missing picture: initials, and a colour that is always the same for the same person."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from zlib import crc32

# The tokens of static/css/tokens.css, in the order of the palette.
COLOURS = (
    "slate",
    "red",
    "orange",
    "amber",
    "lime",
    "green",
    "teal",
    "sky",
    "blue",
    "violet",
    "fuchsia",
    "rose",
)


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """At most two letters: of the first and last word that begin with a letter or digit.

    A name of emoji only keeps its first one whole (skin tones, joined families); an empty name is "?".
    """
    words = [word for word in (_lettered(part) for part in name.split()) if word]
    if not words:
        return _first_cluster(name.strip()) or "?"
    chosen = [words[0]] if len(words) == 1 else [words[0], words[-1]]
    return "".join(_first_cluster(word).upper() for word in chosen)


@lru_cache(maxsize=4096)
def colour(seed: str) -> str:
    """One of the 12 tokens; `seed` is best a stable id as text."""
    return COLOURS[crc32(seed.encode("utf-8", "surrogatepass")) % len(COLOURS)]


def _lettered(word: str) -> str:
    """The word from its first letter or digit on, or nothing."""
    for place, character in enumerate(word):
        if unicodedata.category(character)[0] in "LN":
            return word[place:]
    return ""


def _first_cluster(text: str) -> str:
    """The first character with all that belongs to it: marks, variation selectors, joiners, flags, skin tones."""
    taken = text[:1]
    for character in text[1:]:
        joined = taken.endswith("\u200d")
        flag = len(taken) == 1 and _regional(taken) and _regional(character)
        belongs = unicodedata.category(character) in {"Mn", "Me", "Mc", "Cf"} or _skin_tone(character)
        if not (joined or flag or belongs):
            break
        taken += character
    return taken


def _regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _skin_tone(character: str) -> bool:
    return 0x1F3FB <= ord(character) <= 0x1F3FF
