"""What people are told of: each their own, whatever the role."""

from directory.models import Notification
from directory.notifications import digests
from tests.access.leads import lead
from tests.access.rows import EVERYONE, Actor, Kind, Row, World

OTHERS = EVERYONE - {Actor.GRANTED}


def notice(world: World) -> dict[str, object]:
    """The seller's with the grant."""
    made = Notification.objects.create(
        membership=world.granted, kind="assigned", cause="event:1", lead_id=lead(world)["pk"]
    )
    return {"pk": made.pk}


def token(world: World) -> dict[str, object]:
    return {"token": digests.mute_token(world.owner)}


ROWS = [
    Row("directory:notifications", get=EVERYONE),
    Row("directory:notifications_bell", get=EVERYONE),
    Row("directory:notifications_seen", post=EVERYONE),
    Row("directory:notification_seen", post=frozenset({Actor.GRANTED}), target=notice, unseen=OTHERS),
    Row("directory:notification_settings", get=EVERYONE, post=EVERYONE),
    Row("directory:notification_trial", post=EVERYONE),
    Row("my_notifications", Kind.ACCOUNT, get=EVERYONE),
    Row("notifications_mute", Kind.PUBLIC, get=EVERYONE, post=EVERYONE, target=token),
]
