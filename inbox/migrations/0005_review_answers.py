"""What answers a message. Built beside the traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("inbox", "0004_bench_hand_unread")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                name="message_answers",
                fields=["workspace", "reply_to"],
                condition=models.Q(("reply_to__isnull", False)),
            ),
        )
    ]
