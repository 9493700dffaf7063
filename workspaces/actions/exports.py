"""Exports: start the job, and tell of it in the log."""

from django.db import transaction

from crm import jobs
from crm.jobs.models import Job
from workspaces.actions import audit
from workspaces.audit_log.filters import Filters
from workspaces.models import Membership, Verb


@transaction.atomic
def start_audit(*, by: Membership, filters: Filters) -> Job:
    """The audit log as CSV, of what the filters leave."""
    params = filters.as_params()
    job = jobs.start("audit_export", by=by, params=params)
    changes = {name: [None, value] for name, value in params.items() if value and name != "actor_id"}
    if filters.membership_id:
        person = Membership.objects.select_related("user").get(pk=filters.membership_id)
        changes["person"] = [None, str(person.user)]
    if filters.verb:
        changes["verb"] = [None, str(Verb(filters.verb).label)]
    audit.record(by.workspace_id, verb=Verb.AUDIT_EXPORTED, by=by, changes=changes)
    return job


@transaction.atomic
def start_workspace(*, by: Membership) -> Job:
    """All that the workspace has, as a zip."""
    job = jobs.start("workspace_export", by=by)
    audit.record(by.workspace_id, verb=Verb.WORKSPACE_EXPORTED, by=by)
    return job
