"""What leads are filtered by. Each floor registers its own from `AppConfig.ready()`:

filtering.register(Field("city", _("City"), "map-pin", Texts(), asked.text("lead__city")))
"""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.ui.registry import Registry
from crm.ui.ways import Way
from directory.choices import Option
from directory.filtering import moments
from directory.filtering.errors import BadFilter
from directory.filtering.kinds import Kind
from directory.filtering.periods import Bounds, Days
from directory.filtering.tree import Keyword, Operator, Value
from workspaces.models import Membership

Text = str | Promise
Groups = list[tuple[Text, list[Option]]]  # under headings; "" is none
LEAD, PLACE, CONVERSATION, CUSTOM = (
    gettext_lazy("Lead"),
    gettext_lazy("Where it stands"),
    gettext_lazy("Conversation"),
    gettext_lazy("Own fields"),
)


@dataclass(frozen=True)
class Asked:
    """One clause as it is asked by one person, at one moment; `listed` is the state in which leads are looked for."""

    membership: Membership
    operator: Operator
    values: tuple[Value, ...]
    now: dt.datetime
    listed: Q = field(default_factory=Q)

    @property
    def texts(self) -> list[str]:
        return [one for one in self.values if isinstance(one, str)]

    @property
    def ids(self) -> list[int]:
        """Of references; the person themselves where they are meant."""
        me = [self.membership.pk] if Keyword.ME in self.values else []
        return [*map(int, self.texts), *me]

    @property
    def none(self) -> bool:
        return Keyword.NONE in self.values

    @property
    def any(self) -> bool:
        return Keyword.ANY in self.values

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.membership.workspace.time_zone)

    def bounds(self, text: str) -> Bounds:
        """Of a stretch of time: from, and before. A statement that is kept counts them anew in each run."""
        return moments.bounds(text, self.now, self.zone)

    def days(self, text: str) -> Days:
        return moments.days(text, self.now, self.zone)

    @property
    def archived(self) -> list[bool]:
        """What leads may be in this state."""
        return [one for one in (False, True) if self.listed in (Q(), Q(is_archived=one))]


def everyone(membership: Membership) -> bool:
    return True


@dataclass(frozen=True)
class Field:
    """`condition` is on placements, and false and never NULL where a clause is not met, so that it can be negated.

    It depends on nothing but what `Asked` says: statements with it are kept. `keywords` are those that mean something
    here. `options(membership, ids)` gives what a choice offers, all of it or only those named. `few` gives ids by
    an index that holds what is asked, `walked` ways in the order of time; None where there is no such index.
    `is_tallied`: the tallies have its columns. `is_keyed`: its condition knows a lead by its key alone, and so
    is one on leads, too.
    """

    key: str
    label: Text
    icon: str
    kind: Kind
    condition: Callable[[Asked], Q]
    keywords: frozenset[Keyword] = frozenset()
    options: Callable[[Membership, Iterable[str] | None], Groups] | None = None
    few: "Callable[[Asked], QuerySet[Any, Any] | None] | None" = None
    walked: Callable[[Asked], list[Way]] | None = None
    is_tallied: bool = False
    is_keyed: bool = False
    identity: Hashable = None  # of one that another could follow under the same key
    allowed: Callable[[Membership], bool] = everyone
    group: Text = PLACE
    order: int = 100


@dataclass(frozen=True)
class Family:
    """Fields that a workspace makes for itself, known by a prefix ("custom."). `load()` is in the scope."""

    key: str
    load: Callable[[], Sequence[Field]]
    order: int = 500


_fields: Registry[Field] = Registry("Filter field")
_families: Registry[Family] = Registry("Family of filter fields")


def register(one: Field) -> Field:
    return _fields.register(one)


def register_family(family: Family) -> Family:
    return _families.register(family)


class Catalogue:
    """The fields there are, for one text: those of the workspace's own making are read once, where one is named."""

    @cached_property
    def _own(self) -> dict[str, Field]:
        return {one.key: one for family in _families for one in family.load()}

    def known(self, key: str) -> Field:
        """BadFilter for none."""
        if key in _fields:
            return next(one for one in _fields if one.key == key)
        if any(key.startswith(family.key) for family in _families) and key in self._own:
            return self._own[key]
        raise BadFilter(_("There is no field “%(key)s” to filter by.") % {"key": key})

    def check(self, key: str, operator: Operator, value: Value) -> Value:
        """A value as it is kept."""
        found = self.known(key)
        if isinstance(value, Keyword):
            if value not in found.keywords or operator != Operator.IS:
                words = _("“%(text)s” cannot be asked of “%(key)s”.")
                raise BadFilter(words % {"text": value.value, "key": key})
            return value
        if operator not in found.kind.operators:
            signs = " ".join(one.value for one in found.kind.operators)
            raise BadFilter(_("After “%(key)s” comes one of: %(signs)s") % {"key": key, "signs": signs})
        return found.kind.clean(value)


def open_to(membership: Membership) -> list[Field]:
    """All that the person may filter by, in order."""
    families = [one for family in _families for one in family.load()]
    return [one for one in (*_fields, *families) if one.allowed(membership)]
