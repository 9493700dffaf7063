"""What people write into a cell, and what they mean. Each raises `Unclear` with a code of `importing.reasons`."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from directory.models import Status

DMY, MDY, YMD = "dmy", "mdy", "ymd"
DATE_STYLES = (DMY, MDY, YMD)
BLANK = frozenset(
    {"", "-", "--", "—", "n/a", "#n/a", "na", "null", "none", "nan", "s/n", "sin dato", "no tiene", "."}
)
LONGEST_BLANK = 16
FIRST_YEAR = 1900

_PARTS = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})")
_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_NAMED = re.compile(r"(\d{1,2})\W+(?:de )?([a-z]{3,10})\.?\W+(?:de[l]? )?(\d{4}|\d{2})")
_NAMED_FIRST = re.compile(r"([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TIME = re.compile(
    r"[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? *([ap])?\.? ?m?\.?(z|[+-]\d{2}:?\d{2})?$", re.I
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "ene enero jan january",
            "feb febrero february",
            "mar marzo march",
            "abr abril apr april",
            "may mayo",
            "jun junio june",
            "jul julio july",
            "ago agosto aug august",
            "sep sept septiembre setiembre september",
            "oct octubre october",
            "nov noviembre november",
            "dic diciembre dec december",
        ),
        1,
    )
    for name in names.split()
}
_STATUSES = {
    Status.NEUTRAL: "neutral normal ninguno none ◻️ ◻",
    Status.URGENT: "urgente urgent 🔥 alta high hot caliente",
    Status.IMPORTANT: "importante important ⭐ ⭐️",
    Status.PENDING: "pendiente pending ⏳",
    Status.STUCK: "atorado stuck 🧊 detenido blocked",
    Status.DONE: "terminado done finished ✅ finalizado completado completed",
}
STATUS_OF = {word: status.value for status, words in _STATUSES.items() for word in words.split()}


class Unclear(Exception):
    def __init__(self, code: str, **args: Any) -> None:
        super().__init__(code)
        self.code, self.args_of_reason = code, args


def folded(text: str) -> str:
    """As words are compared: small letters without accents, other signs as single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
    return " ".join(kept.split())


def is_blank(text: str) -> bool:
    """Nothing, or what people write for nothing."""
    if len(text) < LONGEST_BLANK:
        return text.strip().casefold() in BLANK  # which has the empty one
    return text.isspace()


def status(text: str) -> str:
    found = STATUS_OF.get(text.strip()) or next(
        (STATUS_OF[word] for word in folded(text).split() if word in STATUS_OF), None
    )
    if found is None:
        raise Unclear("no_status")
    return found


def moment(text: str, style: str, zone: ZoneInfo) -> datetime:
    """A date, with a time of day or at noon, in the zone unless it names one."""
    plain = text.strip()
    at = time(12)
    offset: Any = zone
    if found := _TIME.search(plain):
        plain = plain[: found.start()]
        at, offset = _time(found, zone)
    return datetime.combine(day(plain, style), at, tzinfo=offset)


def day(text: str, style: str) -> date:
    """A year of two digits is of this century up to 69."""
    plain = " ".join(text.strip().split())
    if found := _ISO.fullmatch(plain):
        return _date(*map(int, found.groups()))
    if found := _PARTS.fullmatch(plain):
        one, two, three = found.groups()
        if len(one) == 4:
            return _date(int(one), int(two), int(three))
        if style == YMD and len(three) <= 2:
            return _date(_year(one), int(two), int(three))
        first, second = (int(one), int(two)) if style != MDY else (int(two), int(one))
        return _date(_year(three), second, first)
    named = folded_month(plain)
    if named:
        return named
    raise Unclear("no_date")


def folded_month(text: str) -> date | None:
    """ "12 de enero de 2024", "Jan 5, 2024"; None where no month is named."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    if (found := _NAMED.fullmatch(plain)) and found[2] in _MONTHS:
        return _date(_year(found[3]), _MONTHS[found[2]], int(found[1]))
    if (found := _NAMED_FIRST.fullmatch(plain)) and found[1] in _MONTHS:
        return _date(int(found[3]), _MONTHS[found[1]], int(found[2]))
    return None


def style_of(samples: Iterable[str], usual: str) -> str:
    """How dates are written: a number that can be no month tells. `usual` where none does."""
    for text in samples:
        found = _PARTS.match(text.strip())
        if not found:
            continue
        one, two = found[1], found[2]
        if len(one) == 4:
            return YMD
        if int(one) > 12:
            return DMY
        if int(two) > 12:
            return MDY
    return usual


def parts(text: str, signs: str = r"[;,|\n\r/]+") -> list[str]:
    """Of a cell that lists several."""
    return [one for part in re.split(signs, text) if (one := part.strip()) and not is_blank(one)]


def _time(found: "re.Match[str]", zone: ZoneInfo) -> tuple[time, Any]:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if hour > 12:
            raise Unclear("no_date")
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    try:
        at = time(hour, minute, second)
    except ValueError:
        raise Unclear("no_date") from None
    if not found[5]:
        return at, zone
    return at, datetime.strptime("+0000" if found[5].lower() == "z" else found[5], "%z").tzinfo


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def _date(year: int, month: int, number: int) -> date:
    if not FIRST_YEAR <= year <= 9000:
        raise Unclear("no_date")
    try:
        return date(year, month, number)
    except ValueError:
        raise Unclear("no_date") from None
