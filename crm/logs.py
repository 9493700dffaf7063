"""Logs: one JSON object a line (or plain text for a terminal), each with the id of its request or task.

What is never written: cookies, authorization, tokens and signed links, bodies of mail and messages, values of
forms, query strings. The first net is that nobody passes such things to a logger: the access line names the route,
not the address. The second is `redact`, which every message and every exception's words pass through here.
Tracebacks show files and lines, never the values of variables, and not PostgreSQL's DETAIL and CONTEXT lines,
which quote the row.
"""

from __future__ import annotations

import json
import logging
import logging.config
import os
import re
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default={})  # noqa: B039 (never changed in place)

# Loggers that would write values (SQL parameters, addresses, arguments of tasks) when turned up to DEBUG or INFO.
QUIET = {
    "django.db.backends": "WARNING",
    "django.request": "ERROR",  # its warnings name addresses; the access line says the same by route
    "django.utils.autoreload": "INFO",
    "django.template": "INFO",
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "urllib3": "WARNING",
    "botocore": "WARNING",
    "boto3": "WARNING",
    "s3transfer": "WARNING",
    "kombu": "INFO",
    "amqp": "INFO",
    "django.security.DisallowedHost": "CRITICAL",  # every scanner of the internet causes one
    # A line for each sweep, every second or two, would bury the rest.
    "celery.beat": "WARNING",
    "celery.app.trace": "WARNING",
    "celery.worker.strategy": "WARNING",
    "celery.pool": "INFO",
    "asyncio": "INFO",
    "PIL": "INFO",
    "faker": "INFO",
}

GONE = "[redacted]"
_OURS = frozenset(
    {"request", "route", "method", "process"}
)  # fields whose values are never of strangers' making
_NAMED = (
    r"pass(?:word|wd|phrase)?\d?|secret|token|api[-_]?key|access[-_]?key|signature|authorization|cookie|"
    r"cauce_session|cauce_csrf|csrfmiddlewaretoken|sessionid|otp|code"
)
_RULES: list[tuple[re.Pattern[str], str]] = [
    # the query string of an address or path
    (re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]+"), r"\1?" + GONE),
    # user:password@ in an address
    (re.compile(r"(\w+://)[^\s/@]+@"), r"\1" + GONE + "@"),
    (re.compile(r"\b(Bearer|Basic|Token)\s+[^\s,;\"']+", re.I), r"\1 " + GONE),
    (re.compile(rf"\b((?:{_NAMED})[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&}}\]]+)", re.I), r"\1" + GONE),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
]


_LONG_WORD = re.compile(r"[\w:.=-]{20,}")
_KEY_PART = re.compile(r"(?=.*\d)(?=(?:.*[A-Za-z]){3})[\w=-]{16,}|eyJ[\w=-]{10,}")


def redact(text: str) -> str:
    """The text without what looks like a secret, an e-mail address or a query string."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _LONG_WORD.sub(_unless_a_name, text)


def _unless_a_name(word: re.Match[str]) -> str:
    # Keys, signed values and links' secrets have a long part of letters and digits; names have short ones.
    parts = re.split(r"[.:]", word[0])
    return GONE if any(_KEY_PART.fullmatch(part) for part in parts) else word[0]


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Adds fields (ids, names; never contents) to every line logged inside."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def configure(config: Mapping[str, str]) -> None:
    """Django's LOGGING_CONFIG. `config`: `level` (a logging level) and `format` (json or text)."""
    level = config["level"].upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": "crm.logs.formatter", "kind": config["format"]}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stderr",
                    "formatter": "line",
                }
            },
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {
                # Django's own configuration came first: its handlers (console, mail to admins) go.
                **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
                **{name: {"level": _louder(level, least)} for name, least in QUIET.items()},
            },
        }
    )
    logging.captureWarnings(True)


def formatter(kind: str) -> logging.Formatter:
    """The formatter of LOG_FORMAT; also named by granian's configuration (deploy/granian-log.json)."""
    if kind == "text":
        return TextFormatter()
    if kind == "json":
        return JSONFormatter()
    raise ValueError(f"LOG_FORMAT is json or text, not {kind!r}")


def environment_formatter() -> logging.Formatter:
    """The formatter for a process that logs before Django is set up (granian's parent)."""
    return formatter(os.environ.get("LOG_FORMAT", "json"))


class LineFormatter(logging.Formatter):
    """What both forms share: the fields of a record, redacted."""

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """Ids and figures that belong to the record: bound ones, its own `fields`, Django's status code."""
        fields: dict[str, object] = {}
        if current := request_id.get():
            fields["request"] = current
        fields.update(_bound.get())
        if (status := getattr(record, "status_code", None)) is not None:
            fields["status"] = status
        own = getattr(record, "fields", None)
        if isinstance(own, Mapping):
            fields.update(own)
        return {
            key: redact(value) if isinstance(value, str) and key not in _OURS else value
            for key, value in fields.items()
        }

    def message(self, record: logging.LogRecord) -> str:
        # A message without arguments is given whole; with them, %-formatting as ever.
        message = record.getMessage()
        return message if message.isalpha() else redact(_one_line(message))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Frames by file, line and function; each exception's class and first line. No values of variables."""
        _, error, _ = ei
        return describe(error) if error is not None else ""


class JSONFormatter(LineFormatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _instant(record.created),
            "level": record.levelname.lower(),
            "process": _process(),
            "pid": record.process,
            "logger": record.name,
            "message": self.message(record),
            **self.fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(LineFormatter):
    """For a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{key}={value}" for key, value in self.fields(record).items())
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{clock} {record.levelname:<7} {_process()} {record.name}: {self.message(record)} {fields}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def describe(error: BaseException) -> str:
    """A traceback with causes, without locals, its words redacted."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = [
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        words = _first_line(str(current))
        name = f"{type(current).__module__}.{type(current).__qualname__}"
        parts.append("\n".join([*frames, f"{name}: {redact(words)}" if words else name]))
        suppressed = current.__suppress_context__
        current = current.__cause__ or (None if suppressed else current.__context__)
    return "\nwhich came after\n".join(parts)


def _first_line(words: str) -> str:
    # PostgreSQL quotes the row in DETAIL, the query's values in CONTEXT: both stand on lines of their own.
    first = words.strip().splitlines()[0] if words.strip() else ""
    return first[:500]


def _one_line(message: str) -> str:
    return message[:4000]


def _louder(level: str, least: str) -> str:
    names = logging.getLevelNamesMapping()
    return level if names[level] >= names[least] else least


def _instant(seconds: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"


def _process() -> str:
    return os.environ.get("CAUCE_PROCESS", "manage")


def keep(**_: object) -> None:
    """Receiver of Celery's `setup_logging`: what `configure` set up stays."""


def follow_tasks() -> None:
    """A task's lines carry its id as their request, as a request's lines carry the request's."""
    from celery.signals import task_postrun, task_prerun

    task_prerun.connect(_enter_task, dispatch_uid="crm.logs")
    task_postrun.connect(_leave_task, dispatch_uid="crm.logs")


def _enter_task(task_id: str = "", **_: object) -> None:
    request_id.set(task_id)


def _leave_task(**_: object) -> None:
    request_id.set("")
