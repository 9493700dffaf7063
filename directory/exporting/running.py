"""The job: from the asker's rights and the selection to the parts of the file."""

import tempfile
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs import JobError, JobKind, Progress, Way
from crm.jobs.csv_files import IN_MEMORY, PART
from crm.jobs.models import Job
from crm.jobs.zip_files import TooLarge
from directory import filtering
from directory.exporting import asking, columns, forms
from directory.exporting.forms import Layout
from directory.exporting.sources import Asked
from directory.models.placement import PlacementQuerySet
from directory.permissions import DirectoryPermission
from directory.selection import Selection
from workspaces.middleware import activate_zone
from workspaces.models import Membership

KIND_NAME = "directory.export"


def run(job: Job, progress: Progress) -> None:
    """In the language of who asked, and the workspace's zone. What the person may, and sees, is read anew each turn."""
    membership = _asker(job)
    workspace = membership.workspace
    with translation.override(membership.user.language), timezone.override(None):
        activate_zone(workspace.time_zone)
        layout = _layout(job, membership)
        try:
            selected = selected_by(job, membership)
            if "windows" not in job.cursor:
                _begin(job, progress, selected)
            _write(job, progress, layout, selected)
            _forget(job)
        except filtering.BadFilter as error:
            raise JobError("filter_gone") from error
        except TooLarge as error:
            raise JobError("too_large") from error


def selected_by(job: Job, membership: Membership) -> PlacementQuerySet:
    """Leads chosen one by one that were deleted since are named no more; where none is left there are none."""
    asked: dict[str, Any] = job.params["selection"]
    if asked.get("leads") == []:
        return Selection(leads=(0,)).rows(membership)
    return Selection.of_json(asked).rows(membership)


def _asker(job: Job) -> Membership:
    found = Membership.objects.active().filter(pk=job.membership_id, workspace_id=job.workspace_id)
    membership: Membership | None = found.select_related("user", "workspace").first()
    if membership is None or not membership.may(DirectoryPermission.EXPORT_LEADS):
        raise JobError("not_allowed")
    return membership


def _layout(job: Job, membership: Membership) -> Layout:
    filed = columns.named(job.params["columns"])
    if not filed:
        raise JobError("no_columns")
    return Layout(
        filed=filed,
        membership=membership,
        asked=Asked(zone=timezone.get_current_timezone_name()),
        title=_("Leads"),
        delimiter=forms.DELIMITERS[job.params.get("delimiter", "comma")],
        mark=bool(job.params.get("mark", True)),
    )


def _begin(job: Job, progress: Progress, selected: PlacementQuerySet) -> None:
    cut = asking.windows(selected)
    form = job.params["format"]
    title, day = _("leads"), timezone.localdate(job.created_at)
    name = f"{title}-{job.workspace.public_id}-{day:%Y-%m-%d}.{form}"
    progress.result(name, forms.TYPES[form])
    progress.total(sum(count for _last, count in cut))
    with progress.batch(cursor={"windows": cut, "at": 0, "done": 0, "state": {}}):
        pass


def _write(job: Job, progress: Progress, layout: Layout, selected: PlacementQuerySet) -> None:
    """As crm.jobs.write_csv: parts are stored when a turn ends or PART is reached, and the cursor moves with them."""
    cut = job.cursor["windows"]
    while not job.cursor.get("complete"):
        at, done = job.cursor["at"], job.cursor["done"]
        job.done = done  # what was counted but not stored is counted again
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            form = forms.FORMS[job.params["format"]](file, layout, job.cursor["state"])
            if not job.parts:
                form.begin()
            while at < len(cut):
                after = cut[at - 1][0] if at else 0
                count = form.window(asking.within(selected, after, cut[at][0]))
                at, done = at + 1, done + count
                progress.advance(count)
                if progress.is_turn_over or file.tell() >= PART:
                    break
            complete = at == len(cut)
            if complete:
                form.end()
                progress.total(done)
            state = {} if complete else form.pause()
            cursor = {**job.cursor, "at": at, "done": done, "state": state, "complete": complete}
            progress.add_part(file, cursor=cursor)  # may end the turn


def _forget(job: Job) -> None:
    """What was searched for may be a person's name, and the job's row outlives the person. Chosen ones stay, by number:
    where one of them is deleted, the file goes (see withdrawing)."""
    asked = job.params["selection"]
    kept = {"leads": asked["leads"]} if "leads" in asked else {}
    Job.objects.filter(pk=job.pk, attempt=job.attempt).update(params={**job.params, "selection": kept})


def ways(job: Job, membership: Membership) -> Sequence[Way]:
    """Whose file is there no more, or never was, chooses anew: what was searched for is not kept."""
    if job.is_open or job.has_file:
        return ()
    directory = reverse("directory:directory", kwargs={"workspace_id": membership.workspace.public_id})
    return [Way(_("Choose leads and export again"), directory, "contact-round")]


KIND = JobKind(
    KIND_NAME,
    run=run,
    ways=ways,
    label=gettext_lazy("Export of leads"),
    permission=DirectoryPermission.EXPORT_LEADS,
    messages={
        "not_allowed": gettext_lazy("You may not export leads any more."),
        "no_columns": gettext_lazy("None of the chosen columns is there any more. Choose others."),
        "filter_gone": gettext_lazy("A field of the filter is gone. Filter anew, and export again."),
        "too_large": gettext_lazy("It is more than a spreadsheet takes. Export it as CSV, or fewer columns."),
        "withdrawn": gettext_lazy(
            "A lead that may be in the file was deleted since, so the file was removed. Export again."
        ),
    },
)
