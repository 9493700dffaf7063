"""WhatsApp's settings: connecting a number, and the page of one."""

from inbox.models import Channel, ProviderApp
from tests.access.rows import ADMINS, Row, World


def channel(world: World) -> dict[str, object]:
    app = ProviderApp.objects.create(
        provider="meta",
        owner=world.workspace,
        secrets={"app_id": "1", "app_secret": "s3cret", "verify_token": "token"},
    )
    made = Channel.objects.create(
        workspace=world.workspace,
        kind="whatsapp",
        name="Sales",
        external_id="PN1",
        account_id="WABA1",
        app=app,
    )
    return {"pk": made.pk}


ROWS = [
    Row("inbox:whatsapp_connect", get=ADMINS),
    Row("inbox:whatsapp_app", post=ADMINS),
    Row("inbox:whatsapp_token", post=ADMINS),
    Row("inbox:whatsapp_account", post=ADMINS),
    Row("inbox:whatsapp_number", post=ADMINS),
    Row("inbox:whatsapp_restart", post=ADMINS),
    Row("inbox:whatsapp", get=ADMINS, target=channel),
    Row("inbox:whatsapp_state", get=ADMINS, target=channel),
    Row("inbox:whatsapp_check", post=ADMINS, target=channel),
    Row("inbox:whatsapp_webhook", post=ADMINS, target=channel),
    Row("inbox:whatsapp_verify_token", post=ADMINS, target=channel),
    Row("inbox:whatsapp_test", post=ADMINS, target=channel),
    Row("inbox:whatsapp_templates", post=ADMINS, target=channel),
    Row("inbox:whatsapp_name", post=ADMINS, target=channel),
    Row("inbox:whatsapp_secrets", post=ADMINS, target=channel),
    Row("inbox:whatsapp_removal", post=ADMINS, target=channel),
]
