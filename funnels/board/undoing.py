"""Undo: what an act changed, signed and given to the browser in the address of the button that takes it back.

A row is [lead, what it was, …]. Only who did it takes it back, even where the act was to give the lead away; what has
changed again meanwhile is left as it is.
"""

from typing import Any

from django.core import signing
from django.http import Http404

SALT = "funnels.undo"
MAX_AGE = 600  # seconds


def token(kind: str, membership: int, rows: list[list[Any]], now: Any = None) -> str:
    """`kind` is move, close, reopen, archive, unarchive, status or assign; `now` is what the act made of them."""
    return signing.dumps([kind, membership, rows, now], salt=SALT, compress=True)


def read(text: str, membership: int) -> tuple[str, list[list[Any]], Any]:
    """404 for what is not ours, of another person, or too old."""
    try:
        kind, of, rows, now = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise Http404("nothing to undo") from error
    if of != membership:
        raise Http404("nothing to undo")
    return kind, rows, now
