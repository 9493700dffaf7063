"""Fields of a workspace's own, their choices, and what leads hold in them.

A value is a typed row: the column of its kind is filled, the others are empty, and only that column's index has it.
"""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantManager, TenantModel, TenantPart, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey
from crm.tenancy.models import PARENT_KEY
from directory.models.lead import Fold, Lead
from workspaces.models import Colour

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FIELDS = 100
MOST_CHOICES = 200
LONGEST_TEXT = 1_000
COMPARED = 200  # characters of a text that are sorted and searched by


class CustomKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One choice")
    CHOICES = "choices", _("Several choices")
    YES_NO = "yes_no", _("Yes or no")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    URL = "url", _("Link")
    MONEY = "money", _("Money")


TEXTS = frozenset({CustomKind.TEXT, CustomKind.PHONE, CustomKind.EMAIL, CustomKind.URL})
NUMBERS = frozenset({CustomKind.NUMBER, CustomKind.YES_NO, CustomKind.MONEY})
CHOSEN = frozenset({CustomKind.CHOICE, CustomKind.CHOICES})


class CustomFieldQuerySet(TenantQuerySet["CustomField"]):
    def in_use(self) -> "CustomFieldQuerySet":
        """Those that people see. One that was deleted stays until its values are gone."""
        return self.filter(removed_at=None)

    def in_order(self) -> "CustomFieldQuerySet":
        return self.order_by("position", "id")


class CustomField(TenantModel):
    """`default` is what `directory.custom.frozen` makes of a value; null is none. `choice_list` is there where
    `directory.custom.fields` read it: those that may be chosen, in order."""

    label = models.CharField(_("name"), max_length=80)
    key = models.CharField(max_length=60)  # for the API, templates and files; stays when the label changes
    kind = models.CharField(_("kind"), max_length=8, choices=CustomKind)
    is_required = models.BooleanField(_("required"), default=False)
    default = models.JSONField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)
    choice_list: "Sequence[CustomChoice]"
    all_choices: "Sequence[CustomChoice]"

    objects = TenantManager.from_queryset(CustomFieldQuerySet)()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="custom_field_key", fields=["workspace", "key"], condition=Q(removed_at=None)
            ),
            models.CheckConstraint(name="custom_field_kind", condition=Q(kind__in=CustomKind.values)),
            models.CheckConstraint(name="custom_field_key_form", condition=Q(key__regex="^[a-z0-9_]+$")),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """What it is called in an event's changes, and among what a stage may ask for."""
        return f"custom.{self.pk}"

    @property
    def is_chosen(self) -> bool:
        return self.kind in CHOSEN

    @property
    def column(self) -> str:
        """Of CustomValue: what it is sorted by."""
        if self.kind in TEXTS:
            return "text_key"
        if self.kind in NUMBERS:
            return "number"
        return "date" if self.kind == CustomKind.DATE else "choice"


class CustomChoice(TenantModel):
    field = TenantForeignKey(CustomField, on_delete=models.CASCADE, related_name="choices")
    label = models.CharField(_("name"), max_length=80)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour.choices, default=Colour.SLATE)
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)  # its leads are being given another

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            PARENT_KEY,
            models.UniqueConstraint(
                name="custom_choice_once",
                fields=["workspace", "field", "label"],
                condition=Q(removed_at=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="custom_choice_order", fields=["workspace", "field", "position"])
        ]

    def __str__(self) -> str:
        return self.label


class CustomValueQuerySet(TenantQuerySet["CustomValue"]):
    def of_field(self, field: CustomField) -> "CustomValueQuerySet":
        """Of all leads, by the index of its kind: it has only rows that hold something, so that has to be said."""
        held = Q(text__gt="") if field.kind in TEXTS else Q(**{f"{field.column}__isnull": False})
        return self.filter(held, field=field)


class CustomValue(TenantPart):
    """What one lead holds in one field: one row, and one for each choice where there are several.

    yes_no is the number 1 or 0. money is in the workspace's currency. A phone has E.164 in `text`, and in `match_key`
    what national variants have in common. `slot` is 0, and the choice's id where several may be chosen: so that the
    database holds that a field has one value.
    """

    field = TenantForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    lead = TenantForeignKey(Lead, on_delete=models.CASCADE, related_name="custom_values")
    slot = models.BigIntegerField(default=0, db_default=0)
    text = models.CharField(max_length=LONGEST_TEXT, default="", db_default="", blank=True)
    text_key = models.GeneratedField(
        expression=Fold(Left(F("text"), COMPARED)), output_field=models.TextField(), db_persist=True
    )
    match_key = models.CharField(max_length=40, default="", db_default="", blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    choice = TenantForeignKey(
        CustomChoice, null=True, blank=True, on_delete=models.CASCADE, related_name="values"
    )

    objects = TenantManager.from_queryset(CustomValueQuerySet)()

    class Meta(TenantPart.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(name="custom_value_once", fields=["workspace", "lead", "field", "slot"]),
            models.CheckConstraint(
                name="custom_value_one_column",
                condition=Q(~Q(text=""), number=None, date=None, choice=None)
                | Q(text="", number__isnull=False, date=None, choice=None)
                | Q(text="", number=None, date__isnull=False, choice=None)
                | Q(text="", number=None, date=None, choice__isnull=False),
            ),
            models.CheckConstraint(name="custom_value_slot", condition=Q(slot=0) | Q(slot=F("choice"))),
        ]
        indexes: ClassVar = [
            models.Index(
                name="custom_value_text",
                fields=["workspace", "field", "text_key", "lead"],
                condition=Q(text__gt=""),
            ),
            models.Index(
                name="custom_value_match",
                fields=["workspace", "field", "match_key", "lead"],
                condition=Q(match_key__gt=""),
            ),
            models.Index(
                name="custom_value_number",
                fields=["workspace", "field", "number", "lead"],
                condition=Q(number__isnull=False),
            ),
            models.Index(
                name="custom_value_date",
                fields=["workspace", "field", "date", "lead"],
                condition=Q(date__isnull=False),
            ),
            models.Index(
                name="custom_value_choice",
                fields=["workspace", "field", "choice", "lead"],
                condition=Q(choice__isnull=False),
            ),
            # PostgreSQL looks for what has a choice, when that goes.
            models.Index(
                name="custom_value_of_choice",
                fields=["workspace", "choice"],
                condition=Q(choice__isnull=False),
            ),
        ]
