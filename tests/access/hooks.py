"""The endpoints of providers, and the operator's page of what came there."""

from inbox.models import ProviderApp, RawRequest
from tests.access.rows import EVERYONE, Kind, Row, World

GONE = frozenset({404})  # of an address that nobody signed
REFUSED = frozenset({403})  # of a request without the provider's signature or token


def app(world: World) -> ProviderApp:
    return ProviderApp.objects.create(provider="meta", secrets={"app_secret": "x", "verify_token": "y"})


def endpoint(world: World) -> dict[str, object]:
    return {"provider": "meta", "public_id": app(world).public_id}


def unsigned(world: World) -> dict[str, object]:
    return {"token": "WzEsIDFd:1vP:x", "name": "foto.png"}


def raw(world: World) -> dict[str, object]:
    return {"pk": RawRequest.objects.create(app=app(world), body="{", size=1, error="not JSON").pk}


ROWS = [
    Row("hooks:webhook", Kind.PUBLIC, get=EVERYONE, post=EVERYONE, target=endpoint, ok=REFUSED),
    Row("hooks:lent", Kind.PUBLIC, get=EVERYONE, target=unsigned, ok=GONE),
    Row("hooks:journal", Kind.OPERATOR, get=EVERYONE),
    Row("hooks:replay", Kind.OPERATOR, post=EVERYONE, target=raw),
    Row("hooks:replay_of_all", Kind.OPERATOR, post=EVERYONE),
]
