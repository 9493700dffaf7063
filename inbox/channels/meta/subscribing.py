"""Having Meta send what happens on a page or account here, and no longer. No transaction is open."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inbox.channels.endpoints import callback_of
from inbox.channels.instagram import app as instagram
from inbox.channels.messenger import app as messenger
from inbox.channels.meta.connection import GRAPH, INSTAGRAM, client_of, has_own_login
from inbox.channels.meta.graph import GraphError
from inbox.channels.meta.setup import subscribe_app, wrong
from inbox.models import Channel


def subscribe(channel: Channel) -> str:
    """What an admin should still see to, or nothing. Raises Wrong.

    1. The app's own subscription is only made where the app is the workspace's and has none elsewhere. Of Instagram's
       events Meta lets few apps do it by the API: then its dashboard has to be told.
    2. The page, or the account of an Instagram login, is subscribed.
    """
    app = channel.app
    assert app is not None
    warning = ""
    try:
        if has_own_login(channel):
            warning = "" if app.verified_at else _by_hand()
            client_of(channel).subscribe(instagram.FIELDS)
            return warning
        if app.owner_id == channel.workspace_id:
            warning = _app(channel)
        client_of(channel).subscribe(messenger.FIELDS)
    except GraphError as error:
        words = _("Meta could not set the webhook up. See that {url} is reachable from the internet.")
        raise wrong(error, words.format(url=callback_of(app))) from None
    return warning


def unsubscribe(channel: Channel, *, shared: bool) -> None:
    """Nothing of this page or account is sent here any more. `shared`: another channel hears of the same page. Raises
    GraphError."""
    if not shared:
        client_of(channel).unsubscribe()


def fields_of(channel: Channel) -> tuple[str, ...]:
    return instagram.FIELDS if channel.kind == INSTAGRAM else messenger.FIELDS


def _app(channel: Channel) -> str:
    assert channel.app is not None
    callback = callback_of(channel.app)
    if channel.kind != INSTAGRAM:
        return subscribe_app(GRAPH, channel.app, callback, messenger.OBJECT, messenger.FIELDS)
    try:
        return subscribe_app(GRAPH, channel.app, callback, instagram.OBJECT, instagram.FIELDS)
    except GraphError as error:
        if error.meaning is None or error.disconnects:
            raise
        return _by_hand()


def _by_hand() -> str:
    return _("In Meta's dashboard, set the webhook of the product Instagram to the values below.")
