"""What Cauce asks of the Cloud API, each a method; typed answers, `GraphError` for all that fails.

One client speaks for one number. It keeps no state and opens no transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.outbound import Limits
from crm.work import Receipt
from inbox.channels.meta.graph import Graph, GraphError
from inbox.channels.meta.hosts import is_metas
from inbox.channels.reading import SHORT, flag, identifier, mapping, sequence, text
from inbox.channels.whatsapp import payloads

MEDIA_BYTES = 100 * 1024 * 1024  # documents; all else is smaller
NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,name_status,quality_rating,status,platform_type,code_verification_status,"
    "is_official_business_account,throughput,webhook_configuration"
)
LIMIT_FIELDS = ("whatsapp_business_manager_messaging_limit", "messaging_limit_tier")  # new, and until v23
TEMPLATE_FIELDS = "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason"
TEMPLATE_PAGES = 100  # of 100: more than any account may have


@dataclass(frozen=True, slots=True)
class Number:
    """A business number as Meta shows it. quality: GREEN, YELLOW, RED or UNKNOWN; limit: TIER_250 … TIER_UNLIMITED."""

    id: str
    display: str
    name: str
    name_status: str
    quality: str
    status: str
    limit: str
    throughput: str
    platform: str
    verified: str
    callback: str  # where webhooks of this number go; empty where Meta does not say


@dataclass(frozen=True, slots=True)
class RemoteTemplate:
    id: str
    name: str
    language: str
    status: str
    category: str
    components: tuple[dict[str, Any], ...]
    named: bool  # parameters have names; else they are numbered
    quality: str
    rejected_reason: str


@dataclass(frozen=True, slots=True)
class Media:
    """A fetched file. mime is what the provider says of it."""

    content: bytes = field(repr=False)
    mime: str


@dataclass(frozen=True)
class WhatsAppClient:
    """graph: with the number's token. number_id: may be empty while a channel is being connected."""

    graph: Graph
    number_id: str = ""

    # Messages

    def send(self, payload: dict[str, Any], *, attempt: int = 1) -> Receipt:
        """Sends what `payloads.message` made. Accepted is not delivered: statuses follow by webhook."""
        given = self.graph.call(
            "POST", f"{self.number_id}/messages", sends=True, attempt=attempt, json=payload
        )
        external_id = identifier(mapping(next(iter(sequence(given.get("messages"))), None)).get("id"))
        if not external_id:
            raise self.graph.garbled(200, sends=True)
        return Receipt(external_id)

    def mark_read(self, external_id: str, *, typing: bool = False) -> None:
        """That and all older ones. Doing it again changes nothing."""
        self.graph.call("POST", f"{self.number_id}/messages", json=payloads.read(external_id, typing=typing))

    # Files

    def upload(self, content: bytes, *, mime: str, name: str, attempt: int = 1) -> str:
        """The id under which a file may be sent for 30 days. An upload done twice is only an id unused."""
        given = self.graph.call(
            "POST",
            f"{self.number_id}/media",
            attempt=attempt,
            limits=Limits(total=80),
            data={"messaging_product": "whatsapp", "type": mime},
            files={"file": (name, content, mime)},
        )
        media_id = identifier(given.get("id"))
        if not media_id:
            raise self.graph.garbled(200, sends=False)
        return media_id

    def fetch(self, media_id: str, url: str | None = None) -> Media:
        """A file by its id. Its address lasts five minutes and wants the token; an old one is asked for anew, once."""
        if url:
            try:
                return self._download(url)
            except GraphError as error:
                if not media_id or error.status not in (400, 401, 403, 404, 410):
                    raise
        given = self.graph.get(media_id, **({"phone_number_id": self.number_id} if self.number_id else {}))
        return self._download(text(given.get("url"), 2000), text(given.get("mime_type"), 120))

    def _download(self, url: str, mime: str = "") -> Media:
        if not is_metas(url, self.graph.service.address):
            raise GraphError(
                _("WhatsApp gave an address that is not its own."), permanent=True, code="foreign address"
            )
        response = self.graph.request("GET", url, limits=Limits(total=90, body=MEDIA_BYTES))
        if response.status in (404, 410):
            raise GraphError(
                _("WhatsApp no longer has the file."), permanent=True, status=response.status, code="gone"
            )
        if response.status != 200:
            self.graph.answer(response, sends=False)
            raise self.graph.garbled(response.status, sends=False)
        return Media(response.content, mime or response.headers.get("content-type", "").partition(";")[0])

    # The number, its account, and the app

    def number(self) -> Number:
        return _number(self.graph.get(self.number_id, fields=NUMBER_FIELDS), self._limit())

    def _limit(self) -> str:
        """The messaging limit, under the name this version of the API knows; empty where it knows neither."""
        for name in LIMIT_FIELDS:
            try:
                return text(self.graph.get(self.number_id, fields=f"id,{name}").get(name), 40)
            except GraphError as error:
                if error.code != "100":
                    raise
        return ""

    def numbers(self, waba_id: str) -> list[Number]:
        """All numbers of an account."""
        return [_number(one) for one in self._pages(f"{waba_id}/phone_numbers", fields=NUMBER_FIELDS)]

    def account_name(self, waba_id: str) -> str:
        return text(self.graph.get(waba_id, fields="id,name").get("name"), SHORT)

    def subscribe(self, waba_id: str, callback: str = "", verify_token: str = "") -> None:
        """Has the app get the account's webhooks; at `callback`, where that is not the app's own address."""
        override = {"override_callback_uri": callback, "verify_token": verify_token} if callback else {}
        given = self.graph.call("POST", f"{waba_id}/subscribed_apps", json=override)
        if not flag(given.get("success")):
            raise self.graph.garbled(200, sends=False)

    def redirect(self, callback: str, verify_token: str) -> None:
        """Has this number's webhooks go to an address of their own, whatever its account and app say."""
        wanted = {"override_callback_uri": callback, "verify_token": verify_token}
        given = self.graph.call("POST", self.number_id, json={"webhook_configuration": wanted})
        if not flag(given.get("success")):
            raise self.graph.garbled(200, sends=False)

    def unsubscribe(self, waba_id: str) -> None:
        self.graph.call("DELETE", f"{waba_id}/subscribed_apps")

    def subscribed_apps(self, waba_id: str) -> dict[str, str]:
        """{app id: its own callback address, or empty}."""
        found = {}
        for one in self._pages(f"{waba_id}/subscribed_apps"):
            app_id = identifier(mapping(one.get("whatsapp_business_api_data")).get("id"))
            found[app_id] = text(one.get("override_callback_uri"), 2000)
        return found

    # Templates

    def templates(self, waba_id: str) -> Iterator[RemoteTemplate]:
        for one in self._pages(f"{waba_id}/message_templates", fields=TEMPLATE_FIELDS, limit=100):
            yield _template(one)

    def create_template(self, waba_id: str, definition: dict[str, Any]) -> str:
        """The new template's id. Names are unique with their language, so that doing it twice is refused."""
        return identifier(self.graph.call("POST", f"{waba_id}/message_templates", json=definition).get("id"))

    def delete_template(self, waba_id: str, name: str, template_id: str = "") -> None:
        """One language of it where `template_id` is given, else all."""
        one = {"hsm_id": template_id} if template_id else {}
        self.graph.call("DELETE", f"{waba_id}/message_templates", params={"name": name, **one})

    def _pages(self, path: str, **params: str | int) -> Iterator[dict[str, Any]]:
        after = ""
        for _page in range(TEMPLATE_PAGES):
            given = self.graph.get(path, **params, **({"after": after} if after else {}))
            yield from (mapping(one) for one in sequence(given.get("data")))
            paging = mapping(given.get("paging"))
            cursor = text(mapping(paging.get("cursors")).get("after"), 1000)
            if not paging.get("next") or not cursor or cursor == after:
                return
            after = cursor


