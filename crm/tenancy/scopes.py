"""The open scope: which workspace this thread, task or coroutine works for."""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import models


class Unscoped(Exception):
    """A tenant's rows were asked for with no workspace's scope open, or in a way that no scope can hold."""


class ForeignWorkspace(Unscoped):
    """A row or a queryset of one workspace was used in the scope of another."""


_open: ContextVar[int | None] = ContextVar("crm.tenancy.workspace", default=None)


def current_workspace() -> int:
    """The primary key of the workspace whose scope is open; raises Unscoped when none is."""
    workspace = _open.get()
    if workspace is None:
        raise Unscoped("No workspace's scope is open: wrap the work in `with scope(workspace):`.")
    return workspace


def workspace_if_any() -> int | None:
    """The primary key of the open scope's workspace, or None. It decides nothing: it only marks querysets."""
    return _open.get()


class Scope:
    """One `with` block. Blocks nest, and threads and tasks each have their own (contextvars).

    A generator that yields inside a block leaves the scope open in whoever called it; such a block is
    caught at its end, where the scope found is not the one that was opened.
    """

    def __init__(self, workspace: models.Model | int) -> None:
        self.workspace = _key(workspace)
        self._tokens: list[Token[int | None]] = []

    def __enter__(self) -> Self:
        self._tokens.append(_open.set(self.workspace))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        found = _open.get()
        _open.reset(self._tokens.pop())
        if found != self.workspace and error is None:
            raise RuntimeError(f"The scope of workspace {self.workspace} ended inside the scope of {found}.")


def scope(workspace: models.Model | int) -> Scope:
    """Opens the scope of one workspace, given as the object or as its primary key.

    None, booleans, strings, lists and unsaved objects raise TypeError: a scope is never guessed, never empty
    and never wider than one workspace.
    """
    return Scope(workspace)


def _key(workspace: models.Model | int) -> int:
    key: object = workspace
    if isinstance(workspace, models.Model):
        if workspace._meta.concrete_model._meta.label != settings.TENANT_MODEL:  # type: ignore[union-attr]
            raise TypeError(f"A scope is opened for a {settings.TENANT_MODEL}, not for {workspace!r}.")
        key = workspace.pk
    if not isinstance(key, int) or isinstance(key, bool) or key <= 0:
        raise TypeError(
            f"A scope is opened for one saved workspace or its primary key, not for {workspace!r}."
        )
    return key
