"""A box of secrets, to test encrypted fields on."""

from django.db import models

from crm.encryption.fields import EncryptedJSONField, EncryptedTextField


class Box(models.Model):
    name = models.CharField(max_length=50, blank=True)
    secret = EncryptedTextField(null=True)
    parts = EncryptedJSONField(default=dict)
    loose = models.JSONField(default=dict)