def _number(given: dict[str, Any], limit: str = "") -> Number:
    callbacks = mapping(given.get("webhook_configuration"))
    fields = ("phone_number", "whatsapp_business_account", "application")
    return Number(
        id=identifier(given.get("id")),
        display=text(given.get("display_phone_number"), 40),
        name=text(given.get("verified_name"), SHORT),
        name_status=text(given.get("name_status"), 40),
        quality=text(given.get("quality_rating"), 20) or "UNKNOWN",
        status=text(given.get("status"), 40),
        limit=limit,
        throughput=text(mapping(given.get("throughput")).get("level"), 20),
        platform=text(given.get("platform_type"), 40),
        verified=text(given.get("code_verification_status"), 40),
        callback=next((text(callbacks[name], 2000) for name in fields if callbacks.get(name)), ""),
    )


def _template(given: dict[str, Any]) -> RemoteTemplate:
    return RemoteTemplate(
        id=identifier(given.get("id")),
        name=text(given.get("name"), 512),
        language=text(given.get("language"), 20),
        status=text(given.get("status"), 40),
        category=text(given.get("category"), 40),
        components=tuple(mapping(one) for one in sequence(given.get("components"))),
        named=text(given.get("parameter_format"), 20).upper() == "NAMED",
        quality=text(mapping(given.get("quality_score")).get("score"), 20),
        rejected_reason=text(given.get("rejected_reason"), 300).removeprefix("NONE"),
    )
