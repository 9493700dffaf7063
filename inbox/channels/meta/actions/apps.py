"""Apps at Meta that a workspace brought: their secrets, and the token by which Meta proves an endpoint."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q

from inbox.models import Channel, ProviderApp
from inbox.permissions import InboxPermission
from workspaces.actions import audit
from workspaces.models import Membership, Verb
from workspaces.permissions import check

PROVIDER = "meta"
INSTAGRAM = "instagram"  # apps of Instagram login: an id and a secret of their own, in the same dashboard


def apps_of(workspace_id: int, provider: str = PROVIDER) -> Any:
    """Those a workspace may connect by: its own, and the installation's."""
    found = ProviderApp.objects.filter(Q(owner_id=workspace_id) | Q(owner=None), provider=provider)
    return found.order_by("id")


def new_verify_token() -> str:
    return secrets.token_urlsafe(24)


@transaction.atomic
def register(
    *, by: Membership, app_id: str, app_secret: str, name: str, provider: str = PROVIDER
) -> ProviderApp:
    """The workspace's app of this id, with this secret, which the caller has verified with Meta where it can.

    Where the installation has the same app it is that: one app has one endpoint, or its webhooks go astray.
    """
    check(by, InboxPermission.MANAGE_CHANNELS)
    for app in ProviderApp.objects.filter(owner=None, provider=provider):
        if app.secrets.get("app_id") == app_id and app.secrets.get("app_secret") == app_secret:
            return app
    own = ProviderApp.objects.of_workspace(by.workspace_id).filter(provider=provider)
    for app in own.select_for_update():
        if app.secrets.get("app_id") == app_id:
            return _with_secret(app, by=by, app_secret=app_secret, name=name)
    app = ProviderApp.objects.create(
        provider=provider,
        owner=by.workspace,
        name=name[:80],
        secrets={"app_id": app_id, "app_secret": app_secret, "verify_token": new_verify_token()},
    )
    audit.record(
        by.workspace_id, verb=Verb.CHANNEL_CHANGED, by=by, target=name, changes={"app": ["", app_id]}
    )
    return app


@transaction.atomic
def change_secret(channel: Channel, *, by: Membership, app_secret: str) -> None:
    """Of the channel's app, which is the workspace's own; the caller has verified it with Meta."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    app = ProviderApp.objects.of_workspace(by.workspace_id).select_for_update().get(pk=channel.app_id or 0)
    _with_secret(app, by=by, app_secret=app_secret, name=app.name)


@transaction.atomic
def rotate_verify_token(channel: Channel, *, by: Membership) -> ProviderApp:
    """A new one; the old one no longer opens the endpoint. Webhooks that are set up go on."""
    check(by, InboxPermission.MANAGE_CHANNELS)
    app = ProviderApp.objects.of_workspace(by.workspace_id).select_for_update().get(pk=channel.app_id or 0)
    app.secrets = {**app.secrets, "verify_token": new_verify_token()}
    app.verified_at = None
    app.save(update_fields=["secrets", "verified_at"])
    audit.record(
        by.workspace_id,
        verb=Verb.CHANNEL_SECRET_CHANGED,
        by=by,
        target=channel.name,
        changes={"what": ["", "verify_token"]},
    )
    return app


def _with_secret(app: ProviderApp, *, by: Membership, app_secret: str, name: str) -> ProviderApp:
    if app.secrets.get("app_secret") != app_secret:
        app.secrets = {**app.secrets, "app_secret": app_secret}
        audit.record(
            by.workspace_id,
            verb=Verb.CHANNEL_SECRET_CHANGED,
            by=by,
            target=name,
            changes={"what": ["", "app_secret"]},
        )
    app.name = name[:80]
    app.save(update_fields=["secrets", "name"])
    return app
