"""What holds of pinned notes, and their index. Built beside the traffic."""

from typing import ClassVar

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models

from crm.tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("inbox", "0170_pinned_notes")]

    operations: ClassVar = [
        TenantForeignKey("note", "pinned_by"),
        AddConstraintNotValid(
            "note",
            models.CheckConstraint(
                name="note_deleted_is_not_pinned",
                condition=models.Q(("pinned_at", None), ("deleted_at", None), _connector="OR"),
            ),
        ),
        AddConstraintNotValid(
            "note",
            models.CheckConstraint(
                name="note_pinned_by",
                condition=models.Q(("pinned_by", None), ("pinned_at__isnull", False), _connector="OR"),
            ),
        ),
        ValidateConstraint("note", "note_deleted_is_not_pinned"),
        ValidateConstraint("note", "note_pinned_by"),
        AddIndexConcurrently(
            "note",
            models.Index(
                name="note_pinned",
                fields=["workspace", "lead", "-pinned_at", "-id"],
                condition=models.Q(("pinned_at__isnull", False)),
            ),
        ),
    ]
