"""What can be done to many leads at once. Floors above add theirs.

    acts.register(StageAct())     from AppConfig.ready()

An act writes set by set, under the locks of a batch (see directory.bulk.batch), and what it does to one of many is what
its sibling in `directory.actions` does to one alone: the same checks, the same event.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from crm import jobs
from crm.ui.registry import Registry
from directory.bulk.batch import Batch
from directory.listing import foot
from directory.listing.foot import Foot
from directory.models import BulkAct
from directory.permissions import DirectoryPermission
from workspaces.models import Membership
from workspaces.permissions import Permission

Params = dict[str, Any]


class Act:
    """A kind of act; one object each, registered once.

    key: of the address, and of the rows. label: what its button says. running: what its job is called. in_bar: whether
    its button stands in the bar at the foot, or among "more". size: leads in one transaction. columns: of placements,
    what it reads and writes beside assignee and stage. is_final: nothing takes it back; it wants its number typed; its
    batches are done one by one. shares_out: a batch rests on what the ones before gave; it says `let_in` by itself.
    """

    key: ClassVar[str]
    label: ClassVar[str | Promise]
    running: ClassVar[str | Promise]
    icon: ClassVar[str]
    order: ClassVar[int] = 100
    in_bar: ClassVar[bool] = False
    tone: ClassVar[str] = ""
    size: ClassVar[int] = 1_000
    columns: ClassVar[tuple[str, ...]] = ()
    is_final: ClassVar[bool] = False
    shares_out: ClassVar[bool] = False
    permission: ClassVar[Permission] = DirectoryPermission.WORK_LEADS

    def allowed(self, membership: Membership) -> bool:
        return membership.may(self.permission)

    def is_offered(self) -> bool:
        """Whether there is anything in the workspace to do it with."""
        return True

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> "ActForm":
        """What is asked, with `initial` chosen; its `params` are what is kept of the answer."""
        return ActForm(data)

    def asked(self, leads: int) -> str:
        """What will be done to how many, as a sentence."""
        raise NotImplementedError

    def said(self, params: Params) -> str:
        """What it does, in a few words: "Assign to Ana"."""
        return str(self.label)

    def check(self, params: Params, *, by: Membership) -> None:
        """Raise PermissionDenied or Refused where it cannot be done, whichever the lead; before it begins, and before
        each batch, since things change meanwhile."""

    def perform(self, batch: Batch, params: Params) -> None:
        """To `batch.rows`; each is changed, the same already, refused, or gone meanwhile."""
        raise NotImplementedError

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        """What `perform` kept as `before` of these rows, where the lead still holds what was written; the rest is
        left."""
        raise NotImplementedError


class ActForm(forms.Form):
    """Asks nothing."""

    def params(self) -> Params:
        return {}


_acts: Registry[Act] = Registry("Act on many leads")


def register(act: Act) -> Act:
    """With the kind of its jobs and its button in the bar. Again, as where apps are set up twice, is nothing."""
    from directory.bulk import running

    known = find(act.key)
    if known is not None and type(known) is type(act):
        return known
    jobs.register_kind(running.job_kind(act))
    if act.in_bar:
        foot.register(
            Foot(act.key, act.label, act.icon, f"directory:bulk_{act.key}", act.order, act.allowed, act.tone)
        )
    return _acts.register(act)


def find(key: str) -> Act | None:
    return next((act for act in _acts if act.key == key), None)


def get(key: str) -> Act:
    """Raises LookupError where no app has registered it."""
    act = find(key)
    if act is None:
        raise LookupError(f"No app has registered an act {key!r} on many leads")
    return act


def all_acts() -> list[Act]:
    return list(_acts)


def open_to(membership: Membership) -> list[Act]:
    return [act for act in _acts if act.allowed(membership)]


def title(act: BulkAct) -> str:
    """What an act did, in a few words; of a kind that no app knows any more, its key."""
    kind = find(act.kind)
    return kind.said(act.params) if kind else act.kind
