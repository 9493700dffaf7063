"""What Cauce asks of the Graph API as the app itself: is its secret right, what is a token, where do webhooks go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inbox.channels.reading import SHORT, flag, identifier, mapping, number, sequence, text
from inbox.channels.whatsapp.graph import Graph, garbled

FIELDS = (
    "messages", "message_template_status_update", "message_template_quality_update", "template_category_update",
    "message_template_components_update", "account_update", "account_alerts", "phone_number_quality_update",
    "phone_number_name_update", "business_capability_update", "user_preferences", "smb_message_echoes",
)  # fmt: skip
SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token is. app_id empty: it is none of this app. expires_at in seconds, 0 for never."""

    valid: bool
    app_id: str
    application: str
    expires_at: int
    scopes: tuple[str, ...]
    accounts: tuple[str, ...]  # WABA ids it was given, where Meta says so

    @property
    def missing(self) -> tuple[str, ...]:
        """Scopes that are needed and not there."""
        return tuple(scope for scope in SCOPES if scope not in self.scopes)


@dataclass(frozen=True)
class AppClient:
    """Speaks for an app itself, by its id and secret."""

    app_id: str
    app_secret: str = field(repr=False)

    @property
    def _graph(self) -> Graph:
        return Graph(f"{self.app_id}|{self.app_secret}")

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
            accounts=_accounts(data),
        )

    def callback(self) -> str:
        """Where the app's WhatsApp webhooks go; empty where they are not subscribed."""
        given = self._graph.get(f"{self.app_id}/subscriptions")
        for one in sequence(given.get("data")):
            if text(mapping(one).get("object")) == "whatsapp_business_account":
                return text(mapping(one).get("callback_url"), 2000)
        return ""

    def subscribe(self, callback: str, verify_token: str) -> None:
        """Has Meta send the fields to this address. It asks the address at once. Raises GraphError."""
        given = self._graph.call(
            "POST",
            f"{self.app_id}/subscriptions",
            json={
                "object": "whatsapp_business_account",
                "callback_url": callback,
                "verify_token": verify_token,
                "fields": ",".join(FIELDS),
                "include_values": True,
            },
        )
        if not flag(given.get("success")):
            raise garbled(200, sends=False)


def _accounts(data: dict[str, Any]) -> tuple[str, ...]:
    found = [
        identifier(target)
        for one in sequence(data.get("granular_scopes"))
        if mapping(one).get("scope") in SCOPES
        for target in sequence(mapping(one).get("target_ids"))
    ]
    return tuple(dict.fromkeys(filter(None, found)))[:20]
