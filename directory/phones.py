"""Telephone numbers: kept as written, sent to in E.164, compared by a key in which national variants are one.

The same mobile is written in two ways in Mexico (52 1 …, 52 …), Brazil (55 11 9…, 55 11 …) and Argentina (54 9 …,
54 …); providers give either. Only the key folds them: what is sent to is never rewritten.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

MEXICO, ARGENTINA, BRAZIL = "52", "54", "55"
BULLET = "•"


@dataclass(frozen=True)
class Phone:
    raw: str
    e164: str  # "+5215512345678"
    match_key: str  # "525512345678"


def parse(raw: str, region: str | None = None) -> Phone | None:
    """None where it is no number. `region` (ISO, "MX") is assumed where the number names no country."""
    text = raw.strip()
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) and not _is_old_mexican(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(text, e164, match_key(e164))


def from_provider(digits: str) -> Phone | None:
    """Of what a provider names by its digits alone, without a plus ("5215512345678"): an address, taken as it is."""
    plain = re.sub(r"\D", "", digits)
    if not 7 <= len(plain) <= 15:
        return None
    return Phone(digits, f"+{plain}", match_key(plain))


def match_key(e164: str) -> str:
    """Digits with the country's code, without what only marks a mobile. The plus may be left out."""
    digits = e164.removeprefix("+")
    if not digits.isdecimal():
        digits = re.sub(r"\D", "", digits)
    if digits.startswith(MEXICO + "1") and len(digits) == 13:
        return MEXICO + digits[3:]
    if digits.startswith(ARGENTINA + "9") and len(digits) == 13:
        return ARGENTINA + digits[3:]
    if digits.startswith(BRAZIL) and len(digits) == 13 and digits[4] == "9":
        return digits[:4] + digits[5:]
    return digits


@lru_cache(maxsize=8192)  # the library takes longer than the rest of a card
def shown(e164: str) -> str:
    """As people write it, with its country: "+52 55 1234 5678"."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    if _is_old_mexican(number):  # the library no longer knows how it is spaced
        local = shown(f"+{MEXICO}{str(number.national_number)[1:]}")
        return f"+{MEXICO} 1{local[3:]}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(e164: str) -> str:
    """For who may not see numbers: the country and the last two digits."""
    digits = re.sub(r"\D", "", e164)
    return f"+{digits[:2]} {BULLET * 6} {digits[-2:]}"


def _is_old_mexican(number: phonenumbers.PhoneNumber) -> bool:
    return number.country_code == int(MEXICO) and len(str(number.national_number)) == 11


# Where the currency is of many countries, the zone tells which.
_ZONES = {
    "America/Guayaquil": "EC",
    "Pacific/Galapagos": "EC",
    "America/El_Salvador": "SV",
    "America/Panama": "PA",
    "America/Puerto_Rico": "PR",
    "America/Caracas": "VE",
    "Europe/Madrid": "ES",
    "Atlantic/Canary": "ES",
    "Africa/Ceuta": "ES",
    "Europe/Lisbon": "PT",
    "Europe/Paris": "FR",
    "Europe/Berlin": "DE",
    "Europe/Rome": "IT",
}


def region_of(currency: str, time_zone: str) -> str | None:
    """The country (ISO) whose numbers are written without one: where a workspace is. None where that is not clear."""
    region = _ZONES.get(time_zone) or currency[:2]  # a currency's code begins with its country's
    return region if region in phonenumbers.SUPPORTED_REGIONS else None
