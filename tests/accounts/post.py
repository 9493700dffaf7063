"""The mail a test caused, as its reader sees it."""

import re

from crm.mail.models import Message


def letters_to(address: str) -> list[str]:
    """Texts of all mails to the address, the oldest first."""
    rows = Message.objects.filter(recipients__contains=[address]).order_by("pk")
    return [text_of(row) for row in rows]


def subjects_to(address: str) -> list[str]:
    rows = Message.objects.filter(recipients__contains=[address]).order_by("pk")
    return [row.subject for row in rows]


def code_to(address: str) -> str:
    """The code of the newest mail."""
    found = re.search(r"^(\d{4}-\d{4})$", letters_to(address)[-1], re.MULTILINE)
    assert found is not None, letters_to(address)[-1]
    return found.group(1)


def text_of(row: Message) -> str:
    part = row.parsed.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
