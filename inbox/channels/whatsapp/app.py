"""What WhatsApp needs of an app at Meta: the fields of its webhooks, and what its token must allow."""

OBJECT = "whatsapp_business_account"
FIELDS = (
    "messages", "message_template_status_update", "message_template_quality_update", "template_category_update",
    "message_template_components_update", "account_update", "account_alerts", "phone_number_quality_update",
    "phone_number_name_update", "business_capability_update", "user_preferences", "smb_message_echoes",
)  # fmt: skip
SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
