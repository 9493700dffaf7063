"""Providers: who calls our endpoints. A provider serves one kind of channel or several, by one app.

providers.register(Provider(key="meta", challenge=…, verify=…, parse=…, kinds=("whatsapp",)))    from AppConfig.ready()
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from inbox.channels.inbound import Part
from inbox.models import ProviderApp


@dataclass(frozen=True)
class Provider:
    """How a provider's requests are known and read.

    challenge: answers the GET by which the provider tests an endpoint; 200 only with our token.
    verify: whether the body's bytes, exactly as received, are signed with the app's secret. Compares in constant time.
    parse: the body's parts, in their order, given the app that it came to and the arrival, which stands in for times
        that are missing. Total: it never raises, and what it cannot read is a Malformed part. It is given signed bodies
        only.
    kinds: the channels' kinds whose receivers it names.
    redact: the body without what it says of a person, by the account it came to and what the provider calls the person;
        None where nothing else is in it. A provider whose requests are of one person each needs none.
    same_people: whether a key names the same person in all channels of one app, so that they are one lead.
    unknown: told, in the splitter's transaction, of a receiver that no channel is known for, where the provider has
        accounts that come by themselves. Once somebody knows it, the webhooks are replayed.
    """

    key: str
    challenge: Callable[[ProviderApp, HttpRequest], HttpResponse]
    verify: Callable[[ProviderApp, Mapping[str, str], bytes], bool]
    parse: Callable[[ProviderApp, bytes, datetime], tuple[Part, ...]]
    kinds: tuple[str, ...]
    redact: Callable[[bytes, str, frozenset[str]], bytes | None] | None = None
    same_people: bool = False
    unknown: Callable[[ProviderApp, str], None] | None = None


_PROVIDERS: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """The same provider again is no error; another under its key is."""
    known = _PROVIDERS.setdefault(provider.key, provider)
    if known is not provider:
        raise ValueError(f"A provider {provider.key!r} is already registered.")
    return provider


def find(key: str) -> Provider | None:
    return _PROVIDERS.get(key)
