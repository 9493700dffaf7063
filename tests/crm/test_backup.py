"""A backup brings everything back, and nothing that is wrong gets in."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from crm.backup import BackupRefused
from crm.backup.manifest import Manifest, hash_fingerprint, read, refuse_newer, refuse_other_keys
from crm.backup.restoring import _unpack
from crm.encryption.keys import known_key_ids
from tests import databases

ROOT = Path(__file__).resolve().parents[2]
FIELD_KEY, HASH_KEY = Fernet.generate_key().decode(), "hash-key-of-the-installation-xyz-123"


class Installation:
    """A database and a media directory of its own, driven as an operator drives them."""

    def __init__(self, name, directory, **environment):
        self.name = name
        self.media = directory / name / "media"
        self.media.mkdir(parents=True)
        self.url = databases._replace_name(os.environ["DATABASE_URL"], name)
        self.environment = {
            **os.environ, "DATABASE_URL": self.url, "VAR_DIR": str(self.media.parent), "SECRET_KEY": "x" * 40,
            "FIELD_KEYS": FIELD_KEY, "HASH_KEY": HASH_KEY, "DEBUG": "0", "S3_BUCKET": "", "CAUCE_PROCESS": "manage",
            "DJANGO_SETTINGS_MODULE": "tests.settings", **environment,
        }  # fmt: skip

    def manage(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env={**self.environment, **environment},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def python(self, code):
        done = self.manage("shell", "--verbosity", "0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sql(self, statement):
        with psycopg.connect(self.url, autocommit=True) as link:
            cursor = link.execute(statement)
            return cursor.fetchall() if cursor.description else None


@pytest.fixture(scope="module")
def installations(django_db_setup, django_db_blocker, tmp_path_factory):
    """`make(name, migrated)`: installations that are dropped at the end."""
    made = []
    with django_db_blocker.unblock():
        template = databases._template(os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")[2])

        def make(name, *, migrated):
            full = f"backup_{name}_{os.getpid()}"
            made.append(full)
            source = template if migrated else "template0"
            with databases.maintenance() as cursor:
                cursor.execute(f'CREATE DATABASE "{full}" TEMPLATE "{source}"')
            return Installation(full, tmp_path_factory.mktemp(name))

        yield make
        with databases.maintenance() as cursor:
            for full in made:
                cursor.execute(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)')


FILL = """
from tests.crm.models import Box
Box.objects.create(name="Muñoz", secret="hunter2", parts={"a": ["ñ", 1]})
"""


@pytest.fixture(scope="module")
def saved(installations, tmp_path_factory):
    """A filled installation and its backup. Tests leave it as it was."""
    origin = installations("origin", migrated=True)
    origin.python(FILL)
    (origin.media / "avatars").mkdir()
    (origin.media / "avatars" / "añ b.png").write_bytes(b"\x89PNG" + os.urandom(50_000))
    (origin.media / "empty.txt").write_bytes(b"")
    file = tmp_path_factory.mktemp("backup") / "backup.tar"
    done = origin.manage("backup", str(file))
    assert done.returncode == 0, done.stderr
    return origin, file


def contents(installation):
    files = {
        path.relative_to(installation.media).as_posix(): path.read_bytes()
        for path in installation.media.rglob("*")
        if path.is_file()
    }
    rows = installation.sql("SELECT * FROM crm_tests_box ORDER BY id")
    # By name and kind: PostgreSQL spells the same expression anew after a round trip.
    tables = installation.sql(
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2"
    )
    functions = installation.sql(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, proargtypes"
    )
    constraints = installation.sql("SELECT conname, contype, convalidated FROM pg_constraint ORDER BY 1, 2")
    return {
        "files": files,
        "rows": rows,
        "tables": tables,
        "functions": functions,
        "constraints": constraints,
    }


def assert_same(found, expected):
    for part, value in expected.items():
        lost, new = [
            [item for item in one if item not in other]
            for one, other in ((_listed(value), _listed(found[part])), (_listed(found[part]), _listed(value)))
        ]
        assert (lost, new) == ([], []), part


def _listed(value):
    return list(value.items()) if isinstance(value, dict) else value


def repacked(file, target, change):
    """The backup with members changed: `change(name, bytes)` gives bytes, or None to leave it out."""
    with tarfile.open(file) as source, tarfile.open(target, "w") as copy:
        for member in source:
            data = change(member.name, source.extractfile(member).read())
            if data is not None:
                member.size = len(data)
                copy.addfile(member, io.BytesIO(data))
    return target


def test_everything_comes_back_on_an_empty_server(saved, installations):
    origin, file = saved
    before = contents(origin)
    empty = installations("empty", migrated=False)
    done = empty.manage("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert_same(contents(empty), before)
    assert "hunter2" in empty.python("from tests.crm.models import Box; print(Box.objects.get().secret)")
    assert "avatars/añ b.png" in before["files"]
    # and goes on counting where it was
    empty.python(FILL)
    assert empty.sql("SELECT count(DISTINCT id) FROM crm_tests_box") == [(2,)]


def test_a_wiped_installation_is_the_same_again_through_pipes(saved, tmp_path):
    origin, _ = saved
    before = contents(origin)
    file = tmp_path / "piped.tar"
    with file.open("wb") as out:
        command = [sys.executable, "manage.py", "backup", "-"]
        subprocess.run(command, cwd=ROOT, env=origin.environment, stdout=out, check=True, timeout=120)
    origin.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    for path in sorted(origin.media.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with file.open("rb") as piped:
        command = [sys.executable, "manage.py", "restore", "-"]
        subprocess.run(command, cwd=ROOT, env=origin.environment, stdin=piped, check=True, timeout=120)
    assert_same(contents(origin), before)


def test_a_backup_is_private_and_holds_no_key_and_no_secret(saved):
    _, file = saved
    assert file.stat().st_mode & 0o077 == 0
    assert list(file.parent.glob(".cauce-*")) == []
    with tarfile.open(file) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
        assert set(manifest["files"]) | {"manifest.json"} == set(tar.getnames())
    raw = file.read_bytes()
    for secret in (FIELD_KEY, HASH_KEY, "x" * 40, "hunter2"):
        assert secret.encode() not in raw
    assert manifest["migrations"]
    assert manifest["postgres"] >= 150000


def test_data_is_not_replaced_unless_it_is_forced(saved, installations):
    origin, file = saved
    other = installations("other", migrated=True)
    (other.media / "mine.txt").write_text("mine")
    refused = other.manage("restore", str(file))
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert (other.media / "mine.txt").exists()
    forced = other.manage("restore", "--force", str(file))
    assert forced.returncode == 0, forced.stderr
    assert_same(contents(other), contents(origin))


def test_nothing_is_restored_beneath_a_running_cauce(saved):
    origin, file = saved
    with psycopg.connect(origin.url, application_name="cauce-web"):
        done = origin.manage("restore", "--force", str(file))
    assert done.returncode == 1
    assert "Cauce is running (web)" in done.stderr


def damaged(file, target, what):
    if what == "dump":
        repacked(file, target, lambda name, data: data[:-1] + b"!" if name == "database.dump" else data)
    elif what == "media":
        repacked(file, target, lambda name, data: b"x" if name.endswith("empty.txt") else data)
    elif what == "missing":
        repacked(file, target, lambda name, data: None if name.endswith("empty.txt") else data)
    elif what == "cut":
        target.write_bytes(file.read_bytes()[:-40_000])
    elif what == "no tar":
        target.write_bytes(b"junk" * 1000)
    else:
        member = tarfile.TarInfo(
            {"foreign": "notes.txt", "climbing": "media/../../evil", "link": "media/link"}[what]
        )
        if what == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        with tarfile.open(target, "w") as tar:
            tar.addfile(member, io.BytesIO(b""))
    return target


@pytest.mark.parametrize("what", ["dump", "media", "cut", "missing", "foreign", "no tar", "climbing", "link"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(saved, tmp_path, what):
    _, file = saved
    with pytest.raises(BackupRefused):
        _unpack(damaged(file, tmp_path / "bad.tar", what), tmp_path)
    assert not (tmp_path.parent / "evil").exists()


def test_a_damaged_backup_changes_nothing_and_says_so_in_one_line(saved, tmp_path):
    origin, file = saved
    before = contents(origin)
    done = origin.manage("restore", "--force", str(damaged(file, tmp_path / "bad.tar", "media")))
    assert done.returncode == 1
    assert (
        done.stderr.strip() == "CommandError: The backup is damaged: media/empty.txt is not what was saved."
    )
    assert_same(contents(origin), before)


def test_a_dump_that_fails_half_way_leaves_the_database_as_it_was(saved, tmp_path):
    """The checksums are right, the content is not: the transaction saves what is here."""
    origin, file = saved
    before = contents(origin)
    with tarfile.open(file) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
        dump = tar.extractfile("database.dump").read()[:-2_000]
    manifest["files"]["database.dump"] = [len(dump), hashlib.sha256(dump).hexdigest()]
    changed = {"database.dump": dump, "manifest.json": json.dumps(manifest).encode()}
    bad = repacked(file, tmp_path / "bad.tar", changed.get)
    done = origin.manage("restore", "--force", str(bad))
    assert done.returncode == 1, done.stdout
    assert "The database is as it was" in done.stderr
    assert_same(contents(origin), before)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 99}, "newer Cauce"),
        ({"migrations": ["workspaces.9999_from_the_future"]}, "newer Cauce"),
        ({"postgres": 990000}, "PostgreSQL 99"),
        ({"unknown": 1}, "damaged"),
    ],
)
def test_a_backup_of_a_newer_version_is_refused(changes, words):
    with pytest.raises(BackupRefused, match=words):
        refuse_newer(read({**Manifest().as_json(), **changes}))


def test_a_backup_is_not_restored_beside_the_wrong_keys(settings):
    settings.FIELD_KEYS, settings.HASH_KEY = [FIELD_KEY], HASH_KEY
    made = Manifest(field_keys=known_key_ids(), hash_key=hash_fingerprint())
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), FIELD_KEY]
    refuse_other_keys(made)  # rotated since: fine
    settings.HASH_KEY = "another"
    with pytest.raises(BackupRefused, match="HASH_KEY is not"):
        refuse_other_keys(made)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(BackupRefused, match="FIELD_KEYS lacks"):
        refuse_other_keys(made)


def test_media_in_s3_are_named_as_missing(installations, tmp_path):
    origin = installations("bucket", migrated=True)
    (origin.media / "leftover.txt").write_text("x")
    done = origin.manage("backup", str(tmp_path / "s3.tar"), S3_BUCKET="media")
    assert "back the bucket up by its own means" in done.stdout
    with tarfile.open(tmp_path / "s3.tar") as tar:
        assert sorted(tar.getnames()) == ["database.dump", "manifest.json"]


def test_a_backup_does_not_overwrite(saved):
    origin, file = saved
    done = origin.manage("backup", str(file))
    assert done.returncode == 1
    assert "exists already" in done.stderr
