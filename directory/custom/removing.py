"""What leads hold in a field, or by a choice, that was deleted goes in batches: a million leads may hold it.

One batch in the transaction of the deletion, so that what few hold is gone at once; the rest is durable work of the
bulk queue. A field and a choice go themselves after the last of what names them, and after PATIENCE: who read them
before they were out of sight has written by then.
"""

import time
from datetime import timedelta

from django.db import transaction

from crm import work
from crm.work.models import Item
from directory.models import CustomChoice, CustomField, CustomKind, CustomValue

BATCH = 5_000
STEP = 45.0  # seconds of removing in one step
PATIENCE = timedelta(seconds=20)
KIND_NAME = "directory.custom_removal"


def begin_with_field(field: CustomField) -> None:
    _empty(field)
    _enqueue(field.workspace_id, {"field": field.pk, "step": 0}, delay=PATIENCE)


def begin_with_choice(choice: CustomChoice, home: CustomChoice | None) -> None:
    _rehouse(choice, home)
    payload = {"choice": choice.pk, "home": home.pk if home else None, "step": 0}
    _enqueue(choice.workspace_id, payload, delay=PATIENCE)


def deliver(item: Item) -> work.Receipt:
    """One step."""
    ends = time.monotonic() + STEP
    while not _batch(item.payload):
        if time.monotonic() > ends:
            assert item.workspace_id is not None
            _enqueue(item.workspace_id, {**item.payload, "step": item.payload["step"] + 1})
            break
    return work.Receipt()


@transaction.atomic
def _batch(payload: dict[str, int]) -> bool:
    """Whether nothing is left."""
    if "field" in payload:
        field = CustomField.objects.filter(pk=payload["field"]).first()
        if field is None or not _empty(field):
            return field is None
        field.delete()
        return True
    choice = CustomChoice.objects.filter(pk=payload["choice"]).first()
    home = CustomChoice.objects.filter(pk=payload["home"], removed_at=None).first()
    if choice is None or not _rehouse(choice, home):
        return choice is None
    choice.delete()
    return True


def _empty(field: CustomField) -> bool:
    """Removes a batch; whether that was the last one."""
    rows = list(CustomValue.objects.of_field(field).order_by().values_list("pk", flat=True)[:BATCH])
    CustomValue.objects.filter(pk__any=rows).delete()
    return len(rows) < BATCH


def _rehouse(choice: CustomChoice, home: CustomChoice | None) -> bool:
    """Gives a batch of leads the other choice; whether that was the last one. Who has that already loses only this."""
    held = CustomValue.objects.filter(choice=choice).order_by()
    rows = dict(held.values_list("pk", "lead_id")[:BATCH])
    if home is None:
        CustomValue.objects.filter(pk__any=list(rows)).delete()
        return len(rows) < BATCH
    several = choice.field.kind == CustomKind.CHOICES
    having: set[int] = set()
    if several:
        theirs = CustomValue.objects.filter(
            field=choice.field_id, lead_id__any=list(rows.values()), slot=home.pk
        )
        having = set(theirs.values_list("lead_id", flat=True))
    CustomValue.objects.filter(pk__any=[pk for pk, lead in rows.items() if lead in having]).delete()
    moved = CustomValue.objects.filter(pk__any=[pk for pk, lead in rows.items() if lead not in having])
    moved.update(choice=home, slot=home.pk if several else 0)
    return len(rows) < BATCH


def _enqueue(workspace: int, payload: dict[str, int | None], *, delay: timedelta | None = None) -> None:
    what = f"field-{payload['field']}" if "field" in payload else f"choice-{payload['choice']}"
    work.enqueue(
        kind=KIND_NAME,
        lane=f"workspace:{workspace}",
        key=f"custom:{what}",
        payload=payload,
        correlation=f"{what}-{payload['step']}",
        workspace=workspace,
        delay=delay,
    )


KIND = work.Kind(
    KIND_NAME,
    deliver=deliver,
    idempotent=True,
    queue="bulk",
    batch=1,
    parallel=1,
    lease=timedelta(minutes=5),
    max_attempts=10,
    backoff=timedelta(seconds=10),
)
