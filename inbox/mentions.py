"""People named in a note. They stand in its text as `@[<membership id>]`, which stays true when somebody is renamed.

Who writes sees names, since a text field shows nothing else: `shown` makes "@Ana Gil" of the marks, and the browser
turns the names it was told of back into marks. What was never a person of the workspace is text like any other.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crm.prepared import Prepared
from directory import visibility
from directory.models import Placement
from workspaces.models import Membership

_MARK = re.compile(r"@\[(\d{1,18})\]")
MOST = 50  # people named in one note; who means everybody says so
_named = Prepared(
    lambda workspace, ids: Membership.objects.filter(workspace_id=workspace, pk__any=ids).values_list(
        "pk", "user__name"
    ),
    workspace=-1,
    ids=[-2],
)


@dataclass(frozen=True)
class Candidate:
    """A person who may be named; `sees` is whether they see the lead: who does not is shown, and cannot be chosen.
    `handle` is their name, with a number where two are called alike."""

    person: Membership
    handle: str
    sees: bool


def candidates(placement: Placement, by: Membership) -> list[Candidate]:
    """All people of the workspace but oneself, those who see the lead first. Three queries, and one for its funnel."""
    people = [
        one for one in Membership.objects.of_workspace(by.workspace).active().by_name() if one.pk != by.pk
    ]
    seeing = {one.pk for one in visibility.who_see(placement, people)}
    handles = _handles([(one.pk, one.user.name) for one in people])
    found = [Candidate(one, handles[one.pk], one.pk in seeing) for one in people]
    return sorted(found, key=lambda one: not one.sees)


def ids_in(texts: Iterable[str]) -> set[int]:
    """Whom texts name, whoever they are."""
    return {int(pk) for text in texts for pk in _MARK.findall(text)}


def names(ids: Collection[int], workspace_id: int) -> Mapping[int, str]:
    """Of those who are of the workspace, leavers too. No query where there are none."""
    if not ids:
        return {}
    return dict(_named.rows(workspace=workspace_id, ids=sorted(ids)))


def settled(text: str, placement: Placement, by: Membership) -> tuple[str, list[int]]:
    """What is stored of what was posted, and whom it names: only people who see the lead now. Others of the workspace
    are left as their name; what is nobody's id stays as it was typed."""
    asked = ids_in([text])
    if not asked:
        return text, []
    people = list(Membership.objects.of_workspace(by.workspace).filter(pk__in=asked))
    here = [one for one in people if one.is_active]
    seeing = {one.pk for one in visibility.who_see(placement, here)}
    known = {one.pk: one.user.name for one in people}

    def keep(pk: int) -> str:
        return f"@[{pk}]" if pk in seeing or pk not in known else f"@{known[pk]}"

    kept = "".join(part if isinstance(part, str) else keep(part) for part in parts(text))
    return kept, sorted(seeing - {by.pk})


def parts(text: str) -> Iterable[str | int]:
    """The text in pieces: words, and ids of people between them."""
    end = 0
    for found in _MARK.finditer(text):
        yield text[end : found.start()]
        yield int(found.group(1))
        end = found.end()
    yield text[end:]


def shown(text: str, known: Mapping[int, str], words: Callable[[str], str] = str) -> str:
    """With names, as plain text; `words` is done to what is no name."""
    return "".join(
        words(part) if isinstance(part, str) else f"@{known[part]}" if part in known else words(f"@[{part}]")
        for part in parts(text)
    )


def unmarked(text: str) -> str:
    """In short, where nobody looks up names: "@…"."""
    return _MARK.sub("@…", text)


def handles(known: Mapping[int, str]) -> dict[str, int]:
    """What the browser turns back: the handle of each person → their id."""
    return {handle: pk for pk, handle in _handles(sorted(known.items())).items()}


def _handles(people: Sequence[tuple[int, str]]) -> dict[int, str]:
    """Their names, each told from the others of its name by a number, in the order of their ids."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for pk, name in sorted(people):
        handle, number = name, 1
        while handle in taken:
            number += 1
            handle = f"{name} ({number})"
        taken.add(handle)
        found[pk] = handle
    return found
