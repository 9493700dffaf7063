"""Names that people type: kept as they are, but for what no name has."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def clean_name(value: str) -> str:
    """`tidied`. Raises ValidationError where nothing visible is left."""
    name = tidied(value)
    if not name:
        raise ValidationError(_("Write a name that can be seen."))
    return name


def tidied(value: str) -> str:
    """NFC, inner white space folded, control and direction-overriding characters taken out; empty where nothing visible
    is left. What strangers call themselves goes through here, too."""
    kept = (
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", value)
        if character.isspace() or (unicodedata.category(character) != "Cc" and character not in _BIDI)
    )
    name = " ".join("".join(kept).split())
    return name if any(unicodedata.category(character)[0] in "LNPS" for character in name) else ""
