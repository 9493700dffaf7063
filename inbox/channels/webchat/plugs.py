"""What the web chat plugs into the registries. Called by the app's `ready()`."""

from inbox.channels import kinds
from inbox.channels.webchat import channel, guests


def register() -> None:
    kinds.register(channel.WEBCHAT)
    guests.register()
