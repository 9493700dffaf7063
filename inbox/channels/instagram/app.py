"""What Instagram needs of an app at Meta: the fields of its webhooks, and what its token must allow."""

OBJECT = "instagram"
FIELDS = (
    "messages", "messaging_postbacks", "messaging_optins", "messaging_seen", "message_reactions", "messaging_referral",
    "message_edit", "messaging_handover", "standby",
)  # fmt: skip
PAGE_FIELDS = ("messages",)  # any of the page's has Meta send those of its account
SCOPES = ("instagram_basic", "instagram_manage_messages", "pages_manage_metadata")
OWN_SCOPES = ("instagram_business_basic", "instagram_business_manage_messages")  # of Instagram's own login
