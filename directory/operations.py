"""Migration operations of this app's own functions and triggers."""

from django.db import migrations

FOLD = migrations.RunSQL(
    # unaccent() is only STABLE, since its dictionary could be changed; ours does not, and a generated column needs
    # IMMUTABLE. Names are qualified: a restore runs with an empty search path.
    sql="""
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE EXTENSION IF NOT EXISTS unaccent;
    CREATE EXTENSION IF NOT EXISTS btree_gin;
    CREATE FUNCTION directory_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
    $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
    """,
    reverse_sql="DROP FUNCTION directory_fold(text)",
)

# In the order of the key, always the same, and never an update: two moves that cross do not wait for each other. Of a
# workspace that is being deleted nothing is counted any more, or its tallies would outlive its placements.
_KEY = "workspace_id, stage_id, assignee_id, status, outcome, is_archived"
_COUNT = f"""
    CREATE OR REPLACE FUNCTION directory_count_placements() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO directory_tally ({_KEY}, amount, value)
            SELECT {_KEY}, count(*), coalesce(sum(value), 0)
            FROM now_rows GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO directory_tally ({_KEY}, amount, value)
            SELECT {_KEY}, -count(*), -coalesce(sum(value), 0)
            FROM old_rows JOIN workspaces_workspace w ON w.id = workspace_id AND w.deletion_begun_at IS NULL
            GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6;
        ELSE
            INSERT INTO directory_tally ({_KEY}, amount, value)
            SELECT {_KEY}, sum(n), coalesce(sum(n * value), 0) FROM (
                SELECT {_KEY}, value, 1 AS n FROM now_rows UNION ALL SELECT {_KEY}, value, -1 FROM old_rows
            ) AS both_rows
            GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0 OR coalesce(sum(n * value), 0) <> 0
            ORDER BY 1, 2, 3, 4, 5, 6;
        END IF;
        RETURN NULL;
    END $$;
"""  # noqa: S608 (our own columns)

COUNT = migrations.RunSQL(sql=_COUNT, reverse_sql=migrations.RunSQL.noop)

TALLIES = migrations.RunSQL(
    sql=_COUNT
    + """
    CREATE TRIGGER placement_counted_on_insert AFTER INSERT ON directory_placement
        REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION directory_count_placements();
    CREATE TRIGGER placement_counted_on_update AFTER UPDATE ON directory_placement
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows
        FOR EACH STATEMENT EXECUTE FUNCTION directory_count_placements();
    CREATE TRIGGER placement_counted_on_delete AFTER DELETE ON directory_placement
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION directory_count_placements();
    """,
    reverse_sql="""
    DROP TRIGGER placement_counted_on_delete ON directory_placement;
    DROP TRIGGER placement_counted_on_update ON directory_placement;
    DROP TRIGGER placement_counted_on_insert ON directory_placement;
    DROP FUNCTION directory_count_placements();
    """,
)

# A lead is renamed by who holds its placement's lock, so that neither trigger meets what the other does not see yet.
OWNED_NAMES = migrations.RunSQL(
    sql="""
    CREATE FUNCTION directory_own_names() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO directory_ownedname (lead_id, workspace_id, assignee_id, name_key)
            SELECT made.lead_id, made.workspace_id, made.assignee_id, l.name_key
            FROM now_rows made, LATERAL (SELECT name_key FROM directory_lead WHERE id = made.lead_id OFFSET 0) AS l
            WHERE made.assignee_id IS NOT NULL;
        ELSIF TG_OP = 'DELETE' THEN
            DELETE FROM directory_ownedname owned USING old_rows gone WHERE owned.lead_id = gone.lead_id;
        ELSIF EXISTS (
            SELECT FROM old_rows was JOIN now_rows made USING (lead_id)
            WHERE was.assignee_id IS DISTINCT FROM made.assignee_id
        ) THEN
            DELETE FROM directory_ownedname owned USING now_rows made
            WHERE owned.lead_id = made.lead_id AND made.assignee_id IS NULL;
            INSERT INTO directory_ownedname (lead_id, workspace_id, assignee_id, name_key)
            SELECT made.lead_id, made.workspace_id, made.assignee_id, l.name_key
            FROM old_rows was JOIN now_rows made USING (lead_id),
                LATERAL (SELECT name_key FROM directory_lead WHERE id = made.lead_id OFFSET 0) AS l
            WHERE made.assignee_id IS NOT NULL AND was.assignee_id IS DISTINCT FROM made.assignee_id
            ON CONFLICT (lead_id) DO UPDATE SET assignee_id = EXCLUDED.assignee_id, name_key = EXCLUDED.name_key;
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION directory_rename_owned() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE directory_ownedname SET name_key = NEW.name_key WHERE lead_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER placement_owned_on_insert AFTER INSERT ON directory_placement
        REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION directory_own_names();
    CREATE TRIGGER placement_owned_on_update AFTER UPDATE ON directory_placement
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows
        FOR EACH STATEMENT EXECUTE FUNCTION directory_own_names();
    CREATE TRIGGER placement_owned_on_delete AFTER DELETE ON directory_placement
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION directory_own_names();
    CREATE TRIGGER lead_renamed AFTER UPDATE OF name ON directory_lead
        FOR EACH ROW WHEN (OLD.name_key IS DISTINCT FROM NEW.name_key)
        EXECUTE FUNCTION directory_rename_owned();
    """,
    reverse_sql="""
    DROP TRIGGER lead_renamed ON directory_lead;
    DROP TRIGGER placement_owned_on_delete ON directory_placement;
    DROP TRIGGER placement_owned_on_update ON directory_placement;
    DROP TRIGGER placement_owned_on_insert ON directory_placement;
    DROP FUNCTION directory_rename_owned();
    DROP FUNCTION directory_own_names();
    """,
)
