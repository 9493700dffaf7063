"""What WhatsApp plugs into the registries. Called by the app's `ready()`."""

from crm import work
from inbox.channels import kinds, providers
from inbox.channels.whatsapp import channel, checking, provider


def register() -> None:
    kinds.register(channel.KIND)
    providers.register(provider.META)
    work.register_kind(checking.KIND)
