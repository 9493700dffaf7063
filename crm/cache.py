"""The cache: Redis while it answers, nothing while it does not.

Redis carries nothing that may not be lost (design 5), so every error is a miss or a no-op, within 200 ms, and after an
error the process leaves Redis alone for some seconds instead of paying the 200 ms at each call.

Keys that guard something (rate limits, used one-time codes) are not a cache: losing them would open a door, at the
very moment when somebody might have emptied Redis to that end. They begin with a prefix of `DURABLE`, and go to
the cache alias `limits`, which is PostgreSQL (crm.limits).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import redis
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

DURABLE = ("allauth",)  # prefixes of keys that must outlive Redis: allauth's rate limits and used TOTP codes
PAUSE = 5.0  # seconds without Redis after an error


class JSONSerializer:
    """Values are JSON: who can write to Redis must not get to run code here, as pickles would let them."""

    def dumps(self, obj: Any) -> bytes | int:
        if type(obj) is int:
            return obj  # so that INCR works
        return json.dumps(obj, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class Breaker:
    """Counts the failures of one process and says whether to try at all."""

    def __init__(self) -> None:
        self.failures = 0
        self._closed_until = 0.0

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self._closed_until

    def fail(self, error: Exception) -> None:
        if not self.is_resting:
            log.warning(
                "Redis does not answer: %s",
                type(error).__name__,
                extra={"fields": {"failures": self.failures}},
            )
        self.failures += 1
        self._closed_until = time.monotonic() + PAUSE

    def reset(self) -> None:
        self.failures, self._closed_until = 0, 0.0


breaker = Breaker()
REDIS_ERRORS = (redis.RedisError, OSError)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache whose errors are misses (get), or done for nothing (set, delete, add → True)."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        limits = {
            "socket_timeout": settings.REDIS_TIMEOUT,
            "socket_connect_timeout": settings.REDIS_TIMEOUT,
            # Once more where the server has closed a kept connection meanwhile; never after a time-out.
            "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
            "serializer": JSONSerializer,
        }
        params = {**params, "OPTIONS": {**limits, **params.get("OPTIONS", {})}}
        super().__init__(server, params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        if durable := self._durable(key):
            return durable.get(key, default, version)
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if durable := self._durable(key):
            return durable.add(key, value, timeout, version)
        return bool(
            self._try(lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version), True)
        )

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        if durable := self._durable(key):
            durable.set(key, value, timeout, version)
            return
        self._try(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if durable := self._durable(key):
            return durable.touch(key, timeout, version)
        return bool(self._try(lambda: super(ForgivingRedisCache, self).touch(key, timeout, version), False))

    def delete(self, key: Any, version: int | None = None) -> bool:
        if durable := self._durable(key):
            return durable.delete(key, version)
        return bool(self._try(lambda: super(ForgivingRedisCache, self).delete(key, version), False))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        if durable := self._durable(key):
            return durable.has_key(key, version)
        return bool(self._try(lambda: super(ForgivingRedisCache, self).has_key(key, version), False))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        keys = list(keys)
        if self._any_durable(keys):
            return {key: value for key in keys if (value := self.get(key, None, version)) is not None}
        found = self._try(lambda: super(ForgivingRedisCache, self).get_many(keys, version), {})
        return dict(found)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The new value. ValueError where there is no such key, which is also what a Redis that is down answers."""
        if durable := self._durable(key):
            return int(durable.incr(key, delta, version))
        value = self._try(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), None)
        if value is None:
            raise ValueError(f"Key {key!r} not found.")
        return int(value)

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        if self._any_durable(data):
            for key, value in data.items():
                self.set(key, value, timeout, version)
            return []
        self._try(lambda: super(ForgivingRedisCache, self).set_many(dict(data), timeout, version), [])
        return []

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        keys = list(keys)
        if self._any_durable(keys):
            for key in keys:
                self.delete(key, version)
            return
        self._try(lambda: super(ForgivingRedisCache, self).delete_many(keys, version), None)

    def clear(self) -> None:
        """Empties Redis. What guards something stays."""
        self._try(super().clear, None)

    def _try(self, call: Callable[[], Any], otherwise: Any) -> Any:
        if breaker.is_resting:
            return otherwise
        try:
            return call()
        except REDIS_ERRORS as error:
            breaker.fail(error)
        except (json.JSONDecodeError, UnicodeDecodeError):
            log.warning("A value in Redis is not ours")
        return otherwise

    def _durable(self, key: Any) -> BaseCache | None:
        return caches["limits"] if str(key).startswith(DURABLE) else None

    def _any_durable(self, keys: Iterable[Any]) -> bool:
        return any(str(key).startswith(DURABLE) for key in keys)
