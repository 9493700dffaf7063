"""How an act went, in words; codes and numbers are what is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory import required

# Why nothing was done to a lead, or why it was left when the act was taken back.
MISSING = "missing"  # ":city phone": what the stage asks for
FULL = "full"
NOT_ALLOWED = "not_allowed"
CHANGED, GONE = "changed", "gone"
MERGING = "merging"
PERSON_LEFT, STAGE_GONE, TAG_GONE, FIELD_GONE = "person_left", "stage_gone", "tag_gone", "field_gone"
UNDOING = gettext_lazy("Undoing a bulk action")


@dataclass(frozen=True)
class Line:
    """One of the numbers of a result. `code` names the leads that can be listed."""

    text: str
    leads: int
    tone: str = ""
    code: str = ""

    @property
    def shown(self) -> str:
        return number(self.leads)


def number(amount: int) -> str:
    return number_format(amount, force_grouping=True)


def counted(amount: int, words: str) -> str:
    """`words` with %(count)s in it."""
    return words % {"count": number(amount)}


def why(code: str) -> str:
    """A reason, as it stands after a number of leads."""
    name, _colon, about = code.partition(":")
    if name == MISSING:
        fields = ", ".join(str(required.label_of(key)) for key in about.split())
        return _("without what the stage asks for: %(fields)s") % {"fields": fields}
    return str(_WHY[name]()) if name in _WHY else code


def lines(changed: int, already: int, gone: int, refused: Mapping[str, int]) -> list[Line]:
    """The result of an act, what there is none of left out; "changed" always."""
    found = [Line(ngettext("was changed", "were changed", changed), changed, "success")]
    if already:
        found.append(Line(_("already so"), already))
    found += [Line(why(code), amount, "warning", code) for code, amount in sorted(refused.items())]
    if gone:
        found.append(Line(_("gone meanwhile, or out of your sight"), gone))
    return found


def lines_of_undo(undone: int, left: Mapping[str, int]) -> list[Line]:
    found = [Line(_("as it was before"), undone, "success")]
    found += [
        Line(_("left: %(why)s") % {"why": why(code)}, amount, "warning", code)
        for code, amount in sorted(left.items())
    ]
    return found


def in_a_row(found: list[Line]) -> str:
    return "; ".join(f"{number(line.leads)} {line.text}" for line in found) + "."


def done(changed: int, already: int, gone: int, refused: Mapping[str, int]) -> str:
    """For a job and a toast: "41 230 were changed; 12 already so."."""
    return in_a_row(lines(changed, already, gone, refused))


def undone(undone: int, left: Mapping[str, int]) -> str:
    if not left:
        return _("Undone.")
    return in_a_row(lines_of_undo(undone, left))


def asker_left() -> str:
    return _("Who asked for it is not active here any more.")


def not_allowed_any_more() -> str:
    return _("You may not do this any more. Ask an admin.")


def leads(amount: int) -> str:
    return counted(amount, ngettext("%(count)s lead", "%(count)s leads", amount))


_WHY: dict[str, Callable[[], str]] = {
    FULL: lambda: _("with as many tags as a lead can have"),
    NOT_ALLOWED: lambda: _("where you may not put it"),
    CHANGED: lambda: _("changed since"),
    GONE: lambda: _("deleted since"),
    MERGING: lambda: _("with a merge still under way"),
    PERSON_LEFT: lambda: _("the person is not active any more"),
    STAGE_GONE: lambda: _("the stage takes no leads any more"),
    TAG_GONE: lambda: _("the tag was deleted"),
    FIELD_GONE: lambda: _("the field was deleted"),
}
MESSAGES: dict[str, Any] = {
    "done": done,
    "undone": undone,
    "refused": "%(text)s",
    "forgotten": gettext_lazy("This action is no longer kept."),
}
