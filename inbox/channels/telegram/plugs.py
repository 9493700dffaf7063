"""What Telegram plugs into the registries. Called by the app's `ready()`."""

from crm import work
from inbox.channels import kinds, providers
from inbox.channels.telegram import channel, courtesies, provider
from inbox.channels.telegram.actions import accounts


def register() -> None:
    kinds.register(channel.KIND)
    kinds.register(channel.ACCOUNT_KIND)
    providers.register(provider.TELEGRAM)
    work.register_kind(accounts.KIND)
    work.register_kind(courtesies.KIND)
