"""What deploys Cauce agrees with what Cauce is. There is no Docker here: the files are read, not run."""

import ast
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from crm import logs

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "cauce:local"}
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text()
COMPOSE_ONLY = {"CAUCE_HOST", "POSTGRES_PASSWORD"}  # read by docker compose itself
RUN_ONLY = {"WEB_WORKERS"}  # read by crm.embedded


def instructions():
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"(?m)^\s*#.*\n", "", text).replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]


def stages():
    found = {}
    for word, rest in instructions():
        if word == "FROM":
            image, _, name = rest.split()
            found[name] = current = [("FROM", image)]
        else:
            current.append((word, rest))
    return found


def read_by_settings():
    """Name → default (None where it is no literal) of each variable that settings ask the environment for."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / "crm" / "settings.py").read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "env" and node.args):
            continue
        if node.func.attr == "read_env" or not isinstance(node.args[0], ast.Constant):
            continue
        default = node.args[1] if len(node.args) > 1 else None
        try:
            found[node.args[0].value] = (
                node.func.attr,
                ast.literal_eval(default) if default is not None else None,
            )
        except ValueError:
            found[node.args[0].value] = (node.func.attr, ...)
    return found


def example():
    """Name → default as .env.example writes it."""
    return dict(re.findall(r"(?m)^#([A-Z][A-Z0-9_]*)=(.*)$", (ROOT / ".env.example").read_text()))


# .env.example


def test_the_example_names_every_variable_and_no_other():
    assert set(example()) == set(read_by_settings()) | COMPOSE_ONLY | RUN_ONLY


def test_the_example_gives_the_defaults_of_the_settings():
    written = {True: "1", False: "0", None: ""}
    for name, (kind, default) in read_by_settings().items():
        if default is ...:
            continue
        expected = (
            ",".join(default)
            if kind == "list"
            else str(written.get(default, default) if kind != "int" else default)
        )
        assert example()[name] == expected, name


def test_every_line_of_the_example_is_a_comment_so_that_a_copy_changes_nothing():
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_operations_explain_what_the_example_only_names():
    words = (ROOT / "docs" / "operations.md").read_text()
    for name in (
        "SECRET_KEY",
        "FIELD_KEYS",
        "HASH_KEY",
        "TRUSTED_PROXIES",
        "OUTBOUND_ALLOW",
        "EMAIL_URL",
        "S3_BUCKET",
    ):
        assert name in words
    for command in re.findall(r"bin/manage ([a-z_]+)", words):
        assert command in get_commands(), command


# Dockerfile


def test_no_image_is_latest():
    images = [rest for stage in stages().values() for word, rest in stage if word == "FROM"]
    images += [service["image"] for service in SERVICES.values()]
    assert all(re.fullmatch(r"[a-z/-]+:(\d+\.\d+[\w.-]*|local)", image) for image in images), images


@pytest.mark.parametrize("target", ["app", "proxy"])
def test_what_runs_is_not_root(target):
    users = [rest for word, rest in stages()[target] if word == "USER"]
    assert re.fullmatch(r"\d+:\d+", users[-1])
    assert not users[-1].startswith("0:")


def test_dependencies_come_by_the_locks_and_their_hashes():
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "npm ci --ignore-scripts" in text
    assert "index-url" not in text


def test_what_is_copied_exists_and_is_let_in():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    for stage in stages().values():
        for word, rest in stage:
            if word == "COPY" and not rest.startswith("--from"):
                for source in shlex.split(rest)[:-1]:
                    assert (ROOT / source).exists(), source
                    assert f"!{source.split('/')[0]}" in ignored, source


def test_manage_commands_of_the_build_exist():
    text = (ROOT / "Dockerfile").read_text()
    for command in re.findall(r"python manage\.py (\w+)", text):
        assert command in get_commands()


def test_the_images_own_command_and_check_are_those_of_web():
    app = dict(stages()["app"])
    assert json.loads(app["CMD"]) == SERVICES["web"]["command"]
    check = next(rest for word, rest in stages()["app"] if word == "HEALTHCHECK")
    assert json.loads(check[check.index("[") :]) == SERVICES["web"]["healthcheck"]["test"][1:]


# docker-compose.yml


def test_every_process_is_there():
    assert set(OURS) == {"web", "live", "now", "bulk", "beat", "migrate"}
    assert {name: service["environment"]["CAUCE_PROCESS"] for name, service in OURS.items()} == {
        "web": "web", "live": "live", "now": "now", "bulk": "bulk", "beat": "beat", "migrate": "manage",
    }  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert str(service["user"]).split(":")[0] not in ("0", "root", "")
    assert "healthcheck" in service
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_only_sets_what_the_settings_read(name):
    assert set(OURS[name]["environment"]) <= set(read_by_settings())
    assert OURS[name]["env_file"] == ".env"


def test_variables_of_compose_are_in_the_example():
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used == COMPOSE_ONLY


@pytest.mark.parametrize("name", OURS)
def test_commands_can_be_imported(name):
    command = OURS[name]["command"]
    assert command[0] == "python"
    if command[1] == "manage.py":
        assert command[2] in get_commands()
        return
    assert importlib.util.find_spec(command[2])
    if command[2] == "granian":
        module, _, attribute = command[-1].partition(":")
        source = Path(importlib.util.find_spec(module).origin).read_text()
        assert re.search(rf"^(async def |def |){attribute}\b", source, re.M)
        assert (ROOT / command[command.index("--log-config") + 1]).exists()
    else:
        assert command[3:5] == ["-A", "crm"]


def test_queues_are_worked_by_the_process_of_their_name():
    for name in ("now", "bulk"):
        assert SERVICES[name]["command"][SERVICES[name]["command"].index("-Q") + 1] == name


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_health_checks_hit_what_exists(name):
    check = OURS[name]["healthcheck"]["test"]
    assert check[:4] == ["CMD", "python", "-m", "crm.health.probe"]
    if check[4].startswith("/"):
        assert check[4] == OURS[name]["environment"]["HEARTBEAT_FILE"]
        return
    address = urlsplit(check[4])
    port = OURS[name]["command"][OURS[name]["command"].index("--port") + 1]
    assert address.port == int(port)
    if name == "live":
        assert address.path == f"{settings.LIVE_PATH}healthz"
        assert 'LIVE_PATH + "healthz"' in (ROOT / "crm" / "live" / "asgi.py").read_text()
    else:
        assert resolve(address.path).view_name == "health:healthz"


def test_what_a_service_depends_on_exists_and_can_tell():
    for service in SERVICES.values():
        for other, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"]
            else:
                assert SERVICES[other]["restart"] == "no"


def test_networks_and_volumes_are_declared_and_data_is_out_of_reach():
    assert {net for service in SERVICES.values() for net in service["networks"]} == set(COMPOSE["networks"])
    named = {v.split(":")[0] for service in SERVICES.values() for v in service.get("volumes", [])}
    assert named == set(COMPOSE["volumes"])
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


def test_postgresql_knows_letters_beyond_ascii():
    arguments = SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--lc-ctype=C.UTF-8",
        "--encoding=UTF8",
    } <= set(arguments)


# The proxy


def test_one_origin_leads_to_web_and_live_on_their_ports():
    upstreams = dict(re.findall(r"reverse_proxy (\w+):(\d+)", CADDYFILE))
    for name, port in upstreams.items():
        command = SERVICES[name]["command"]
        assert command[command.index("--port") + 1] == port
        assert set(SERVICES["proxy"]["networks"]) & set(SERVICES[name]["networks"])
    assert set(upstreams) == {"web", "live"}
    assert CADDYFILE.count("{") == CADDYFILE.count("}")


def test_streams_pass_unbuffered_and_unpacked():
    live = CADDYFILE.partition(f"handle {settings.LIVE_PATH}*")[2].partition("\n\thandle {")[0]
    assert "flush_interval -1" in live
    assert "encode" not in live


def test_the_proxy_gives_the_request_its_id_and_writes_no_addresses():
    assert CADDYFILE.count("header_up X-Request-ID {http.request.uuid}") == 2
    site = CADDYFILE.partition("{$CAUCE_HOST}")[2]
    assert not re.search(r"^\s*log\b", site, re.M)


def test_the_servers_own_lines_have_our_form():
    config = json.loads((ROOT / "deploy" / "granian-log.json").read_text())
    assert config["formatters"]["line"]["()"] == f"{logs.__name__}.{logs.environment_formatter.__name__}"


def test_the_probe_tells_well_from_unwell(tmp_path):
    fresh, stale = tmp_path / "fresh", tmp_path / "stale"
    fresh.touch()
    stale.touch()
    os.utime(stale, (1, 1))
    for target, code in ((fresh, 0), (stale, 1), (tmp_path / "none", 1), ("http://127.0.0.1:1/healthz", 1)):
        done = subprocess.run([sys.executable, "-m", "crm.health.probe", str(target)], cwd=ROOT, check=False)
        assert done.returncode == code
