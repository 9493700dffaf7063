"""The operator's pages, and the mail reader of the demo."""

from crm.feed.models import ParkedRow
from crm.work.models import Item, Lane, State
from tests.access.rows import EVERYONE, Kind, Row, World


def itself(world: World) -> dict[str, object]:
    return {"public_id": world.workspace.public_id}


def item(world: World) -> dict[str, object]:
    lane, _ = Lane.objects.get_or_create(kind="mail", key="test")
    made = Item.objects.create(
        kind="mail", lane=lane, correlation=f"access-{world.workspace.pk}", state=State.UNKNOWN
    )
    return {"pk": made.pk}


def lane(world: World) -> dict[str, object]:
    return {"pk": Lane.objects.get_or_create(kind="mail", key="test")[0].pk}


def parked(world: World) -> dict[str, object]:
    row = ParkedRow.objects.create(
        consumer="security_notices", subject_key=str(world.workspace.pk), xid=1, row_id=1, attempts=5
    )
    return {"pk": row.pk}


ROWS = [
    Row("operator:overview", Kind.OPERATOR, get=EVERYONE),
    Row("operator:log", Kind.OPERATOR, get=EVERYONE),
    Row("operator:workspaces", Kind.OPERATOR, get=EVERYONE),
    Row("operator:workspace", Kind.OPERATOR, get=EVERYONE, target=itself),
    Row("operator:suspension", Kind.OPERATOR, post=EVERYONE, target=itself),
    Row("operator:suspension_lifting", Kind.OPERATOR, post=EVERYONE, target=itself),
    Row("operator:work", Kind.OPERATOR, get=EVERYONE),
    Row("operator:retrial_of_all", Kind.OPERATOR, post=EVERYONE),
    Row("operator:discarding_of_all", Kind.OPERATOR, post=EVERYONE),
    Row("operator:retrial", Kind.OPERATOR, post=EVERYONE, target=item),
    Row("operator:discarding", Kind.OPERATOR, post=EVERYONE, target=item),
    Row("operator:lane_resumption", Kind.OPERATOR, post=EVERYONE, target=lane),
    Row("operator:feeds", Kind.OPERATOR, get=EVERYONE),
    Row("operator:replay", Kind.OPERATOR, post=EVERYONE, target=parked),
    Row("operator:row_discarding", Kind.OPERATOR, post=EVERYONE, target=parked),
    Row("operator:mails", Kind.OPERATOR, get=EVERYONE),
    Row("operator:demo_letters", Kind.PUBLIC, get=EVERYONE, ok=frozenset({404})),  # only where DEMO is on
    Row(
        "operator:demo_letter",
        Kind.PUBLIC,
        get=EVERYONE,
        ok=frozenset({404}),
        target=lambda world: {"uid": "0" * 32},
    ),
]
