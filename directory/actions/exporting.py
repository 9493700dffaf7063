"""Asking for a file of leads."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from crm import jobs
from crm.jobs.models import Job
from directory.exporting import columns, forms
from directory.exporting.running import KIND_NAME
from directory.permissions import DirectoryPermission
from directory.selection import Selection
from workspaces import permissions
from workspaces.actions import audit
from workspaces.errors import Refused
from workspaces.models import Membership, Verb


@transaction.atomic
def start(
    selection: Selection,
    *,
    by: Membership,
    keys: Sequence[str],
    form: str,
    delimiter: str = "comma",
    mark: bool = True,
) -> Job:
    """The job. `keys` are of `exporting.columns.offered`, `form` and `delimiter` of `exporting.forms`.

    Raises PermissionDenied, and Refused where nothing is asked for. Who asked for how many leads, by which filter, is
    in the audit log from then on, whatever becomes of the file.
    """
    permissions.check(by, DirectoryPermission.EXPORT_LEADS)
    filed = columns.named(keys)
    if not filed:
        raise Refused(_("Choose at least one column."))
    if form not in forms.TYPES or delimiter not in forms.DELIMITERS:
        raise Refused(_("There is no such kind of file."))
    count = selection.count(by)
    if not count:
        raise Refused(_("No lead matches: there is nothing to export."))
    changes: dict[str, list[object]] = {"leads": [None, count], "format": [None, form]}
    if selection.is_all:
        # That something was searched for, not what: it may be somebody's name, who is erased one day.
        words = "…" if selection.words else ""
        asked = {"filter": selection.filter, "words": words, "state": selection.state}
        changes |= {name: [None, value] for name, value in asked.items() if value}
    changes["columns"] = [None, ", ".join(str(one.key) for one in filed)]
    audit.record(by.workspace_id, verb=Verb.LEADS_EXPORTED, by=by, changes=changes)
    params = {
        "selection": selection.to_json(),
        "columns": [one.key for one in filed],
        "format": form,
        "delimiter": delimiter,
        "mark": mark,
    }
    return jobs.start(KIND_NAME, by=by, params=params)
