"""Outgoing mail: a row, and a row of work that carries it.

    mail.notice(to=…, language="es", title=_("…"), paragraphs=[_("…")])
    mail.send("mail/invitation", to=…, language="es", context={…}, workspace=workspace)

`django.core.mail` and what libraries send with it go the same way, through `crm.mail.backend`. Both happen in the
caller's transaction: rolled back, nothing is sent; committed, it is, once.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm.mail.delivery import forget_workspace
    from crm.mail.letters import notice, send

__all__ = ["forget_workspace", "notice", "send"]


def __getattr__(name: str) -> Any:
    """These need the models: they are loaded on first use, when the app registry is ready."""
    if name in {"notice", "send"}:
        from crm.mail import letters

        return getattr(letters, name)
    if name == "forget_workspace":
        from crm.mail.delivery import forget_workspace

        return forget_workspace
    raise AttributeError(name)
