"""Where tokens stand: every encrypted field of every model, and JSON columns of libraries that hold tokens inside."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps

from crm.encryption.fields import EncryptedField


@dataclass(frozen=True, order=True)
class Column:
    """One column of tokens. `embedded`: JSON with tokens somewhere among its strings."""

    table: str
    key: str
    name: str
    embedded: bool = False


_embedded: set[tuple[str, str]] = set()


def register_embedded(model: str, field: str) -> None:
    """Rotation must also look into this JSONField (`app_label.Model`, field name). Call from AppConfig.ready()."""
    _embedded.add((model, field))


def columns() -> list[Column]:
    """Every column that holds tokens."""
    found = {
        Column(model._meta.db_table, str(model._meta.pk.column), str(field.column))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.pk is not None
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField)
    }
    for label, name in _embedded:
        meta = apps.get_model(label)._meta
        if meta.pk is not None:
            column = meta.get_field(name).column
            found.add(Column(meta.db_table, str(meta.pk.column), str(column), embedded=True))
    return sorted(found)
