"""What is shown: made by who knows what it is about, when it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Content:
    """Title and text as the browser shows them; `href` within our site is where a click leads. One `tag` is one
    notification in the browser: a later one takes its place. It is not shown to who looks at a page of ours, unless it
    is so `always`."""

    title: str
    text: str = ""
    href: str = "/"
    tag: str = ""
    always: bool = False


Render = Callable[[Mapping[str, Any]], Content | None]
_renders: dict[str, Render] = {}


def register_content(name: str, render: Render) -> None:
    """From AppConfig.ready(). `render(payload)` runs in the workspace's scope; None: no longer to be shown."""
    if _renders.setdefault(name, render) is not render:
        raise ValueError(f"A content {name!r} is already registered.")


def rendered(name: str, payload: Mapping[str, Any]) -> Content | None:
    return _renders[name](payload)
