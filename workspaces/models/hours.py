"""When a workspace is open: weekly hours and holidays, in the workspace's zone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy import TenantModel


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class BusinessHours(TenantModel):
    """One stretch of a weekday. 24:00 is written as 23:59:59.999999."""

    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta(TenantModel.Meta):
        ordering: ClassVar = ["weekday", "opens"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="business_hours_once", fields=["workspace", "weekday", "opens"]),
            models.CheckConstraint(
                name="business_hours_forward", condition=models.Q(opens__lt=models.F("closes"))
            ),
            models.CheckConstraint(name="business_hours_weekday", condition=models.Q(weekday__lte=6)),
        ]


class Holiday(TenantModel):
    """A whole day closed, whatever its weekday."""

    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=80)

    class Meta(TenantModel.Meta):
        ordering: ClassVar = ["date"]
        constraints: ClassVar = [models.UniqueConstraint(name="holiday_once", fields=["workspace", "date"])]
