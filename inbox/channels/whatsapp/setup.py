"""Asking Meta while an admin waits: is this app, this token, this number what it should be; and send webhooks here.

No transaction is open in any of these. All raise GraphError, or `Wrong` with words for the field that is wrong.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from inbox.channels.endpoints import callback_of, is_https
from inbox.channels.meta import setup
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.setup import subscribe_app, told, wrong
from inbox.channels.whatsapp import payloads
from inbox.channels.whatsapp.app import FIELDS, OBJECT, SCOPES
from inbox.channels.whatsapp.client import Number, WhatsAppClient
from inbox.channels.whatsapp.connection import SERVICE, client_of, graph
from inbox.channels.whatsapp.templating import fill, slots
from inbox.channels.wrong import Wrong
from inbox.models import Channel, ProviderApp, Template


@dataclass(frozen=True)
class Account:
    """A WhatsApp Business Account (WABA) with its numbers."""

    id: str
    name: str
    numbers: list[dict[str, Any]] = field(default_factory=list)


def callback_is_public() -> bool:
    """Whether Meta could call us there: it asks for TLS. A simulator asks for nothing."""
    return is_https() or not is_meta()


def is_meta() -> bool:
    """Whether it is Meta itself that is spoken to, and not the simulator."""
    return settings.WHATSAPP_API_URL.startswith("https://graph.facebook.com/")


def app_name(app_id: str, app_secret: str) -> str:
    return setup.app_name(SERVICE, app_id, app_secret)


def check_token(app: ProviderApp, token: str) -> tuple[int, list[Account]]:
    """When the token ends (seconds, 0 for never) and the accounts it was given."""
    facts = setup.token_facts(SERVICE, app, token)
    if missing := facts.missing(SCOPES):
        raise Wrong(
            _("The token lacks {scopes}. Generate it again with both.").format(scopes=", ".join(missing))
        )
    return facts.expires_at, [account(app, token, one) for one in facts.accounts(SCOPES)]


def account(app: ProviderApp, token: str, account_id: str) -> Account:
    client = WhatsAppClient(graph(token, app.secrets["app_secret"]))
    try:
        return Account(
            account_id,
            client.account_name(account_id),
            [asdict(number) for number in client.numbers(account_id)],
        )
    except GraphError as error:
        words = _("The token does not reach the account {id}. Assign the account to the system user in Meta.")
        raise wrong(error, words.format(id=account_id)) from None


def number(app: ProviderApp, token: str, number_id: str) -> Number:
    client = WhatsAppClient(graph(token, app.secrets["app_secret"]), number_id)
    try:
        return client.number()
    except GraphError as error:
        raise wrong(
            error, _("The token does not reach this number. Assign its account to the system user.")
        ) from None


def subscribe(channel: Channel) -> str:
    """Has Meta send the account's webhooks here; it calls our endpoint at once to see whether it answers.

    1. The app's own subscription is only made where it is the workspace's and has none elsewhere; else a warning says
       what to do.
    2. The account gets our address of its own, so that it does not matter where the app sends those of others.
    3. Where the account sends them elsewhere already (another installation, another workspace), that is left alone, and
       only this number's come here.
    """
    app = channel.app
    assert app is not None
    callback, verify_token = callback_of(app), app.secrets["verify_token"]
    warning = ""
    try:
        if app.owner_id == channel.workspace_id:
            warning = subscribe_app(SERVICE, app, callback, OBJECT, FIELDS)
        client = client_of(channel)
        elsewhere = client.subscribed_apps(channel.account_id).get(app.secrets["app_id"], "")
        if elsewhere in ("", callback):
            client.subscribe(channel.account_id, callback, verify_token)
        else:
            client.redirect(callback, verify_token)
    except GraphError as error:
        words = _("Meta could not set the webhook up. See that {url} is reachable from the internet.")
        raise wrong(error, words.format(url=callback)) from None
    return warning


def test(channel: Channel, template: Template, phone: str) -> str:
    """Sends a template to a phone at once, with its examples as values; Meta's id of the message."""
    values = {slot.key: slot.example or slot.name for slot in slots(template)}
    content = payloads.template(
        template.name, template.language, fill(template, values).data["template"]["components"]
    )
    payload = payloads.message(payloads.Recipient(phone=phone), content)
    return client_of(channel).send(payload).reference


def unsubscribe(channel: Channel, *, shared: bool) -> None:
    """Has Meta send nothing of this number here any more. `shared`: other numbers of its account are still here."""
    app = channel.app
    assert app is not None
    client = client_of(channel)
    elsewhere = client.subscribed_apps(channel.account_id).get(app.secrets["app_id"], "")
    if elsewhere not in ("", callback_of(app)):
        client.redirect("", "")
    elif not shared:
        client.unsubscribe(channel.account_id)


__all__ = ["Wrong", "told"]
