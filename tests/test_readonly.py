import pytest

from tests.readonly import writes


@pytest.mark.parametrize(
    "sql",
    [
        'INSERT INTO "workspaces_team" ("name") VALUES (%s)',
        "  update workspaces_team set name = 1",
        'DELETE FROM "workspaces_team" WHERE id = 1',
        "WITH gone AS (SELECT 1) DELETE FROM workspaces_team",
        "WITH new AS (INSERT INTO workspaces_team VALUES (1) RETURNING id) SELECT * FROM new",
        'SELECT * FROM "workspaces_team" WHERE id = 1 FOR UPDATE SKIP LOCKED',
        'SELECT * FROM "workspaces_team" FOR NO KEY UPDATE OF workspaces_team',
        "TRUNCATE workspaces_team",
        "COPY workspaces_team FROM STDIN",
    ],
)
def test_a_statement_that_writes_is_known(sql):
    assert writes(sql)


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "id", "updated_at" FROM "workspaces_team" WHERE "name" = %s',
        "WITH t AS (SELECT 1) SELECT * FROM t",
        'UPDATE "django_session" SET "expire_date" = %s',
        'INSERT INTO "limits_entry" ("key") VALUES (%s)',
        "SAVEPOINT s1",
    ],
)
def test_a_statement_that_reads_is_not_blamed(sql):
    assert not writes(sql)
