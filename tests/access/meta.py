"""Messenger's and Instagram's settings: connecting a page or account, and the page of one."""

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
        kind="messenger",
        name="Page",
        external_id="P1",
        app=app,
        settings={"login": "page", "page": {"id": "P1"}},
    )
    return {"pk": made.pk}


ROWS = [
    Row("inbox:messenger_connect", get=ADMINS),
    Row("inbox:instagram_connect", get=ADMINS, post=ADMINS),
    Row("inbox:meta_app", post=ADMINS),
    Row("inbox:meta_token", post=ADMINS),
    Row("inbox:meta_page", post=ADMINS),
    Row("inbox:meta_restart", post=ADMINS),
    Row("inbox:meta", get=ADMINS, target=channel),
    Row("inbox:meta_state", get=ADMINS, target=channel),
    Row("inbox:meta_check", post=ADMINS, target=channel),
    Row("inbox:meta_webhook", post=ADMINS, target=channel),
    Row("inbox:meta_extension", post=ADMINS, target=channel),
    Row("inbox:meta_name", post=ADMINS, target=channel),
    Row("inbox:meta_secrets", post=ADMINS, target=channel),
    Row("inbox:meta_removal", post=ADMINS, target=channel),
]
