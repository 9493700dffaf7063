"""What the control API has for Telegram alone, after /control/apps/telegram/.

POST accounts           an account lets the bot in: {id?, owner?, name?, username?, quietly?}
POST accounts/<id>      {rights?, is_enabled?}
POST token              {valid, bot_id?}
"""

from typing import TYPE_CHECKING

from inbox.simulator.telegram import defaults
from inbox.simulator.telegram.world import RIGHTS
from inbox.simulator.web import NoSuchThing, Payload

if TYPE_CHECKING:
    from inbox.simulator.provider import Control
    from inbox.simulator.telegram.provider import Provider


def add_account(provider: "Provider", body: Payload) -> Payload:
    made = provider.connect_account(
        body.get("id", defaults.CONNECTION_ID),
        owner=int(body.get("owner", defaults.OWNER_ID)),
        name=body.get("name", defaults.OWNER_NAME),
        username=body.get("username", defaults.OWNER_USERNAME),
        bot_id=next(iter(provider.world.bots)),
        quietly=bool(body.get("quietly")),
    )
    return made.described()


def change_account(provider: "Provider", body: Payload, connection_id: str) -> Payload:
    connection = provider.world.connections.get(connection_id)
    if connection is None:
        raise NoSuchThing(connection_id)
    rights = tuple(body.get("rights", RIGHTS))
    provider.change_account(connection, rights=rights, is_enabled=bool(body.get("is_enabled", True)))
    return connection.described()


def set_token(provider: "Provider", body: Payload) -> None:
    bot_id = body.get("bot_id") or next(iter(provider.world.bots))
    provider.world.bots[bot_id].token_valid = bool(body["valid"])
    provider.changed()


ROUTES: "list[Control]" = [
    ("POST", r"accounts", add_account),
    ("POST", r"accounts/(?P<connection_id>\w+)", change_account),
    ("POST", r"token", set_token),
]
