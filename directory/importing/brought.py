"""Leads by the import that made them: of the filter language, `import:12`."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from directory import filtering
from directory.choices import Option
from directory.filtering import asked as by
from directory.filtering import offering
from directory.filtering.fields import LEAD, Asked, Field, Groups
from directory.filtering.kinds import References
from directory.models import Import, ImportRow, RowOutcome
from directory.permissions import DirectoryPermission
from workspaces.models import Membership

MOST_OFFERED = 100  # the latest


def register() -> None:
    filtering.register(
        Field(
            "import",
            gettext_lazy("Import"),
            "file-input",
            References(),
            lambda asked: by.has(_rows(asked).filter(lead_id=OuterRef("pk"))),
            options=_offered,
            few=lambda asked: _rows(asked).values_list("lead_id"),
            allowed=lambda membership: membership.may(DirectoryPermission.IMPORT_LEADS),
            group=LEAD,
            order=175,
        )
    )


def _rows(asked: Asked) -> "QuerySet[Any, Any]":
    imports = Import.objects.visible_to(asked.membership).filter(pk__in=asked.ids)
    made = Q(outcome=RowOutcome.CREATED, lead_id__isnull=False)
    return ImportRow.objects.filter(made, of_id__in=imports.values("pk"))


def _offered(reader: Membership, ids: Iterable[str] | None) -> Groups:
    wanted = offering.numbers(ids)
    ran = Import.objects.visible_to(reader).ran().newest()
    found = ran[:MOST_OFFERED] if wanted is None else ran.filter(pk__in=wanted)
    return [("", [Option(one.pk, f"{one.name} · {_day(one)}") for one in found])]


def _day(one: Import) -> str:
    return date_format(localtime(one.started_at), "SHORT_DATE_FORMAT")
