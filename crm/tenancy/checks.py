"""System checks that keep tenancy whole as models are added. `manage.py check` and the tests run them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage, Error
from django.db import models
from django.db.models.expressions import F, OrderBy

from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import TenantModel, TenantPart, TenantQuerySet
from crm.tenancy.registry import OUTSIDE

DUE = "_due"  # ends the name of a partial index by which a sweeper finds what is due in all workspaces


def check_tenancy(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found = apps.get_models() if app_configs is None else [m for app in app_configs for m in app.get_models()]
    return [message for model in found for message in check_model(model)]


def check_model(model: type[models.Model]) -> Iterator[CheckMessage]:
    """What is wrong with one concrete model."""
    if not issubclass(model, TenantModel):
        if model._meta.label not in OUTSIDE and model._meta.managed and not model._meta.proxy:
            yield _error(1, model, "is neither a TenantModel nor listed in crm.tenancy.registry.OUTSIDE")
        return
    if any(not isinstance(manager.get_queryset(), TenantQuerySet) for manager in model._meta.managers):
        yield _error(2, model, "has a manager whose querysets are not TenantQuerySets")
    if any(parent is not model._meta.concrete_model for parent in model._meta.parents):
        yield _error(3, model, "inherits from a concrete model: its workspace would be in another table")
    if any(isinstance(field, GenericForeignKey) for field in model._meta.private_fields):
        yield _error(4, model, "has a generic foreign key, which no constraint keeps within the workspace")
    for relation in model._meta.local_many_to_many:
        if not issubclass(relation.remote_field.through, TenantModel):  # type: ignore[arg-type]
            yield _error(5, model, f"has {relation.name} without a TenantModel as `through`")
    if not model._meta.proxy:
        yield from _check_keys(model)
        yield from _check_indexes(model)


def _check_keys(model: type[TenantModel]) -> Iterator[CheckMessage]:
    if issubclass(model, TenantPart) and not whole_of(model):
        yield _error(
            11, model, "is a TenantPart without a TenantForeignKey that is never null to a tenant's row"
        )
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or field.name == "workspace":
            continue
        parent: type[models.Model] = field.related_model
        if not is_within_workspace(parent):
            continue
        if not isinstance(field, TenantForeignKey):
            yield _error(6, model, f"has {field.name}, not a TenantForeignKey, to {parent._meta.label}")
        if not any(set(names[:2]) == {"workspace", parent._meta.pk.name} for names in uniques(parent)):
            yield _error(
                7, model, f"refers to {parent._meta.label}, which lacks PARENT_KEY in its constraints"
            )


def _check_indexes(model: type[TenantModel]) -> Iterator[CheckMessage]:
    indexes = list(_indexes(model))
    for name, names in indexes:
        if not names or names[0] != "workspace":
            yield _error(8, model, f"has the index {name}, which does not begin with the workspace")
    begins = [names[:2] for _, names in indexes]
    if not begins:
        yield _error(9, model, "has no index that begins with the workspace")
    for field in model._meta.local_fields:
        if (
            isinstance(field, TenantForeignKey)
            and not field.unindexed
            and ["workspace", field.name] not in begins
        ):
            yield _error(10, model, f"has {field.name} without an index on (workspace, {field.name})")


def is_within_workspace(model: type[models.Model]) -> bool:
    """Whether its rows have a workspace: a tenant's model, or one outside the scope such as Membership."""
    return issubclass(model, TenantModel) or any(
        field.name == "workspace" for field in model._meta.local_fields
    )


def whole_of(model: type[models.Model]) -> list[str]:
    """The columns of the keys by which PostgreSQL holds the workspace of a TenantPart."""
    return [
        field.column
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
        and not field.null
        and issubclass(field.related_model, TenantModel)
        and field.related_model is not model
    ]


def uniques(model: type[models.Model]) -> Iterator[list[str]]:
    """The fields of each unconditional unique constraint."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            yield list(constraint.fields)


def _indexes(model: type[models.Model]) -> Iterator[tuple[str, list[str]]]:
    """Each index's name and fields ("" for an expression), but for the primary key and partial due-indexes."""
    for field in model._meta.local_fields:
        if not field.primary_key and (field.unique or getattr(field, "db_index", False)):
            yield field.name, [field.name]
    for together in model._meta.unique_together:
        yield "unique_together", list(together)
    for index in [*model._meta.indexes, *model._meta.constraints]:
        if not isinstance(index, models.Index | models.UniqueConstraint | ExclusionConstraint):
            continue
        if index.condition is not None and index.name.endswith(DUE):
            continue
        yield index.name, _columns(index)


def _columns(index: models.Index | models.UniqueConstraint | ExclusionConstraint) -> list[str]:
    if isinstance(index, ExclusionConstraint):
        return [_column(expression) for expression, _ in index.expressions]
    if index.expressions:
        return [_column(expression) for expression in index.expressions]
    return [name.removeprefix("-") for name in index.fields]


def _column(expression: Any) -> str:
    if isinstance(expression, OrderBy):
        expression = expression.expression
    name = getattr(expression, "name", "") if isinstance(expression, F) else expression
    return name if isinstance(name, str) else ""


def _error(number: int, model: type[models.Model], what: str) -> Error:
    return Error(f"{model._meta.label} {what}.", obj=model, id=f"tenancy.E{number:03}")
