"""What is said after an act on several conversations: how many it was done to, and to how many it was not."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.actions.several import Done


def said(kind: str, done: Done, unseen: int) -> str:
    """`unseen` are those that the person sees no longer."""
    count = len(done.rows)
    parts = [_DONE[kind](count) % {"count": count}] if count else []
    if done.refused:
        parts.append(done.refused)
    if unseen:
        gone = ngettext("You no longer see %(count)s.", "You no longer see %(count)s of them.", unseen)
        parts.append(gone % {"count": unseen})
    if not count and not done.refused:
        parts.insert(0, _("It is so already."))
    return " ".join(parts)


_DONE: dict[str, Callable[[int], str]] = {
    "assign": lambda n: ngettext("%(count)s assigned.", "%(count)s assigned.", n),
    "status": lambda n: ngettext(
        "%(count)s conversation has another status.", "%(count)s conversations have another status.", n
    ),
    "tag": lambda n: ngettext("%(count)s tagged.", "%(count)s tagged.", n),
    "untag": lambda n: ngettext(
        "The tag was taken off %(count)s conversation.", "The tag was taken off %(count)s conversations.", n
    ),
    "archive": lambda n: ngettext("%(count)s archived.", "%(count)s archived.", n),
    "unarchive": lambda n: ngettext(
        "%(count)s taken out of the archive.", "%(count)s taken out of the archive.", n
    ),
    "star": lambda n: ngettext("%(count)s starred.", "%(count)s starred.", n),
    "unstar": lambda n: ngettext(
        "The star was taken off %(count)s conversation.", "The star was taken off %(count)s conversations.", n
    ),
    "read": lambda n: ngettext("%(count)s marked as read.", "%(count)s marked as read.", n),
    "unread": lambda n: ngettext("%(count)s marked as unread.", "%(count)s marked as unread.", n),
}
