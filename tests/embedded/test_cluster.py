"""A PostgreSQL of our own: made, checked, refused where it is broken."""

from pathlib import Path

import pytest

from crm.embedded.errors import Refusal
from crm.embedded.postgres import Cluster

pytestmark = pytest.mark.processes


def test_a_cluster_keeps_its_rows_and_every_letter(cluster: Cluster) -> None:
    assert "ñ" in cluster.sql("SELECT lower('Ñ')")
    assert cluster.sql("SELECT show_trgm('ñ') <> '{}'") == "t"
    cluster.sql("CREATE TABLE kept AS SELECT 1 AS one")
    cluster.stop()
    cluster.start()
    assert cluster.sql("SELECT one FROM kept") == "1"


def test_the_role_of_the_application_is_no_superuser(cluster: Cluster) -> None:
    assert cluster.sql("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == "f|t"


def test_it_listens_on_a_socket_only(cluster: Cluster) -> None:
    assert cluster.sql("SHOW listen_addresses") == ""
    socket = Path(cluster.url.partition("host=")[2])
    assert socket.stat().st_mode & 0o777 == 0o700


def test_the_log_of_an_error_holds_no_value(cluster: Cluster) -> None:
    cluster.sql("CREATE TABLE secrets (word text UNIQUE)")
    cluster.sql("INSERT INTO secrets VALUES ('hunter2')")
    with pytest.raises(Refusal):
        cluster.sql("INSERT INTO secrets VALUES ('hunter2')")
    log = cluster.log.read_text()
    assert "duplicate key" in log
    assert "hunter2" not in log


def test_a_path_too_deep_for_a_socket_is_no_obstacle(place: Path) -> None:
    deep = place.joinpath(*["a-directory-with-a-long-name"] * 6) / "postgres"
    with Cluster(deep, fsync=False) as cluster:
        assert cluster.sql("SELECT 1") == "1"


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("PG_VERSION", b"17\n", "made by PostgreSQL 17"),
        ("PG_VERSION", None, "PG_VERSION is missing"),
        ("global/pg_control", b"\0" * 8192, "PostgreSQL could not start"),
        ("global/pg_control", None, "PostgreSQL could not start"),
    ],
)
def test_a_broken_data_directory_is_named_in_one_line(
    cluster: Cluster, file: str, content: bytes | None, said: str
) -> None:
    cluster.stop()
    broken = cluster.directory / file
    if content is None:
        broken.unlink()
    else:
        broken.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        cluster.start()
    assert said in str(refused.value)
    assert str(cluster.directory) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert cluster.process is None


def test_what_a_killed_start_left_half_made_is_made_anew(place: Path) -> None:
    (place / ".postgres.unfinished").touch()
    (place / "postgres").mkdir()
    (place / "postgres" / "PG_VERSION").write_text("18\n")
    with Cluster(place / "postgres", fsync=False) as cluster:
        assert cluster.sql("SELECT 1") == "1"


def test_a_lock_file_whose_number_belongs_to_somebody_else_is_dropped(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.directory / "postmaster.pid").write_text("1\n/elsewhere\n0\n5432\n")
    cluster.start()
    assert cluster.sql("SELECT 1") == "1"
