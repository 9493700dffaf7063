"""The names that intake locks, beside those of `directory.locks`, which says how and why."""

from directory.locks import phone, take

__all__ = ["identity", "message", "person", "phone", "take"]


def identity(channel_id: int, key: str) -> str:
    """Who writes, as the provider names them."""
    return f"identity:{channel_id}:{key}"


def person(app_id: int, key: str) -> str:
    """Who writes, over all channels of an app whose provider names people alike in them."""
    return f"person:{app_id}:{key}"


def message(channel_id: int, external_id: str) -> str:
    """A message by the provider's id: held by whoever saves it, and by whoever has something to say about it."""
    return f"message:{channel_id}:{external_id}"
