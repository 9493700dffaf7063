"""Asking Meta while an admin waits: is this app, is this token what it should be; and send webhooks here.

No transaction is open in any of these. All raise GraphError, or `Wrong` with words for the field that is wrong.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from crm.work import DeliveryError
from inbox.channels.meta.app import AppClient, TokenFacts
from inbox.channels.meta.graph import GraphError, Service
from inbox.channels.wrong import Wrong
from inbox.models import ProviderApp


def app_name(service: Service, app_id: str, app_secret: str) -> str:
    try:
        return AppClient(service, app_id, app_secret).name()
    except GraphError as error:
        raise wrong(error, _("Meta does not know this app ID with this secret. Copy both again.")) from None


def token_facts(service: Service, app: ProviderApp, token: str) -> TokenFacts:
    """Of a token that is good, and of this app."""
    try:
        facts = client_of_app(service, app).token_facts(token)
    except GraphError as error:
        words = _("Meta does not accept this token. Generate a new one, and copy it whole.")
        raise wrong(error, words) from None
    if not facts.valid:
        raise Wrong(_("Meta says that this token is not valid. Generate a new one, and copy it whole."))
    if facts.app_id != app.secrets["app_id"]:
        other = facts.application or facts.app_id
        words = _("This token is of another app, {other}. Generate it for {app}.")
        raise Wrong(words.format(other=other, app=app.name))
    return facts


def client_of_app(service: Service, app: ProviderApp) -> AppClient:
    return AppClient(service, app.secrets["app_id"], app.secrets["app_secret"])


def subscribe_app(
    service: Service, app: ProviderApp, callback: str, name: str, fields: Collection[str]
) -> str:
    """Has the app send an object's webhooks here, unless it sends them elsewhere: then, what an admin should see to."""
    client = client_of_app(service, app)
    present = client.callback(name)
    if present in ("", callback):
        client.subscribe(name, fields, callback, app.secrets["verify_token"])
        return ""
    return _(
        "The app sends the webhooks of its other accounts to {url}. See in Meta's dashboard that the fields below are"
        " switched on."
    ).format(url=present)


def told(error: DeliveryError) -> str:
    """What went wrong, with Meta's own words where it has some: an admin may need them."""
    return _quoting(str(error), error.details if isinstance(error, GraphError) else "")


def wrong(error: GraphError, words: str) -> Wrong:
    """The words for what was refused; for what never got an answer, that."""
    if error.meaning is None:
        return Wrong(str(error))
    return Wrong(_quoting(words, error.details))


def _quoting(words: str, details: str) -> str:
    said = _("Meta says: “%(details)s”") % {"details": details}
    return f"{words} {said}" if details else words
