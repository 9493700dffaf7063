"""What Messenger needs of an app at Meta: the fields of its webhooks, and what its token must allow."""

OBJECT = "page"
FIELDS = (
    "messages", "messaging_postbacks", "messaging_optins", "message_deliveries", "message_reads", "message_echoes",
    "message_reactions", "messaging_referrals", "message_edits", "messaging_handovers", "messaging_policy_enforcement",
    "standby",
)  # fmt: skip
SCOPES = ("pages_messaging", "pages_manage_metadata")
