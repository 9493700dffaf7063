"""The directory's list as a person turns its pages."""

import re
from typing import Any

from django.test import Client

from tests.swap import Swapped
from workspaces.models import Membership

NAME = re.compile(r'class="directory-name"[^>]*>([^<]*)<')


def at(person: Membership, part: str = "") -> str:
    return f"/w/{person.workspace.public_id}/directory/{part}"


def names(response: Any) -> list[str]:
    assert response.status_code == 200
    return NAME.findall(response.content.decode())


def there_and_back(client: Client, href: str) -> tuple[str, str]:
    """First letters of all names, page after page; and again, from the last page to the first, backwards."""
    found, pages = "", []
    for rel in ("next", "prev"):
        while href:
            shown = client.get(href)
            pages.append("".join(name[0] for name in names(shown)))
            link = Swapped(shown).tree.select_one(f"#directory-foot a[rel={rel}]")
            href = link["href"] if link else ""
        if rel == "next":
            found, pages = "".join(pages), []
            link = Swapped(shown).tree.select_one("#directory-foot a[rel=prev]")
            href = link["href"] if link else ""
    return found, "".join(pages_[::-1] for pages_ in pages)
