"""What stands at the right of the list's toolbar: import, duplicates… From `AppConfig.ready()`:

toolbar.register(toolbar.Tool("import", _("Import"), "file-up", "directory:import"))
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from crm.ui.registry import Registry
from workspaces.models import Membership


def everyone(membership: Membership) -> bool:
    return True


@dataclass(frozen=True)
class Tool:
    """`route` takes nothing but the workspace, and gets the list's own query (`f`, `q`, `state`, with `all=1`). With
    `dialog` its answer goes into #dialog, else it is a page."""

    key: str
    label: str | Promise
    icon: str
    route: str
    order: int = 100
    allowed: Callable[[Membership], bool] = everyone
    dialog: bool = False


_tools: Registry[Tool] = Registry("Tool of the directory")


def register(tool: Tool) -> Tool:
    return _tools.register(tool)


def open_to(membership: Membership) -> tuple[Tool, ...]:
    return tuple(tool for tool in _tools if tool.allowed(membership))
