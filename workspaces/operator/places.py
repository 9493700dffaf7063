"""Pages of the operator's that higher floors bring, each from its `AppConfig.ready()`."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Place:
    """`name` is the page's route; `icon` a lucide name."""

    name: str
    label: str | Promise
    icon: str


_PLACES: dict[str, Place] = {}


def register(place: Place) -> None:
    _PLACES[place.name] = place


def all_places() -> list[Place]:
    return list(_PLACES.values())
