"""A webhook's body without what it says of one person who wrote to one number. What others wrote stays as it came."""

from __future__ import annotations

import json
from typing import Any

from inbox.channels.reading import digits, loads, mapping, sequence


def redact(body: bytes, receiver: str, ids: frozenset[str]) -> bytes | None:
    """`ids`: digits of their number, BSUIDs. None where nothing else is in it.

    Elements of a change (messages, statuses, contacts, …) that name the person in one of their own fields go; a change
    with nothing left goes, and so does an entry.
    """
    given = mapping(loads(body))
    entries = []
    for entry in sequence(given.get("entry")):
        changes = [one for one in sequence(mapping(entry).get("changes")) if _stays(one, receiver, ids)]
        if changes or not sequence(mapping(entry).get("changes")):
            entries.append({**entry, "changes": changes} if isinstance(entry, dict) else entry)
    return json.dumps({**given, "entry": entries}).encode() if entries else None


def _stays(change: Any, receiver: str, ids: frozenset[str]) -> bool:
    """Whether anything is left of it, when what names the person was taken out of its lists."""
    value = mapping(mapping(change).get("value"))
    if mapping(value.get("metadata")).get("phone_number_id") != receiver:
        return True
    lists = [name for name, found in value.items() if isinstance(found, list)]
    before = sum(len(value[name]) for name in lists)
    for name in lists:
        value[name] = [element for element in value[name] if not _names(element, ids)]
    after = sum(len(value[name]) for name in lists)
    return after > 0 or before == after


def _names(element: Any, ids: frozenset[str]) -> bool:
    return any(
        isinstance(found, str | int) and (str(found) in ids or digits(found) in ids)
        for found in mapping(element).values()
    )
