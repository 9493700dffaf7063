"""Types of requests: signed in, and inside a workspace."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from workspaces.models.membership import Membership
from workspaces.models.user import User
from workspaces.models.workspace import Workspace


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


class WorkspaceRequest(SignedInRequest):
    """Under `/w/<workspace id>/`: the middleware has found the membership and opened the scope."""

    workspace: Workspace
    membership: Membership
