"""Where a provider is to call us, and whether it can."""

from django.conf import settings
from django.urls import reverse

from inbox.models import ProviderApp


def callback_of(app: ProviderApp) -> str:
    """The address of the app's webhooks."""
    return settings.BASE_URL + reverse(
        "hooks:webhook", kwargs={"provider": app.provider, "public_id": app.public_id}
    )


def is_https() -> bool:
    """Providers ask for TLS. A simulator asks for nothing."""
    return settings.BASE_URL.startswith("https://")
