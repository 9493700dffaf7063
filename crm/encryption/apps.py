from django.apps import AppConfig, apps


class EncryptionConfig(AppConfig):
    name = "crm.encryption"
    label = "encryption"

    def ready(self) -> None:
        from crm.encryption import register_embedded

        if apps.is_installed("allauth.mfa"):
            register_embedded("mfa.Authenticator", "data")  # its adapter encrypts the secrets inside
