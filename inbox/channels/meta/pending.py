"""A connection half made, kept in the admin's session until its page is chosen. The token is encrypted in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from crm import encryption
from inbox.channels.meta.actions.apps import apps_of
from inbox.channels.meta.client import Page
from inbox.channels.meta.connection import INSTAGRAM, MESSENGER
from inbox.models import Channel, ProviderApp
from workspaces.requests import WorkspaceRequest


@dataclass
class Pending:
    """step: the one that waits, 1 to 3. pages: without their tokens, which are asked for again when one is chosen."""

    app: ProviderApp | None = None
    token: str = field(default="", repr=False)
    pages: list[Page] = field(default_factory=list)

    @property
    def step(self) -> int:
        return 1 if self.app is None else 2 if not self.token else 3

    def choices(self) -> dict[str, tuple[str, Page]]:
        """{"messenger:<page id>": (kind, page)}."""
        found = {f"{MESSENGER}:{page.id}": (MESSENGER, page) for page in self.pages}
        linked = {f"{INSTAGRAM}:{page.instagram}": (INSTAGRAM, page) for page in self.pages if page.instagram}
        return found | linked


def load(request: WorkspaceRequest) -> Pending:
    kept = request.session.get(_key(request), {})
    app = apps_of(request.workspace.pk).filter(pk=kept.get("app")).first()
    if app is None:
        return Pending()
    try:
        token = encryption.decrypt(kept["token"]) if kept.get("token") else ""
    except encryption.Unreadable:
        token = ""
    return Pending(app, token, [Page(**one) for one in kept.get("pages", [])] if token else [])


def keep(request: WorkspaceRequest, pending: Pending) -> None:
    request.session[_key(request)] = {
        "app": pending.app.pk if pending.app else None,
        "token": encryption.encrypt(pending.token) if pending.token else "",
        "pages": [asdict(replace(page, token="")) for page in pending.pages],
    }


def forget(request: WorkspaceRequest) -> None:
    request.session.pop(_key(request), None)


def taken() -> set[str]:
    """What is connected already, as `choices` names it."""
    found = (
        Channel.objects.in_use().filter(kind__in=(MESSENGER, INSTAGRAM)).values_list("kind", "external_id")
    )
    return {f"{kind}:{external_id}" for kind, external_id in found}


def _key(request: WorkspaceRequest) -> str:
    return f"meta:{request.workspace.pk}"
