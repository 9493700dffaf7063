"""What tests of leads begin with. All of it runs inside the workspace's scope:

with scope(workspace):
    marta = house.lead(workspace, name="Marta Ruiz", phone="+52 55 1234 5678", assignee=seller)
    house.place(marta, stage=stage, status="urgent")
"""

from collections.abc import Iterable
from typing import Any

from crm.tenancy import scope
from directory import custom
from directory.actions import leads
from directory.actors import SYSTEM, Actor
from directory.models import (
    CloseReason,
    ContactPoint,
    CustomChoice,
    CustomField,
    Event,
    Lead,
    LeadTag,
    Placement,
    Tag,
    Tally,
)
from funnels.models import Funnel, Stage
from workspaces.actions import memberships
from workspaces.models import Membership, Workspace


def lead(
    workspace: Workspace,
    *,
    name: str = "Marta Ruiz",
    phone: str = "",
    email: str = "",
    stage: Any = None,
    assignee: Membership | None = None,
    tags: Iterable[Tag] = (),
    by: Actor = SYSTEM,
    **columns: Any,
) -> Lead:
    """A lead, made by the action itself; `columns` are then written into its placement (status=…, channel_id=…)."""
    points: list[ContactPoint] = []
    if phone:
        points.append(leads.phone(phone, region="MX"))
    if email:
        points.append(leads.email(email))
    made = leads.create(
        by=by,
        workspace_id=workspace.pk,
        name=name,
        stage_id=stage.pk if stage else None,
        assignee=assignee,
        contact_points=points,
    )
    LeadTag.objects.bulk_create([LeadTag(workspace_id=workspace.pk, lead=made, tag=one) for one in tags])
    if columns:
        place(made, **columns)
    return made


def place(lead: Lead, **columns: Any) -> Placement:
    """Write columns of its placement, past the actions: where a lead stands when a test begins."""
    Placement.objects.filter(pk=lead.pk).update(**columns)
    return Placement.objects.get(pk=lead.pk)


def placement_of(lead: Lead) -> Placement:
    """As it is now."""
    return Placement.objects.get(pk=lead.pk)


def tag(workspace: Workspace, name: str = "vip", colour: str = "amber") -> Tag:
    return Tag.objects.create(workspace=workspace, name=name, colour=colour)


def funnel(
    workspace: Workspace, name: str = "Mayoreo", stages: Iterable[str] = ("Contactado", "Cierre")
) -> Any:
    """A funnel with stages, in order: `[first, second] = funnel.stages.all()`."""
    made = Funnel.objects.create(workspace=workspace, name=name)
    for position, words in enumerate(stages):
        Stage.objects.create(workspace=workspace, funnel=made, name=words, position=position)
    return made


def reason(workspace: Workspace, name: str = "Precio", outcome: str = "lost") -> CloseReason:
    return CloseReason.objects.create(workspace=workspace, name=name, outcome=outcome)


def field(kind: str, label: str = "", *, choices: Iterable[str] = (), **columns: Any) -> CustomField:
    """A field of the workspace's own, as `custom.fields()` gives it."""
    label = label or kind
    made = CustomField.objects.create(
        label=label, key=label.lower(), kind=kind, position=CustomField.objects.count(), **columns
    )
    for position, words in enumerate(choices):
        CustomChoice.objects.create(field=made, label=words, position=position)
    return next(one for one in custom.fields() if one.pk == made.pk)


def grant(membership: Membership, *, by: Membership, **granted: Iterable[Any]) -> Membership:
    """A seller with grants, read anew: grant(seller, by=owner, see_all_leads=[funnel], write_channel=[channel])."""
    codes = {
        "work_funnel": "funnels.work_funnel",
        "see_all_leads": "funnels.see_all_leads",
        "write_channel": "inbox.write_channel",
    }
    memberships.change_access(
        membership,
        by=by,
        tools_held=membership.tools,
        switches={},
        granted={codes[name]: {one.pk for one in objects} for name, objects in granted.items()},
    )
    return Membership.objects.select_related("user", "workspace").get(pk=membership.pk)


def events_of(lead: Lead) -> list[Event]:
    """Oldest first."""
    return list(Event.objects.filter(lead=lead).order_by("id"))


def verbs_of(lead: Lead) -> list[str]:
    return [event.verb for event in events_of(lead)]


def count(workspace: Workspace, **where: Any) -> int:
    """What the tallies say."""
    with scope(workspace):
        return Tally.objects.filter(**where).total()
