"""Imports and acts on many have the foreign keys of what they write checked by statement; what the tables' own triggers
keep, they keep then, too."""

from django.db import migrations

from crm.tenancy.operations import CheckReferences

WRITTEN = (
    "lead", "placement", "ownedname", "contactpoint", "leadtag", "socialprofile", "customvalue", "event", "importrow",
    "bulkrow", "tally",
)  # fmt: skip
OWN = {
    "directory_placement": (
        "placement_counted_on_insert", "placement_counted_on_update", "placement_counted_on_delete",
        "placement_owned_on_insert", "placement_owned_on_update", "placement_owned_on_delete",
    ),
    "directory_lead": ("lead_renamed",),
}  # fmt: skip


def _enabled(how: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE {how}TRIGGER {name}" for table, names in OWN.items() for name in names
    ]


class Migration(migrations.Migration):
    atomic = False  # one table is locked at a time

    dependencies = [("directory", "0141_owned_names_filled")]

    operations = [
        *(CheckReferences(model) for model in WRITTEN),
        migrations.RunSQL(_enabled("ALWAYS "), _enabled("")),
    ]
