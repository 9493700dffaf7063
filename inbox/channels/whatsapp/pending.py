"""A connection half made, kept in the admin's session until its number is chosen. The token is encrypted in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from crm import encryption
from inbox.channels.meta.actions.apps import apps_of
from inbox.channels.whatsapp.setup import Account
from inbox.models import Channel, ProviderApp
from workspaces.requests import WorkspaceRequest


@dataclass
class Pending:
    """step: the one that waits, 1 to 3."""

    app: ProviderApp | None = None
    token: str = field(default="", repr=False)
    expires_at: int = 0
    accounts: list[Account] = field(default_factory=list)

    @property
    def step(self) -> int:
        return 1 if self.app is None else 2 if not self.token else 3

    def number_ids(self) -> dict[str, str]:
        """{number id: account id} of all that was found."""
        return {number["id"]: account.id for account in self.accounts for number in account.numbers}


def load(request: WorkspaceRequest) -> Pending:
    kept = request.session.get(_key(request), {})
    app = apps_of(request.workspace.pk).filter(pk=kept.get("app")).first()
    if app is None:
        return Pending()
    try:
        token = encryption.decrypt(kept["token"]) if kept.get("token") else ""
    except encryption.Unreadable:
        token = ""
    accounts = [Account(**one) for one in kept.get("accounts", [])] if token else []
    return Pending(app, token, kept.get("expires_at", 0), accounts)


def keep(request: WorkspaceRequest, pending: Pending) -> None:
    request.session[_key(request)] = {
        "app": pending.app.pk if pending.app else None,
        "token": encryption.encrypt(pending.token) if pending.token else "",
        "expires_at": pending.expires_at,
        "accounts": [asdict(account) for account in pending.accounts],
    }


def forget(request: WorkspaceRequest) -> None:
    request.session.pop(_key(request), None)


def taken_numbers() -> set[str]:
    """Ids of the numbers that are connected already."""
    return set(Channel.objects.in_use().filter(kind="whatsapp").values_list("external_id", flat=True))


def _key(request: WorkspaceRequest) -> str:
    return f"whatsapp:{request.workspace.pk}"
