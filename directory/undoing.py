"""Undo: what an act changed, signed and given to the browser in the address of the button that takes it back.

A row is [lead, what it was, …]. Only who did it takes it back, even where the act was to give the lead away; what has
changed again meanwhile is left as it is.
"""

from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import Http404

SALT = "directory.undo"
MAX_AGE = 600  # seconds


def token(kind: str, membership: int, rows: list[list[Any]], now: Any = None) -> str:
    """`kind` is one of `directory.actions.undoing`; `now` is what the act made of them."""
    return signing.dumps([kind, membership, rows, now], salt=SALT, compress=True)


def read(text: str, membership: int) -> tuple[str, list[list[Any]], Any]:
    """400 for what is not ours, 404 for another person's or what is too old."""
    try:
        kind, of, rows, now = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise Http404("too late to undo") from error
    except signing.BadSignature as error:
        raise BadRequest("no token of ours") from error
    if of != membership:
        raise Http404("nothing to undo")
    return kind, rows, now
