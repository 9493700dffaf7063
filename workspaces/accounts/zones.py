"""Time zones to choose from, as the browser's own list to search in: "America/Mexico_City", now UTC−6."""

import zoneinfo
from datetime import datetime
from functools import lru_cache

from django.utils import timezone

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Zones of places; not the old aliases without one, but for UTC."""
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in AREAS))


def choices() -> list[tuple[str, str]]:
    """(name, "UTC−6") of each, as of now."""
    now = timezone.now()
    return [(name, _offset(name, now)) for name in names()]


def found(text: str) -> str | None:
    """The zone that a person meant: "america/mexico city" is America/Mexico_City; a city alone will do."""
    wanted = "_".join(text.split()).casefold()
    by_name = {name.casefold(): name for name in names()}
    if wanted in by_name:
        return by_name[wanted]
    cities = [name for name in names() if name.rsplit("/", 1)[-1].casefold() == wanted]
    return cities[0] if len(cities) == 1 else None


def _offset(name: str, now: datetime) -> str:
    offset = now.astimezone(zoneinfo.ZoneInfo(name)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
