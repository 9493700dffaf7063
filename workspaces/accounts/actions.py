"""Writes of a person's own account that allauth does not do: profile, picture, leaving for good."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from crm import push
from workspaces.accounts import sessions
from workspaces.actions import memberships
from workspaces.errors import Refused
from workspaces.models import Membership, Role, User, Workspace

PROFILE = ("name", "language", "time_zone", "theme")


def change_profile(user: User, **values: Any) -> None:
    """Set fields named in PROFILE."""
    changed = [field for field in PROFILE if field in values and getattr(user, field) != values[field]]
    for field in changed:
        setattr(user, field, values[field])
    if changed:
        user.save(update_fields=changed)


@transaction.atomic
def set_picture(user: User, picture: ContentFile[bytes] | None) -> None:
    """Replace or, with None, remove the picture. The old file goes when the change is committed."""
    stored = User.objects.select_for_update().get(pk=user.pk)
    old = stored.avatar.name
    if picture is None:
        stored.avatar = None
    else:
        stored.avatar.save(str(picture.name), picture, save=False)
    stored.save(update_fields=["avatar"])
    user.avatar = stored.avatar
    if old:
        transaction.on_commit(lambda: default_storage.delete(old), robust=True)


def owned(user: User) -> list[Workspace]:
    """What stands in the way of leaving for good."""
    return list(
        Workspace.objects.filter(memberships__user=user, memberships__role=Role.OWNER).order_by("name")
    )


@transaction.atomic
def delete_account(user: User) -> None:
    """Leave every workspace and erase what is about the person; `user` must be logged out by the caller.

    1. Owners are refused: a workspace always has one.
    2. In each workspace the owner takes over what was theirs.
    3. Address, name, picture, password, factors and sessions go. The row stays, empty: what they did keeps its author.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if owned(user):
        raise Refused(_("Hand over or delete the workspaces you own first."))
    for membership in Membership.objects.active().filter(user=user):
        memberships.leave(membership)
    sessions.end(user, noted=False)
    push.forget_person(user.pk)
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    set_picture(user, None)
    user.email = f"deleted-{user.pk}@deleted.invalid"
    user.name = _("Deleted person")
    user.is_active = user.is_operator = False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "is_operator", "password"])
