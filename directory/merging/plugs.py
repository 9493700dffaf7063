"""What this floor puts into the registries of a merge, and how a merge goes with a lead that is deleted for good."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm import feed, jobs, schedule, work
from directory import acts, erasure, merging, tabs
from directory.actions import merges
from directory.erasure import Leads, Participant, Step
from directory.listing import toolbar
from directory.merging import custom, fields, finding, following, noticing, reading, scanning, telling
from directory.models import DuplicatePair, Lead, Merge, SetAside
from directory.models.lead import NOBODY
from directory.permissions import DirectoryPermission
from workspaces.models import Membership


def register() -> None:
    merging.register(merging.Participant("directory", TABLES, order=0))
    fields.register(custom.SOURCE)
    for scan in (finding.POINTS, finding.NAMES):
        finding.register(scan)
    work.register_kind(merges.KIND)
    jobs.register_kind(scanning.KIND)
    feed.register_consumer(noticing.CONSUMER)
    telling.register()
    erasure.register(Participant("merges", erase, stop=stop, seal=seal, strip=erase, order=900))
    erasure.keep_in_events("merge", "merged", "stayed")
    schedule.daily("directory.old_merges", at="04:40", task="directory.tasks.forget_merges", queue="bulk")
    tabs.register(
        tabs.Tab("related", _("Related"), "directory/duplicates/related.htmx.html", related, order=700)
    )
    tabs.register(tabs.Tab("history", _("History"), "directory/changes/tab.htmx.html", changes, order=800))
    acts.register(
        acts.Act("merge", _("Merge with…"), "merge", "directory:lead_merge", allowed=_may_merge, order=500)
    )
    toolbar.register(
        toolbar.Tool(
            "duplicates", _("Duplicates"), "users", "directory:duplicates", order=60, allowed=_may_merge
        )
    )
    for model, name, why in EXEMPT:
        merging.exempt(model, name, why)


def _may_merge(membership: Membership) -> bool:
    return membership.may(DirectoryPermission.MERGE_LEADS)


def related(request: Any, lead: Lead) -> dict[str, Any]:
    """The tab of leads that may be the same person, and of those that were merged."""
    reader = request.membership
    return {
        "others": reading.pairs_of(lead, reader),
        "within": reading.within(lead, reader),
        "may_merge": _may_merge(reader),
    }


def changes(request: Any, lead: Lead) -> dict[str, Any]:
    """The tab of every change. What it reads, it reads when it is opened."""
    from directory.views import changes as views

    return views.load(request, lead)


def stop(leads: Leads) -> None:
    """The merged ones go with it: what they were called, and what the merges keep of them."""
    within = following.within(leads.ids)
    Lead.objects.filter(pk__any=within).update(**NOBODY)
    made = Merge.objects.filter(kept_id__any=[*leads.ids, *within])
    SetAside.objects.filter(merge__in=made).delete()
    made.update(before={})


def seal(leads: Leads) -> None:
    """Of nobody there is no double."""
    DuplicatePair.objects.filter(Q(first_id__any=leads.ids) | Q(second_id__any=leads.ids)).delete()


def erase(leads: Leads) -> Step:
    """Merges, with the rows they set aside. The merged leads go by the cascade."""
    Merge.objects.filter(kept_id__any=[*leads.ids, *following.within(leads.ids)]).delete()
    return Step.DONE


TABLES = (
    merging.Table(
        "directory.ContactPoint",
        _("Contact"),
        once=("kind", "match_key"),
        better="gone.is_verified AND NOT kept.is_verified OR kept.is_claimed AND NOT gone.is_claimed",
    ),
    merging.Table("directory.LeadTag", once=("tag_id",), since=""),
    merging.Table("directory.SocialProfile", _("Social profile"), once=("url",)),
    merging.Table("directory.CustomValue", once=("field_id", "slot"), better=custom.BETTER, since=""),
    merging.Table(
        "directory.Notification",
        once=("membership_id", "kind"),
        once_where="{row}.gathers AND {row}.seen_at IS NULL",
        since="",
    ),
    merging.Table("directory.Event", since=""),
)
EXEMPT = (
    ("directory.Placement", "lead", "the merged lead's goes, and is made anew by the undo"),
    ("directory.OwnedName", "lead", "a trigger keeps it: it goes and comes with the placement"),
    ("directory.Lead", "merged_into", "says who was merged into whom"),
    ("directory.BulkRow", "lead", "an undo of the act finds the lead gone, and says so"),
    ("directory.ImportRow", "lead", "an undo of the import finds the lead gone, and says so"),
    ("directory.DuplicatePair", "first", "a pair of a lead that stands nowhere is seen by nobody"),
    ("directory.DuplicatePair", "second", "a pair of a lead that stands nowhere is seen by nobody"),
    ("directory.Merge", "kept", "says who was merged into whom"),
    ("directory.Merge", "gone", "says who was merged into whom"),
)
