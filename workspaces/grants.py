"""Grants of sellers on single objects, kept by django-guardian, read once a request.

An app registers what can be granted with `register_grantable`. Guardian's own shortcuts cost four queries a call, so
a request reads the ids of each grantable model at most once, with one query.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.utils.functional import Promise
from guardian.shortcuts import assign_perm, remove_perm

from crm.prepared import Prepared
from workspaces.models.membership import Membership


@dataclass(frozen=True)
class Grantable:
    """A model whose objects are granted one by one: a column group of the access screen."""

    model: type[models.Model]
    grants: type[models.Model]  # its direct-foreign-key permission model
    codenames: dict[str, str | Promise]  # "supervise_team" → "Supervises"
    label: str | Promise  # "Teams"
    choices: Callable[[], Iterable[Any]]  # the workspace's objects, inside the scope

    @property
    def app_label(self) -> str:
        return self.model._meta.app_label

    def code(self, codename: str) -> str:
        return f"{self.app_label}.{codename}"


_grantables: dict[type[models.Model], Grantable] = {}


def register_grantable(grantable: Grantable) -> None:
    _grantables[grantable.model] = grantable


def grantables() -> list[Grantable]:
    return list(_grantables.values())


class Grants:
    """The granted ids of one membership. Inside its workspace's scope."""

    def __init__(self, membership: Membership, known: dict[str, frozenset[int]] | None = None) -> None:
        self._membership = membership
        if known is not None:
            self._by_code = known

    def ids(self, code: str) -> frozenset[int]:
        """Ids of the objects on which the person holds "<app>.<codename>"."""
        return self._by_code.get(code, frozenset())

    def holds(self, code: str, pk: int) -> bool:
        return pk in self.ids(code)

    @cached_property
    def _by_code(self) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        if not self._membership.is_seller:
            return {}
        for app, codename, pk in _granted(*_grantables).rows(user_id=self._membership.user_id):
            found.setdefault(f"{app}.{codename}", set()).add(pk)
        return {code: frozenset(ids) for code, ids in found.items()}


def load(people: Iterable[Membership]) -> None:
    """Read the grants of many people at once: one query for each grantable model, however many they are."""
    sellers = {person.user_id: person for person in people if person.is_seller}
    found: dict[int, dict[str, set[int]]] = {user_id: {} for user_id in sellers}
    for grantable in grantables():
        rows = grantable.grants._default_manager.filter(user_id__in=found)
        for user_id, codename, pk in rows.values_list("user_id", "permission__codename", "content_object_id"):
            found[user_id].setdefault(grantable.code(codename), set()).add(pk)
    for user_id, codes in found.items():
        known = {code: frozenset(ids) for code, ids in codes.items()}
        sellers[user_id].grants = Grants(sellers[user_id], known)


@cache
def _granted(*granted: type[models.Model]) -> Prepared[tuple[str, str, int]]:
    """(app, codename, object's id) of all that a person is granted, in one query; every page of a seller may ask."""

    def build(user_id: int) -> "models.QuerySet[Any, tuple[str, str, int]]":
        columns = ("permission__content_type__app_label", "permission__codename", "content_object_id")
        first, *others = (
            _grantables[model].grants._default_manager.filter(user_id=user_id).values_list(*columns)
            for model in granted
        )
        return first.union(*others, all=True)

    return Prepared(build, user_id=-1)


def replace(membership: Membership, wanted: dict[str, set[int]]) -> dict[str, list[list[str]]]:
    """Make the membership's grants exactly `wanted` ({code: object ids}); returns {code: [names before, names after]}.

    Unknown ids are ignored: `choices()` inside the scope decides what exists.
    """
    changes: dict[str, list[list[str]]] = {}
    for grantable in grantables():
        objects = {obj.pk: obj for obj in grantable.choices()}
        for codename in grantable.codenames:
            code = grantable.code(codename)
            before = _held(grantable, codename, membership) & objects.keys()
            after = wanted.get(code, set()) & objects.keys()
            for pk in after - before:
                assign_perm(codename, membership.user, objects[pk])
            for pk in before - after:
                remove_perm(codename, membership.user, objects[pk])
            if before != after:
                changes[code] = [sorted(str(objects[pk]) for pk in ids) for ids in (before, after)]
    return changes


def delete_all(membership: Membership) -> None:
    """Leaving and role changes take every grant with them, in the caller's transaction."""
    for grantable in grantables():
        grantable.grants._default_manager.filter(user_id=membership.user_id).delete()


def _held(grantable: Grantable, codename: str, membership: Membership) -> set[int]:
    rows = grantable.grants._default_manager.filter(user_id=membership.user_id, permission__codename=codename)
    return set(rows.values_list("content_object_id", flat=True))
