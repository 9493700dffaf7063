"""Messages by identity and session, and those that count as unread. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("inbox", "0050_rules_blocks")]

    operations = [
        TenantForeignKey("identity", "blocked_by"),
        AddIndexConcurrently(
            "message",
            models.Index(
                name="message_heard",
                fields=["workspace", "lead", "id"],
                condition=models.Q(("direction", "in"), ("is_blocked", False)),
            ),
        ),
        RemoveIndexConcurrently("message", "message_arrivals"),
        AddIndexConcurrently(
            "message", models.Index(name="message_of_identity", fields=["workspace", "identity"])
        ),
        AddIndexConcurrently(
            "message", models.Index(name="message_of_session", fields=["workspace", "session"])
        ),
    ]
