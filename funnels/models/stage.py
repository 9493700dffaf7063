"""A column of a funnel's board. The Inbox is none: it is where leads without a stage stand."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from funnels.models.funnel import Funnel
from workspaces.models import Colour


class StageQuerySet(TenantQuerySet["Stage"]):
    def in_order(self) -> "StageQuerySet":
        return self.order_by("funnel__position", "funnel_id", "position", "id")

    def with_funnel(self) -> "StageQuerySet":
        return self.select_related("funnel")


class Stage(TenantModel):
    funnel = TenantForeignKey(Funnel, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=60)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, default=Colour.SLATE)
    position = models.PositiveSmallIntegerField(default=0)
    leaving_since = models.DateTimeField(
        null=True, blank=True
    )  # it is being deleted: a job moves its leads out
    required_keys = models.CharField(max_length=2000, default="", db_default="", blank=True)  # see `required`
    stale_days = models.PositiveSmallIntegerField(null=True, blank=True)  # a lead that stays longer is stale

    objects = TenantManager.from_queryset(StageQuerySet)()

    class Meta(TenantModel.Meta):
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="stage_name_once", fields=["workspace", "funnel", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def required(self) -> list[str]:
        """Keys of `directory.required`: what it asks of a lead before it comes in."""
        return self.required_keys.split()

    @required.setter
    def required(self, keys: Iterable[str]) -> None:
        self.required_keys = " ".join(keys)
