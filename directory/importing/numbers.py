"""Telephone numbers that are written plainly, which nearly all in a file are: told in a tenth of the library's time.

What this gives is what `directory.phones.parse` gives (a test holds them against each other); what it does not
understand, it leaves to that. It takes digits, spaces, points, dashes and parentheses; with a plus and a known country,
or in the region's own form; of a length that the country has; and nothing that could begin with a prefix for calling.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from directory import phones
from directory.phones import Phone

_SIGNS = str.maketrans("", "", " -.()")
_WRITTEN = re.compile(r"\+?\(?[0-9][0-9 .\-()]*[0-9]", re.ASCII)


@dataclass(frozen=True)
class _Country:
    code: str
    lengths: frozenset[int]
    prefix: "re.Pattern[str] | None"  # what may stand before a number within the country
    abroad: "re.Pattern[str] | None"  # and before one of another


def plain(text: str, region: str) -> Phone | None:
    """None: ask the library."""
    written = text.strip()
    if "(0" in written or not _WRITTEN.fullmatch(written):
        return None
    digits = written.translate(_SIGNS)
    if digits[0] == "+":
        country = _of_number(digits[1:])
        national = digits[1 + len(country.code) :] if country else ""
    else:
        country, national = _of_region(region), digits
        if country and (
            national.startswith(country.code) or (country.abroad and country.abroad.match(national))
        ):
            return None
    if country is None or not national or national[0] == "0" or len(national) not in country.lengths:
        return None
    found = country.prefix.match(national) if country.prefix else None
    if found and found.end():
        return None
    e164 = f"+{country.code}{national}"
    return Phone(written, e164, phones.match_key(e164))


def _of_number(digits: str) -> _Country | None:
    """No country's code is the beginning of another's."""
    for length in (1, 2, 3):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if regions and digits[0] != "0":
            return _of_region(regions[0])
    return None


@lru_cache(maxsize=512)
def _of_region(region: str) -> _Country | None:
    data = PhoneMetadata.metadata_for_region(region, None) if region else None
    if data is None or data.general_desc is None:
        return None
    return _Country(
        str(phonenumbers.country_code_for_region(region)),
        frozenset(data.general_desc.possible_length),
        re.compile(data.national_prefix_for_parsing) if data.national_prefix_for_parsing else None,
        re.compile(data.international_prefix) if data.international_prefix else None,
    )
