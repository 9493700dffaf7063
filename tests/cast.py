"""The fixed cast: who appears in the tests, and how they sign in."""

import time

from allauth.account.internal.flows import login
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client

from crm.tenancy import scope
from workspaces.actions import workspaces
from workspaces.models import Availability, Membership, Role, User, Workspace

PASSWORD = "correct horse battery staple"


def person(name: str, email: str, **fields: object) -> User:
    """A person with a verified address, who can sign in."""
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(email, PASSWORD, name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def member(workspace: Workspace, role: Role, name: str, email: str, **fields: object) -> Membership:
    return Membership.objects.create(
        workspace=workspace,
        user=person(name, email, language="en"),
        role=role,
        availability=Availability.ACTIVE,
        **fields,
    )


def workspace_of(name: str, owner_name: str, owner_email: str) -> Membership:
    """A new workspace; its owner's membership."""
    return workspaces.create(
        by=person(owner_name, owner_email, language="en"),
        name=name,
        time_zone="America/Mexico_City",
        language="es",
        currency="MXN",
    )


def signed_in(membership: Membership | User) -> Client:
    client = Client()
    client.force_login(membership.user if isinstance(membership, Membership) else membership)
    return client


def just_signed_in(membership: Membership) -> Client:
    """With the password given a moment ago: what is asked again before a grave act is not asked."""
    client = signed_in(membership)
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(membership.user)
    session.save()
    return client


__all__ = ["PASSWORD", "just_signed_in", "member", "person", "scope", "signed_in", "workspace_of"]
