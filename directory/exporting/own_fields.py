"""Fields of a workspace's own making as columns of a file; one subquery each, by the lead."""

from collections.abc import Sequence

from django.db.models import Case, CharField, DecimalField, F, Func, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from directory import custom
from directory.exporting.sources import Asked, Expression, Kind, Source, joined
from directory.filtering.own_fields import PREFIX
from directory.models import CustomField, CustomKind, CustomValue

_KINDS = {
    CustomKind.TEXT: Kind.TEXT,
    CustomKind.URL: Kind.TEXT,
    CustomKind.EMAIL: Kind.TEXT,
    CustomKind.PHONE: Kind.PHONE,
    CustomKind.NUMBER: Kind.NUMBER,
    CustomKind.MONEY: Kind.NUMBER,
    CustomKind.DATE: Kind.DATE,
}


def sources() -> Sequence[Source]:
    """Of the scope's fields. A query or two."""
    return [
        Source(f"{PREFIX}{field.key}", _KINDS.get(CustomKind(field.kind), Kind.WORD), _expression(field))
        for field in custom.fields()
    ]


def _expression(field: CustomField) -> Expression:
    def expression(asked: Asked) -> object:
        held: QuerySet[CustomValue, CustomValue] = CustomValue.objects.filter(
            lead_id=OuterRef("pk"), field_id=field.pk
        )
        if field.kind == CustomKind.CHOICES:
            return joined(held.order_by("choice__position", "choice_id").values("choice__label"), "; ")
        return Subquery(_value(field, held.filter(slot=0))[:1])

    return expression


def _value(field: CustomField, held: "QuerySet[CustomValue, CustomValue]") -> "QuerySet[CustomValue, object]":
    if field.kind == CustomKind.CHOICE:
        return held.values("choice__label")
    if field.kind == CustomKind.DATE:
        return held.values("date")
    if field.kind == CustomKind.YES_NO:
        words = Case(When(number=1, then=Value(_("Yes"))), default=Value(_("No")), output_field=CharField())
        return held.annotate(words=words).values("words")
    if field.kind in (CustomKind.NUMBER, CustomKind.MONEY):
        short = Func(F("number"), function="trim_scale", output_field=DecimalField())
        return held.annotate(short=short).values("short")
    return held.values("text")
