"""One call of the Bot API: where it goes, and what became of it.

The token is part of every address, so no address leaves this file: not in an error, not in a log, not in a row.

Whatever goes wrong is a `TelegramError`, which is a `work.DeliveryError`, and says whether Telegram may have acted:
- nothing left this machine: again later.
- Telegram answered with an error of its own: by its number and words, see `errors`.
- silence, a broken connection or garbage after the request left: nobody knows. There is no idempotency key, so what
  sends is then `unknown`; what only reads is simply tried again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crm import outbound
from crm.outbound import Limits, OutboundError, Response
from crm.work import DeliveryError
from inbox.channels.reading import mapping, number, text
from inbox.channels.telegram import errors
from inbox.channels.telegram.errors import Meaning

TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
FILE_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}")
ATTEMPTS = 4  # of what is temporary
LONGEST_WAIT = 3600.0
File = tuple[str, bytes, str]  # name, content, type


class TelegramError(DeliveryError):
    """meaning: where Telegram said what is wrong. status: of its answer. details: in its own words, for an admin."""

    def __init__(
        self, message: str, *, meaning: Meaning | None = None, status: int = 0, details: str = "", **kind: Any
    ) -> None:
        super().__init__(message, **kind)
        self.meaning = meaning
        self.status = status
        self.details = details

    @property
    def disconnects(self) -> bool:
        return self.meaning is not None and self.meaning.disconnects


@dataclass(frozen=True)
class Api:
    """Speaks for one bot, by its token."""

    token: str = field(repr=False)

    def call(
        self,
        method: str,
        *,
        sends: bool = False,
        attempt: int = 1,
        files: Mapping[str, File] | None = None,
        limits: Limits | None = None,
        **parameters: Any,
    ) -> Any:
        """What the method results in. Raises TelegramError.

        sends: doing it twice would be wrong. attempt: counts from 1.
        """
        if not TOKEN.fullmatch(self.token):
            raise refused(errors.TOKEN, 401)
        given = {name: value for name, value in parameters.items() if value is not None}
        body: dict[str, Any] = {"json": given}
        if files:
            body = {"data": {name: _field(value) for name, value in given.items()}, "files": dict(files)}
        url = f"{settings.TELEGRAM_API_URL}/bot{self.token}/{method}"
        response = self._request("POST", url, sends=sends, limits=limits or Limits(total=25), **body)
        return answer(response, sends=sends, attempt=attempt)

    def download(self, path: str, *, most: int) -> bytes:
        """A file by the path that `getFile` gave. Raises TelegramError."""
        if not FILE_PATH.fullmatch(path) or ".." in path:
            raise TelegramError(
                _("Telegram gave an address that means nothing."), permanent=True, code="path"
            )
        url = f"{settings.TELEGRAM_API_URL}/file/bot{self.token}/{path}"
        response = self._request("GET", url, sends=False, limits=Limits(total=90, body=most))
        if response.status in (404, 410):
            raise TelegramError(_("Telegram no longer has the file."), permanent=True, code="gone")
        if response.status != 200:
            answer(response, sends=False)
            raise garbled(response.status, sends=False)
        return response.content

    def _request(self, method: str, url: str, *, sends: bool, limits: Limits, **body: Any) -> Response:
        try:
            return _client(os.getpid(), limits).request(method, url, **body)
        except OutboundError as error:
            raise _silence(error, sends=sends) from None


def answer(response: Response, *, sends: bool, attempt: int = 1) -> Any:
    """The result in an answer. Raises TelegramError by Telegram's own number and words, or as unknown where it is
    garbage."""
    try:
        given = mapping(response.json())
    except OutboundError:
        given = {}
    if given.get("ok") is True and "result" in given and response.status < 300:
        return given["result"]
    if given.get("ok") is False:
        raise refusal(given, response.status, attempt)
    if response.status == 429:
        raise _wait(number(response.headers.get("retry-after")))
    raise garbled(response.status, sends=sends)


def refusal(given: dict[str, Any], status: int, attempt: int) -> TelegramError:
    """What Telegram says, as an error of delivery."""
    code, words = int(number(given.get("error_code")) or status), text(given.get("description"), 300)
    parameters = mapping(given.get("parameters"))
    if code == 429:
        return _wait(number(parameters.get("retry_after")))
    if code >= 500:
        message = _("Telegram has trouble at the moment.")
        return TelegramError(
            message, status=code, details=words, code=f"telegram {code}", permanent=attempt >= ATTEMPTS
        )
    return refused(errors.meaning(code, words, migrates="migrate_to_chat_id" in parameters), code, words)


def refused(meaning: Meaning, status: int, words: str = "") -> TelegramError:
    return TelegramError(
        str(meaning.text), meaning=meaning, status=status, details=words, code=meaning.code, permanent=True
    )


def garbled(status: int, *, sends: bool) -> TelegramError:
    message = _("Telegram gave an answer that means nothing.")
    return TelegramError(message, code=f"http {status}", status=status, unknown=sends)


def _wait(seconds: float | None) -> TelegramError:
    """Too many: the whole bot waits as long as it was told. (To one person we keep the pace ourselves.)"""
    wait = min(max(float(seconds or 1), 1.0), LONGEST_WAIT)
    message = _("Telegram asks us to wait before writing more.")
    return TelegramError(message, status=429, code="429", retry_after=wait, whole_lane=True)


def _silence(error: OutboundError, *, sends: bool) -> TelegramError:
    if isinstance(error, outbound.TooLarge):
        return refused(errors.FILE_20_MB, 0) if not sends else garbled(0, sends=True)
    if error.reached:
        return TelegramError(_("Telegram did not answer."), code="silence", unknown=sends)
    return TelegramError(_("Telegram cannot be reached."), code="unreachable", permanent=error.permanent)


def _field(value: Any) -> str:
    """Of a form: objects as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


@cache
def _client(_process: int, limits: Limits) -> outbound.Client:
    """Kept connections, for each process its own: a worker is forked after its parent may have spoken."""
    return outbound.client(limits=limits)
