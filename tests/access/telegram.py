"""Telegram's settings: connecting a bot, and the page of one."""

from inbox.models import Channel, ProviderApp
from tests.access.rows import ADMINS, Row, World


def channel(world: World) -> dict[str, object]:
    app = ProviderApp.objects.create(
        provider="telegram", owner=world.workspace, secrets={"bot_id": "77", "secret": "s3cret"}
    )
    made = Channel.objects.create(
        workspace=world.workspace, kind="telegram", name="Bot", external_id="77", app=app
    )
    return {"pk": made.pk}


ROWS = [
    Row("inbox:telegram_connect", get=ADMINS, post=ADMINS),
    Row("inbox:telegram_account_connect", get=ADMINS),
    Row("inbox:telegram", get=ADMINS, target=channel),
    Row("inbox:telegram_state", get=ADMINS, target=channel),
    Row("inbox:telegram_check", post=ADMINS, target=channel),
    Row("inbox:telegram_webhook", post=ADMINS, target=channel),
    Row("inbox:telegram_secret", post=ADMINS, target=channel),
    Row("inbox:telegram_token", post=ADMINS, target=channel),
    Row("inbox:telegram_name", post=ADMINS, target=channel),
    Row("inbox:telegram_removal", post=ADMINS, target=channel),
]
