"""Who is told that they got leads: one line each, however many; the consumer of events passes over those of an act."""

from directory.actions.notifications import make, people
from directory.models import BulkAct, BulkRow, Placement
from directory.notifications.kinds import ASSIGNED, ASSIGNED_MANY


def tell_assignees(act: BulkAct) -> None:
    """In the transaction in which the act ends."""
    given = {int(person): leads for person, leads in act.given.items()}
    for person in people(sorted(set(given) - {act.asker_id})):
        cause, leads = f"bulk:{act.pk}", given[person.pk]
        placement = _only(act, person.pk) if leads == 1 else None
        if placement is not None:
            make(ASSIGNED, to=person, cause=cause, placement=placement, by=act.asker_id)
        else:
            make(ASSIGNED_MANY, to=person, cause=cause, by=act.asker_id, facts={"leads": leads})


def _only(act: BulkAct, person: int) -> Placement | None:
    rows = BulkRow.objects.filter(act=act, refused="").values("lead_id")
    return Placement.objects.select_related("lead").filter(pk__in=rows, assignee_id=person).first()
