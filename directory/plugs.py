"""What this app plugs into the registries of the floors below, and of its own."""

from directory import listening
from directory.permissions import DECLARATIONS
from workspaces import permissions


def register_all() -> None:
    permissions.register(DECLARATIONS)
    listening.register()
