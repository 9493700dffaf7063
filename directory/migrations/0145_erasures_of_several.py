"""A row of work that deletes names several leads. Those that wait now name one."""

from django.db import migrations

_SEVERAL = """
    UPDATE work_item SET payload = payload - 'lead' || jsonb_build_object('leads', jsonb_build_array(payload->'lead'))
    WHERE kind = 'directory.erasure' AND state NOT IN ('sent', 'discarded') AND payload ? 'lead'
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0144_references_by_table"), ("work", "0001_initial")]

    operations = [migrations.RunSQL(_SEVERAL, migrations.RunSQL.noop)]
