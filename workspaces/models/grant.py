"""The shape of a grant on one object: django-guardian's direct-foreign-key row, with the tenant beside."""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from crm.tenancy import TenantManager, TenantModel


class GrantManager(UserObjectPermissionManager, TenantManager):  # type: ignore[type-arg]
    """Guardian's acts, in the scope."""


class Grant(TenantModel, UserObjectPermissionBase):
    """A subclass adds `content_object`, its index, and the unique key (workspace, user, permission, content_object)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    permission = models.ForeignKey(Permission, on_delete=models.CASCADE, related_name="+", db_index=False)

    objects = GrantManager()  # type: ignore[misc]  # the bases disagree on whose variable it is

    class Meta(TenantModel.Meta):
        abstract = True
