"""What Cauce asks of the Graph API as the app itself: is its secret right, what is a token, where do webhooks go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from inbox.channels.meta.graph import Graph, Service
from inbox.channels.reading import SHORT, flag, identifier, mapping, number, sequence, text


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token is. app_id empty: it is none of this app. expires_at in seconds, 0 for never.

    kind: "USER", "SYSTEM_USER", "PAGE"; profile: the page's id, of a page's.
    """

    valid: bool
    app_id: str
    application: str
    expires_at: int
    scopes: tuple[str, ...]
    granular: dict[str, tuple[str, ...]]  # {scope: ids it was given for}, where Meta says so
    kind: str = ""
    profile: str = ""

    def missing(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Scopes that are needed and not there."""
        return tuple(scope for scope in wanted if scope not in self.scopes)

    def accounts(self, scopes: Collection[str]) -> tuple[str, ...]:
        """What it was given for any of these, each once."""
        found = [target for scope in scopes for target in self.granular.get(scope, ())]
        return tuple(dict.fromkeys(found))[:20]


@dataclass(frozen=True)
class AppClient:
    """Speaks for an app itself, by its id and secret."""

    service: Service
    app_id: str
    app_secret: str = field(repr=False)

    @property
    def _graph(self) -> Graph:
        return Graph(self.service, f"{self.app_id}|{self.app_secret}")

    def name(self) -> str:
        """The app's name, where the secret is this app's. Raises GraphError."""
        return text(self._graph.get("app", fields="id,name").get("name"), SHORT) or self.app_id

    def token_facts(self, token: str) -> TokenFacts:
        """What a token is. One of another app is refused, or shows that app."""
        data = mapping(self._graph.get("debug_token", input_token=token).get("data"))
        return TokenFacts(
            valid=flag(data.get("is_valid")),
            app_id=identifier(data.get("app_id")),
            application=text(data.get("application"), SHORT),
            expires_at=int(number(data.get("expires_at")) or 0),
            scopes=tuple(text(scope, 80) for scope in sequence(data.get("scopes"))),
            granular=_granular(data),
            kind=text(data.get("type"), 20),
            profile=identifier(data.get("profile_id")),
        )

    def approved(self) -> tuple[str, ...]:
        """Permissions and features that Meta's review has given the app, as far as it lists them."""
        data = sequence(self._graph.get(f"{self.app_id}/permissions").get("data"))
        given = (mapping(one) for one in data)
        return tuple(
            text(one.get("permission"), 80) for one in given if text(one.get("status"), 20) == "live"
        )

    def callback(self, name: str) -> str:
        """Where the app's webhooks of that object go; empty where they are not subscribed."""
        given = self._graph.get(f"{self.app_id}/subscriptions")
        for one in sequence(given.get("data")):
            if text(mapping(one).get("object")) == name:
                return text(mapping(one).get("callback_url"), 2000)
        return ""

    def subscribe(self, name: str, fields: Collection[str], callback: str, verify_token: str) -> None:
        """Has Meta send an object's fields to this address. It asks the address at once. Raises GraphError."""
        given = self._graph.call(
            "POST",
            f"{self.app_id}/subscriptions",
            json={
                "object": name,
                "callback_url": callback,
                "verify_token": verify_token,
                "fields": ",".join(fields),
                "include_values": True,
            },
        )
        if not flag(given.get("success")):
            raise self._graph.garbled(200, sends=False)


def _granular(data: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {}
    for one in sequence(data.get("granular_scopes")):
        given = mapping(one)
        ids = (identifier(target) for target in sequence(given.get("target_ids")))
        found[text(given.get("scope"), 80)] = tuple(filter(None, ids))
    return found
