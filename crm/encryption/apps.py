from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "crm.encryption"
    label = "encryption"
