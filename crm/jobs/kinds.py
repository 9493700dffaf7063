"""Kinds of jobs: what an app registers so that its long work runs, is shown and may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from crm.jobs.models import Job
    from crm.jobs.progress import Progress

Words = str | Promise | Callable[..., str]


class JobError(Exception):
    """The job cannot be done, and trying again is of no use. `code` is one of the kind's `messages`."""

    def __init__(self, code: str, **args: Any) -> None:
        super().__init__(code)
        self.code = code
        self.args_of_message = args


@dataclass(frozen=True)
class Way:
    """A link on the job's page, or with `post` a button that acts; `href` is an address."""

    label: str | Promise
    href: str
    icon: str = ""
    post: bool = False


def no_ways(job: Job, membership: Any) -> Sequence[Way]:
    return ()


@dataclass(frozen=True)
class JobKind:
    """One kind of long work.

    run(job, progress): does it, from `job.cursor` on, in batches (see crm.jobs.progress). Called again, for
    the same job, after every turn of `turn` and after a killed worker. label: what it is, for people
    ("Export of the audit log"). permission: who may ask for it, and fetch its result; None: every member.
    messages: words for the codes of JobError and of `progress.say`, shown in the reader's language: text
    with %(name)s, or a function of the arguments (for plurals). ways: where one goes on from the job's page, by job
    and membership. turn: after so long, at the end of a batch,
    other jobs get their turn. keeps: how long the result can be fetched.
    """

    name: str
    run: Callable[[Job, Progress], None]
    label: str | Promise
    permission: str | None = None
    messages: Mapping[str, Words] = field(default_factory=dict, compare=False)
    ways: Callable[[Job, Any], Sequence[Way]] = no_ways
    turn: timedelta = timedelta(seconds=20)
    keeps: timedelta = timedelta(days=7)


_kinds: dict[str, JobKind] = {}
_oversight: list[str] = []


def register_kind(kind: JobKind) -> JobKind:
    """From `AppConfig.ready()`. Another kind under the same name raises ValueError."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"A job kind {kind.name!r} is registered already")
    return kind


def register_oversight(permission: str) -> None:
    """The permission to see and cancel everyone's jobs in a workspace (never to fetch their results)."""
    _oversight[:] = [permission]


def oversees(membership: Any) -> bool:
    return any(permission in membership.permissions for permission in _oversight)


def get(name: str) -> JobKind:
    """Raises LookupError where no app has registered it."""
    if name not in _kinds:
        raise LookupError(f"No app has registered jobs of kind {name!r}")
    return _kinds[name]


def find(name: str) -> JobKind | None:
    return _kinds.get(name)
