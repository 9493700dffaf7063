"""Columns of who a lead is that lists seldom show: all of those that are shown come by one query."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Func, OuterRef, QuerySet, TextField
from django.utils.translation import gettext_lazy as _

from directory import columns, naming
from directory.columns import Column, Placements
from directory.exporting import sources
from directory.exporting.sources import Asked, Kind, Source, joined
from directory.models import Lead, SocialProfile
from workspaces.models import Membership

# {column: (label, what of a lead it is)}; the first ones people wrote, the others are the workspace's or ours.
WRITTEN = {
    "first_name": (_("First name"), "first_name"),
    "second_name": (_("Second name"), "second_name"),
    "last_name": (_("Last name"), "last_name"),
    "address": (_("Address"), "address"),
    "delivery_address": (_("Delivery address"), "delivery_address"),
}
KNOWN = {
    "manager": (_("Personal manager"), "manager__user__name"),
    "time_zone": (_("Time zone"), "time_zone"),
    "ip": (_("IP address"), "ip"),
}
NAMES = {key: name for key, (_label, name) in {**WRITTEN, **KNOWN}.items()}


def register() -> None:
    for order, (key, (label, name)) in enumerate({**WRITTEN, **KNOWN}.items(), start=320):
        columns.register(Column(key, label, columns.alone(key, _load), batch=_load, order=order))
        kind = Kind.TEXT if key in WRITTEN else Kind.WORD
        sources.register(Source(key, kind, _address if key == "ip" else sources.held(f"lead__{name}")))
    sources.register(Source("profile", Kind.TEXT, _links, _("Social networks"), order=340))


def _load(
    shown: Sequence[Column], placements: Placements, membership: Membership
) -> dict[str, Mapping[int, Any]]:
    keys = [column.key for column in shown]
    rows: QuerySet[Any, Any] = Lead.objects.filter(pk__in=[one.pk for one in placements])
    found: dict[str, dict[int, str]] = {key: {} for key in keys}
    for pk, *values in rows.values_list("pk", *(NAMES[key] for key in keys)):
        for key, value in zip(keys, values, strict=True):
            if value:
                found[key][pk] = naming.shown_text(value, membership) if key in WRITTEN else value
    return {**found}


def _address(asked: Asked) -> Func:
    return Func(F("lead__ip"), function="host", output_field=TextField())


def _links(asked: Asked) -> Any:
    links: QuerySet[Any, Any] = SocialProfile.objects.filter(lead_id=OuterRef("pk")).order_by("id")
    return joined(links.values("url"), ", ")
