"""One request to an API of Meta: where it goes, and what became of it.

Whatever goes wrong is a `GraphError`, which is a `work.DeliveryError`, and says whether the provider may have acted:
- nothing left this machine (refused, no name, no connection in time): again later.
- Graph answered with an error of its own: by its number, see `errors`.
- silence, a broken connection or garbage after the request left: nobody knows. There is no idempotency key, so what
  sends is then `unknown`; what only reads is simply tried again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm import outbound
from crm.outbound import Limits, OutboundError, Response
from crm.work import DeliveryError
from inbox.channels.meta.errors import Course, Meaning
from inbox.channels.reading import mapping, number, text

ATTEMPTS = 4  # of what is temporary, "a few times"
PAIR_CAP = 3600.0
BUSY = 130429  # what a bare 429 counts as


class GraphError(DeliveryError):
    """meaning: where Graph said what is wrong. status: of its answer. details: in its own words, for the operator."""

    def __init__(
        self, message: str, *, meaning: Meaning | None = None, status: int = 0, details: str = "", **kind: Any
    ) -> None:
        super().__init__(message, **kind)
        self.meaning = meaning
        self.status = status
        self.details = details

    @property
    def disconnects(self) -> bool:
        return self.meaning is not None and self.meaning.course is Course.DISCONNECT


@dataclass(frozen=True)
class Service:
    """One of Meta's APIs. url: the setting that holds its address. meaning: of a refusal's code and subcode."""

    name: str | Promise
    url: str
    meaning: Callable[[Any, Any], Meaning]

    @property
    def address(self) -> str:
        return str(getattr(settings, self.url))


@dataclass(frozen=True)
class Graph:
    """Speaks for one token. `app_secret`, where it is known, proves that the token did not leak from another app."""

    service: Service
    token: str = field(repr=False)
    app_secret: str = field(default="", repr=False)

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        return self.call("GET", path, params=params)

    def call(
        self,
        method: str,
        path: str,
        *,
        sends: bool = False,
        attempt: int = 1,
        params: Mapping[str, str | int] | None = None,
        **body: Any,
    ) -> dict[str, Any]:
        """The answer as an object. Raises GraphError.

        sends: doing it twice would be wrong. attempt: counts from 1.
        """
        proof = {"appsecret_proof": self._proof()} if self.app_secret and self.token else {}
        asked = {**(params or {}), **proof} or None
        url = f"{self.service.address}/{path}"
        response = self.request(method, url, sends=sends, params=asked, **body)
        return self.answer(response, sends=sends, attempt=attempt)

    def request(
        self,
        method: str,
        url: str,
        *,
        sends: bool = False,
        params: Mapping[str, str | int] | None = None,
        limits: Limits | None = None,
        **body: Any,
    ) -> Response:
        """Any answer, with the token. Raises GraphError where there is none.

        `params` take the place of those in the URL: Meta's addresses of files carry theirs.
        """
        try:
            return _client(os.getpid(), limits or Limits(total=25)).request(
                method,
                url,
                headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
                params=params,
                **body,
            )
        except OutboundError as error:
            raise self._silence(error, sends=sends) from None

    def answer(self, response: Response, *, sends: bool, attempt: int = 1) -> dict[str, Any]:
        """The object in an answer. Raises GraphError by Graph's own number, or as unknown where it is garbage."""
        try:
            given = response.json()
        except OutboundError:
            given = None
        if isinstance(given, dict) and isinstance(given.get("error"), dict):
            raise self.refusal(given["error"], response, attempt)
        if response.status == 429:
            raise self.refusal({"code": BUSY}, response, attempt)
        if isinstance(given, dict) and response.status < 300:
            return given
        raise self.garbled(response.status, sends=sends)

    def refusal(self, error: dict[str, Any], response: Response, attempt: int) -> GraphError:
        """What Graph says, as an error of delivery."""
        code, subcode = number(error.get("code")), number(error.get("error_subcode"))
        meaning = self.service.meaning(code, subcode)
        if error.get("is_transient") is True and meaning.course is Course.FAIL:
            meaning = self.service.meaning(2, None)
        details = text(mapping(error.get("error_data")).get("details")) or text(error.get("message"))
        kind: dict[str, Any] = {"permanent": True}
        if meaning.course is Course.RETRY:
            kind = {"permanent": attempt >= ATTEMPTS}
        elif meaning.course is Course.PAIR:
            kind = {"retry_after": min(4.0**attempt, PAIR_CAP)}
        elif meaning.course is Course.BACK_OFF:
            kind = {"retry_after": max(meaning.pause, _asked(response)), "whole_lane": True}
        return GraphError(
            str(meaning.text),
            meaning=meaning,
            status=response.status,
            details=details,
            code=_code(code, subcode, meaning),
            **kind,
        )

    def garbled(self, status: int, *, sends: bool) -> GraphError:
        message = _("%(service)s gave an answer that means nothing.") % {"service": self.service.name}
        return GraphError(message, code=f"http {status}", status=status, unknown=sends)

    def _silence(self, error: OutboundError, *, sends: bool) -> GraphError:
        named = {"service": self.service.name}
        if isinstance(error, outbound.TooLarge):
            words = _("What %(service)s gave is too large.") % named
            return GraphError(words, code="too large", permanent=not sends, unknown=sends)
        if error.reached:
            return GraphError(_("%(service)s did not answer.") % named, code="silence", unknown=sends)
        words = _("%(service)s cannot be reached.") % named
        return GraphError(words, code="unreachable", permanent=error.permanent)

    def _proof(self) -> str:
        return hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()


def _code(code: float | None, subcode: float | None, meaning: Meaning) -> str:
    """As it is kept with the message: the subcode stands with it only where it changes what it means."""
    if code is None:
        return ""
    return f"{int(code)}/{int(subcode)}" if meaning.by_subcode and subcode is not None else str(int(code))


def _asked(response: Response) -> float:
    given = number(response.headers.get("retry-after"))
    return min(float(given), 3600.0) if given and given > 0 else 0.0


@cache
def _client(_process: int, limits: Limits) -> outbound.Client:
    """Kept connections, for each process its own: a worker is forked after its parent may have spoken."""
    return outbound.client(limits=limits)
