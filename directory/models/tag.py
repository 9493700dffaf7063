"""Labels on leads."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models.lead import Lead
from workspaces.models import Colour


class TagQuerySet(TenantQuerySet["Tag"]):
    def by_name(self) -> "TagQuerySet":
        return self.order_by("name", "id")


class Tag(TenantModel):
    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, default=Colour.SLATE)

    objects = TenantManager.from_queryset(TagQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(name="tag_name_once", fields=["workspace", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class LeadTag(TenantPart):
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="lead_tags")
    tag = TenantForeignKey(Tag, on_delete=models.CASCADE, related_name="lead_tags")

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="lead_tag_once", fields=["workspace", "lead", "tag"])
        ]
        indexes: ClassVar = [models.Index(name="lead_tag_of", fields=["workspace", "tag", "lead"])]
