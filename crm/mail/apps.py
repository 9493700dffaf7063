from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "crm.mail"
    label = "mail"
