"""The kinds of leads. `words` get a `Told` and speak the reader's language."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.notifications import Kind, Way, Ways

ASSIGNED, MENTIONED, FREE_LEAD = "assigned", "mentioned", "free_lead"
ASSIGNED_MANY, IMPORTED = "assigned_many", "imported"
EVERY_WAY: Ways = frozenset(Way)


@dataclass(frozen=True)
class Told:
    """What a sentence is made of: what the lead is called as the reader may see it, who did it ("" for nobody), how
    often, and the row's facts."""

    lead: str
    by: str = ""
    count: int = 1
    facts: dict[str, Any] = field(default_factory=dict)


def every_way(membership: Any) -> Ways:
    return EVERY_WAY


def no_way(membership: Any) -> Ways:
    return frozenset()


def _assigned(told: Told) -> str:
    if told.by:
        return gettext("%(by)s assigned %(lead)s to you") % {"by": told.by, "lead": told.lead}
    return gettext("%(lead)s was assigned to you") % {"lead": told.lead}


def _assigned_many(told: Told) -> str:
    leads = int(told.facts.get("leads", 0))
    words = {"by": told.by, "count": number_format(leads, force_grouping=True)}
    if told.by:
        return (
            ngettext("%(by)s assigned %(count)s lead to you", "%(by)s assigned %(count)s leads to you", leads)
            % words
        )
    return (
        ngettext("%(count)s lead was assigned to you", "%(count)s leads were assigned to you", leads) % words
    )


def _my_leads(workspace: str, row: Any) -> str:
    return f"{reverse('directory:directory', args=[workspace])}?f=assignee:me"


def _mentioned(told: Told) -> str:
    if told.by:
        return gettext("%(by)s mentioned you in a note on %(lead)s") % {"by": told.by, "lead": told.lead}
    return gettext("You were mentioned in a note on %(lead)s") % {"lead": told.lead}


def _imported(told: Told) -> str:
    number = int(told.facts.get("leads", 0))
    if told.by:
        words = ngettext(
            "%(by)s gave you %(number)s lead by an import",
            "%(by)s gave you %(number)s leads by an import",
            number,
        )
        return words % {"by": told.by, "number": number}
    words = ngettext(
        "%(number)s lead was given to you by an import",
        "%(number)s leads were given to you by an import",
        number,
    )
    return words % {"number": number}


def _free(told: Told) -> str:
    return gettext("%(lead)s is new and has nobody yet") % {"lead": told.lead}


KINDS = [
    Kind(
        ASSIGNED,
        _("A lead is assigned to me"),
        "user-round-check",
        _assigned,
        every_way,
        order=10,
        help=_("By somebody else, or automatically"),
    ),
    Kind(
        ASSIGNED_MANY,
        _("Many leads are assigned to me at once"),
        "users-round",
        _assigned_many,
        every_way,
        order=11,
        help=_("One line, however many they are"),
        href=_my_leads,
    ),
    Kind(
        IMPORTED,
        _("Leads are given to me by an import"),
        "file-input",
        _imported,
        every_way,
        order=15,
        help=_("Once for all of it"),
    ),
    Kind(MENTIONED, _("Somebody mentions me in a note"), "at-sign", _mentioned, every_way, order=20),
    Kind(
        FREE_LEAD,
        _("A new lead that nobody has"),
        "user-round-plus",
        _free,
        no_way,
        order=50,
        help=_("Among those I may take"),
    ),
]
