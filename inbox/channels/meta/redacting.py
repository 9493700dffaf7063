"""A webhook of the Messenger Platform without what it says of one person. What others did stays as it came."""

from __future__ import annotations

import json
from typing import Any

from inbox.channels.reading import identifier, loads, mapping, sequence

LISTS = ("messaging", "standby", "changes")


def redact(body: bytes, receiver: str, ids: frozenset[str]) -> bytes | None:
    """`ids`: "<page or account>:<person>". None where nothing else is in it. An entry with nothing left goes."""
    given = mapping(loads(body))
    entries = []
    for one in sequence(given.get("entry")):
        entry = mapping(one)
        account = identifier(entry.get("id"))
        kept = {name: [each for each in sequence(entry[name]) if not _is_of(each, account, ids)]
                for name in LISTS if name in entry}  # fmt: skip
        if any(kept.values()) or not any(sequence(entry.get(name)) for name in LISTS):
            entries.append({**entry, **kept})
    return json.dumps({**given, "entry": entries}).encode() if entries else None


def _is_of(element: Any, account: str, ids: frozenset[str]) -> bool:
    event = mapping(element)
    event = mapping(event.get("value")) or event  # as the dashboard's test has it
    ends = [identifier(mapping(event.get(name)).get("id")) for name in ("sender", "recipient")]
    accounts = {account, *ends}
    return any(f"{one}:{person}" in ids for one in accounts for person in ends)
