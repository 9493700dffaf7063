"""Who somebody on WhatsApp is: a phone number, a business-scoped user id (BSUID), or both.

With a username the number may be absent; before that, the BSUID may be. A BSUID is the country's two letters, a dot and
up to 128 letters and digits; the parent's form, shared by the portfolios of one enterprise, has ".ENT." in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from inbox.channels.reading import digits, mapping, sequence, text

BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Person:
    """keys: phone first, since it is the same in every portfolio. phone: "+" and digits, as the provider gives them."""

    keys: tuple[str, ...]
    phone: str | None = None
    name: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """An entry of a webhook's `contacts`."""

    wa_id: str
    user_ids: tuple[str, ...]
    name: str
    username: str


def contacts(value: dict[str, Any]) -> list[Contact]:
    found = []
    for entry in sequence(value.get("contacts")):
        one = mapping(entry)
        profile = mapping(one.get("profile"))
        found.append(
            Contact(
                wa_id=digits(one.get("wa_id")),
                user_ids=bsuids(one.get("user_id"), one.get("parent_user_id")),
                name=text(profile.get("name"), 160).strip(),
                username=text(profile.get("username"), 80).strip(),
            )
        )
    return found


def person(known: list[Contact], phone: Any, *user_ids: Any) -> Person | None:
    """Somebody by what a message says, completed by the contact that belongs to it; None where nothing is said.

    The contact is the one with an id in common; or the only one, where the message names nobody.
    """
    number, ids = digits(phone), bsuids(phone, *user_ids)
    contact = _contact_of(known, number, ids)
    if contact is not None:
        number = number or contact.wa_id
        ids = tuple(dict.fromkeys((*ids, *contact.user_ids)))
    if not (number or ids):
        return None
    return Person(
        keys=keys(number, ids),
        phone=f"+{number}" if number else None,
        name=contact.name if contact else "",
        username=contact.username if contact else "",
    )


def keys(number: str, user_ids: tuple[str, ...]) -> tuple[str, ...]:
    own = [f"wa:{number}"] if number else []
    return (*own, *(f"bsuid:{one}" for one in user_ids))


def bsuids(*values: Any) -> tuple[str, ...]:
    """Those of the values that are business-scoped user ids, each once."""
    written = (value.strip() for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(one for one in written if BSUID.fullmatch(one)))


def _contact_of(known: list[Contact], number: str, ids: tuple[str, ...]) -> Contact | None:
    for contact in known:
        if (number and contact.wa_id == number) or set(ids) & set(contact.user_ids):
            return contact
    return known[0] if len(known) == 1 and not (number or ids) else None
