"""What Cauce asks of the Messenger Platform, each a method; typed answers, `GraphError` for all that fails.

One client speaks for one page, or one account of Instagram login. It keeps no state and opens no transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.outbound import Limits
from crm.work import Receipt
from inbox.channels.meta.graph import Graph, GraphError
from inbox.channels.meta.hosts import is_metas
from inbox.channels.reading import SHORT, flag, identifier, mapping, number, sequence, text

MEDIA_BYTES = 100 * 1024 * 1024
PAGES = 100  # of one token


@dataclass(frozen=True, slots=True)
class Page:
    """A Facebook page, with its own token, and the Instagram account that is linked to it, where there is one."""

    id: str
    name: str
    token: str = field(default="", repr=False)
    instagram: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class Refreshed:
    token: str = field(repr=False)
    seconds: int  # that it is good for


@dataclass(frozen=True)
class MetaClient:
    """sender: the page, or the account of Instagram login, by which it is sent. May be empty while one is connected."""

    graph: Graph
    sender: str = ""

    # Messages

    def send(self, payload: dict[str, Any], *, attempt: int = 1) -> Receipt:
        """Sends what `payloads.message` made. What becomes of it follows by webhook."""
        given = self.graph.call("POST", f"{self.sender}/messages", sends=True, attempt=attempt, json=payload)
        external_id = identifier(given.get("message_id"))
        if not external_id:
            raise self.graph.garbled(200, sends=True)
        return Receipt(external_id)

    def act(self, person: str, action: str) -> None:
        """`typing_on`, `mark_seen`: again does no harm."""
        body = {"recipient": {"id": person}, "sender_action": action}
        self.graph.call("POST", f"{self.sender}/messages", json=body)

    def download(self, url: str) -> tuple[bytes, str]:
        """A file and what Meta says it is. The address shows itself: no token goes with it."""
        if not is_metas(url, self.graph.service.address):
            raise GraphError(
                _("That file is not at Meta, and is not fetched."), permanent=True, code="foreign address"
            )
        plain = Graph(self.graph.service, "")
        response = plain.request("GET", url, limits=Limits(total=90, body=MEDIA_BYTES))
        if response.status in (400, 401, 403, 404, 410):
            raise GraphError(
                _("Meta no longer has the file."), permanent=True, status=response.status, code="gone"
            )
        if response.status != 200:
            raise plain.garbled(response.status, sends=False)
        return response.content, response.headers.get("content-type", "").partition(";")[0]

    # People

    def profile(self, person: str, fields: str) -> Profile:
        given = self.graph.get(person, fields=fields)
        both = " ".join(
            filter(None, (text(given.get(one), 80).strip() for one in ("first_name", "last_name")))
        )
        return Profile(
            text(given.get("name"), 160).strip() or both,
            text(given.get("username"), 80).strip().removeprefix("@"),
        )

    # The page, its account and the token

    def page(self) -> Page:
        """Whose a page's token is."""
        return _page(self.graph.get("me", fields=PAGE_FIELDS), self.graph.token)

    def pages(self) -> list[Page]:
        """Those that a person's token reaches, each with a token of its own."""
        given = self.graph.get("me/accounts", fields=f"{PAGE_FIELDS},access_token", limit=PAGES)
        found = [mapping(one) for one in sequence(given.get("data"))]
        return [_page(one, text(one.get("access_token"), 1000)) for one in found]

    def account(self) -> Page:
        """The account of an Instagram login: `user_id` is what its webhooks name, `id` is another."""
        given = self.graph.get("me", fields="user_id,username,name")
        account_id = identifier(given.get("user_id")) or identifier(given.get("id"))
        name, username = text(given.get("name"), SHORT), text(given.get("username"), 80)
        return Page("", name or username, self.graph.token, account_id, username)

    def refresh(self) -> Refreshed:
        """A new token of Instagram login for sixty days; the old one must be a day old, and good."""
        given = self.graph.get(
            "refresh_access_token", grant_type="ig_refresh_token", access_token=self.graph.token
        )
        token = text(given.get("access_token"), 1000)
        if not token:
            raise self.graph.garbled(200, sends=False)
        return Refreshed(token, int(number(given.get("expires_in")) or 0))

    def subscribe(self, fields: Collection[str]) -> None:
        """Has the app get what happens on the page or account."""
        given = self.graph.call(
            "POST", f"{self.sender}/subscribed_apps", params={"subscribed_fields": ",".join(fields)}
        )
        if not flag(given.get("success")):
            raise self.graph.garbled(200, sends=False)

    def unsubscribe(self) -> None:
        self.graph.call("DELETE", f"{self.sender}/subscribed_apps")

    def subscribed(self) -> dict[str, tuple[str, ...]]:
        """{app id: fields}."""
        given = self.graph.get(f"{self.sender}/subscribed_apps")
        found = {}
        for one in sequence(given.get("data")):
            fields = (text(name, 80) for name in sequence(mapping(one).get("subscribed_fields")))
            found[identifier(mapping(one).get("id"))] = tuple(fields)
        return found


PAGE_FIELDS = "id,name,instagram_business_account{id,username,name}"


def _page(given: dict[str, Any], token: str) -> Page:
    linked = mapping(given.get("instagram_business_account"))
    return Page(
        id=identifier(given.get("id")),
        name=text(given.get("name"), SHORT),
        token=token,
        instagram=identifier(linked.get("id")),
        username=text(linked.get("username"), 80),
    )
