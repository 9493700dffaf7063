"""Migration operations of this app's own constraints."""

from django.db import migrations

EXACTLY_ONE_OWNER = migrations.RunSQL(
    # The unique index allows no second owner; this refuses, at commit, a workspace without any.
    sql="""
    CREATE FUNCTION workspaces_check_owner() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        tenant bigint;
    BEGIN
        IF TG_TABLE_NAME = 'workspaces_workspace' THEN
            tenant := NEW.id;
        ELSE
            tenant := OLD.workspace_id;
        END IF;
        IF EXISTS (SELECT FROM workspaces_workspace WHERE id = tenant)
           AND NOT EXISTS (SELECT FROM workspaces_membership WHERE workspace_id = tenant AND role = 'owner') THEN
            RAISE EXCEPTION 'workspace % would have no owner', tenant
                USING ERRCODE = 'check_violation', CONSTRAINT = 'workspace_has_an_owner';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER workspace_has_an_owner AFTER INSERT ON workspaces_workspace
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION workspaces_check_owner();
    CREATE CONSTRAINT TRIGGER membership_leaves_an_owner AFTER DELETE OR UPDATE OF role, workspace_id
        ON workspaces_membership
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner')
        EXECUTE FUNCTION workspaces_check_owner();
    """,
    reverse_sql="""
    DROP TRIGGER membership_leaves_an_owner ON workspaces_membership;
    DROP TRIGGER workspace_has_an_owner ON workspaces_workspace;
    DROP FUNCTION workspaces_check_owner();
    """,
)
