"""What acts on many leads plug in."""

from django.utils.translation import gettext_lazy as _

from crm import jobs, schedule
from directory import erasure
from directory.bulk import acts, kinds, running
from directory.erasure import Leads, Participant, Step
from directory.listing import foot, toolbar
from directory.listing.foot import Foot
from directory.listing.toolbar import Tool
from directory.models import BulkRow
from directory.permissions import DirectoryPermission
from workspaces.models import Membership


def register() -> None:
    kinds.register()
    jobs.register_kind(running.UNDO_KIND)
    erasure.register(Participant("bulk", seal=seal, strip=forget, order=920))
    erasure.keep_in_events("bulk", "undo")
    toolbar.register(
        Tool("acts", _("Bulk actions"), "history", "directory:bulk_acts", order=900, allowed=works)
    )
    foot.register(Foot("more", _("More"), "ellipsis", "directory:bulk_more", 800, may_more))
    schedule.every("directory.bulk", seconds=30, task="directory.tasks.settle_bulk_acts")
    schedule.daily("directory.old_bulk_acts", at="04:40", task="directory.tasks.forget_bulk_acts")


def forget(leads: Leads) -> Step:
    """What a row holds of a lead is what its fields held before: where that is erased, nothing gives it back."""
    seal(leads)  # an act may have been under way
    return Step.DONE


def seal(leads: Leads) -> None:
    BulkRow.objects.filter(lead_id__any=leads.ids).delete()


def works(membership: Membership) -> bool:
    return membership.may(DirectoryPermission.WORK_LEADS)


def may_more(membership: Membership) -> bool:
    return any(not act.in_bar for act in acts.open_to(membership))
