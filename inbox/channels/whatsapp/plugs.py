"""What WhatsApp plugs into the registries. Called by the app's `ready()`."""

from crm import work
from inbox.channels import kinds
from inbox.channels.whatsapp import channel, checking


def register() -> None:
    kinds.register(channel.KIND)
    work.register_kind(checking.KIND)
