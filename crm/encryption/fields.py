"""Model fields whose column holds tokens.

A value is decrypted when it is read from its instance, not when its row is loaded: lists that do not show it do not
pay for it, and one unreadable row breaks neither a list nor the saving of its other columns. `values()` gives the
token (`Ciphertext`), never the text. Lookups other than `isnull` are refused: keep a `keyed_hash` beside the field
where one must find by it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Expression
from django.db.models.query_utils import DeferredAttribute

from crm.encryption.keys import Unreadable, decrypt, encrypt

if TYPE_CHECKING:
    _TextBase = models.TextField[Any, Any]
else:
    _TextBase = models.TextField


class Ciphertext(str):
    """A token as it stands in the column."""

    __slots__ = ()


class Attribute(DeferredAttribute):
    """Decrypts on first reading and keeps the text on the instance."""

    field: EncryptedField

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        kept = instance.__dict__
        value = kept[name] if name in kept else super().__get__(instance, cls)
        if not isinstance(value, Ciphertext):
            return value
        try:
            text = decrypt(value)
        except Unreadable as error:
            label = instance._meta.label
            raise Unreadable(f"{label}.{self.field.name} of row {instance.pk}: {error}") from None
        instance.__dict__[name] = plain = self.field.loaded(text)
        return plain

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(_TextBase):
    """What both fields share. None and the empty string are kept as they are."""

    descriptor_class = Attribute

    def dumped(self, value: Any) -> str:
        """The text to encrypt."""
        raise NotImplementedError

    def loaded(self, text: str) -> Any:
        """The value of a decrypted text."""
        raise NotImplementedError

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> Ciphertext | str | None:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # What was never read is written back as it is, readable or not.
        return model_instance.__dict__.get(self.attname, None)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Expression):
            return value
        if isinstance(value, Ciphertext):
            return str(value)
        text = self.dumped(value)
        return encrypt(text) if text else ""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self.name} is encrypted: find by a keyed hash kept beside it, not by {lookup_name}."
        )

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(
            f"{self.name} is encrypted: find by a keyed hash kept beside it, not by {lookup_name}."
        )

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is encrypted and is not serialised; use bin/backup.")


class EncryptedTextField(EncryptedField):
    """Text."""

    def dumped(self, value: Any) -> str:
        return str(value)

    def loaded(self, text: str) -> str:
        return text


class EncryptedJSONField(EncryptedField):
    """What JSON can say: objects, lists, strings, numbers, booleans. Changing the value in place is saved too."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def dumped(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def loaded(self, text: str) -> Any:
        return json.loads(text)

    def to_python(self, value: Any) -> Any:
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, form_class=forms.JSONField, **kwargs)
