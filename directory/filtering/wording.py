"""Times in words."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_COUNTED = re.compile(r"(last|over|next)-(\d+)([hdwmy])")


def named() -> dict[str, str]:
    """Stretches that have a name, in the order of menus."""
    return {
        "today": _("today"),
        "yesterday": _("yesterday"),
        "this-week": _("this week"),
        "last-week": _("last week"),
        "this-month": _("this month"),
        "last-month": _("last month"),
        "this-quarter": _("this quarter"),
        "last-quarter": _("last quarter"),
        "this-year": _("this year"),
        "last-year": _("last year"),
        "tomorrow": _("tomorrow"),
        "next-week": _("next week"),
        "next-month": _("next month"),
        "next-quarter": _("next quarter"),
        "next-year": _("next year"),
    }


def counted(text: str) -> str:
    """ "" where nothing is counted."""
    found = _COUNTED.fullmatch(text)
    if found is None:
        return ""
    length = _length(int(found[2]), found[3])
    return {
        "last": _("in the last %(length)s"),
        "over": _("more than %(length)s ago"),
        "next": _("in the next %(length)s"),
    }[found[1]] % {"length": length}


def _length(number: int, unit: str) -> str:
    words = {
        "h": ngettext("%(number)s hour", "%(number)s hours", number),
        "d": ngettext("%(number)s day", "%(number)s days", number),
        "w": ngettext("%(number)s week", "%(number)s weeks", number),
        "m": ngettext("%(number)s month", "%(number)s months", number),
        "y": ngettext("%(number)s year", "%(number)s years", number),
    }
    return words[unit] % {"number": number}
