"""Bulk actions are called so in the audit log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0090_import_verbs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="verb",
            field=models.CharField(
                choices=[
                    ("signed_in", "Signed in"),
                    ("sign_in_failed", "Failed to sign in"),
                    ("signed_out", "Signed out"),
                    ("sessions_ended", "Ended other sessions"),
                    ("password_changed", "Changed the password"),
                    ("password_reset", "Reset the password"),
                    ("email_changed", "Changed the e-mail address"),
                    ("mfa_added", "Added a second factor"),
                    ("mfa_removed", "Removed a second factor"),
                    ("mfa_codes_made", "Made new recovery codes"),
                    ("workspace_created", "Created the workspace"),
                    ("settings_changed", "Changed settings"),
                    ("hours_changed", "Changed business hours"),
                    ("person_invited", "Invited a person"),
                    ("invitation_resent", "Resent an invitation"),
                    ("invitation_revoked", "Revoked an invitation"),
                    ("person_joined", "Joined the workspace"),
                    ("role_changed", "Changed a role"),
                    ("access_changed", "Changed what a person may do"),
                    ("person_deactivated", "Deactivated a person"),
                    ("person_reactivated", "Reactivated a person"),
                    ("ownership_handed_over", "Handed the ownership over"),
                    ("team_created", "Created a team"),
                    ("team_changed", "Changed a team"),
                    ("team_deleted", "Deleted a team"),
                    ("funnel_created", "Created a funnel"),
                    ("funnel_changed", "Changed a funnel"),
                    ("funnel_deleted", "Deleted a funnel"),
                    ("channel_connected", "Connected a channel"),
                    ("channel_changed", "Changed a channel"),
                    ("channel_removed", "Removed a channel"),
                    ("channel_secret_changed", "Changed the secret of a channel"),
                    ("sender_blocked", "Blocked a sender"),
                    ("sender_unblocked", "Unblocked a sender"),
                    ("lead_erased", "Deleted a lead for good"),
                    ("personal_erased", "Erased the personal data of a lead"),
                    ("leads_exported", "Exported leads"),
                    ("leads_changed", "Ran a bulk action"),
                    ("leads_restored", "Undid a bulk action"),
                    ("leads_imported", "Imported leads"),
                    ("import_undone", "Undid an import of leads"),
                    ("lead_merged", "Merged two leads"),
                    ("lead_split", "Undid a merge of leads"),
                    ("audit_exported", "Exported the audit log"),
                    ("workspace_exported", "Exported the workspace"),
                    ("deletion_requested", "Asked to delete the workspace"),
                    ("deletion_cancelled", "Cancelled the deletion of the workspace"),
                    ("suspended", "Suspended the workspace"),
                    ("unsuspended", "Lifted the suspension"),
                ],
                max_length=32,
            ),
        ),
    ]
