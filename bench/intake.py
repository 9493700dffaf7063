"""What comes in: a webhook to its answer, to the thread, and how many messages a second go all the way.

1. Accepted: a webhook of 2 KB and one of 64 KB, signed, to the whole answer, beside a bare Django view on another
   server of the same kind; in turn, so that a drift of the machine meets both. No worker runs.
2. Visible: one webhook after another, each waited for until its message can be read.
3. Sustained: webhooks of one message each from four connections, and then some of a hundred, with one worker of four
   threads, as bin/run has it, until the last can be read. The floor is the same rows by hand: per message one statement
   through psycopg that writes request, work, message, session and placement, each committed, on one connection.
"""

import hashlib
import hmac
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench.figures import Figure, median_and_p95
from bench.migrated import ROOT
from bench.stage import Stage

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "400"))
WARM = 60
MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1500"))
PEOPLE = 300
CONNECTIONS = 4
SECRET = "secret of the bench"
WORDS = [f"palabra{n}" for n in range(400)]

FLOOR = """
WITH liked AS (SELECT * FROM inbox_message WHERE id = %(like)s),
request AS (
    INSERT INTO inbox_rawrequest (app_id, body, size, state, parts, unknown_receivers, receiver, error, received_at)
    SELECT app_id, %(body)s, 600, 'split', 1, 0, '', '', now() FROM inbox_rawrequest LIMIT 1
),
work AS (
    INSERT INTO work_item (kind, lane_id, key, workspace_id, payload, correlation, state, due_at, attempts, reference,
        error_code, error, finished_at)
    SELECT kind, lane_id, key, workspace_id, payload, %(uid)s, 'sent', now(), 1, '', '', '', now()
    FROM work_item WHERE kind = 'inbox.intake' LIMIT 1
),
message AS (
    INSERT INTO inbox_message (workspace_id, lead_id, channel_id, identity_id, session_id, direction, kind, text, data,
        external_id, uid, reply_to_external_id, sent_at, sequence, created_at, delivery, error_code, error)
    SELECT workspace_id, lead_id, channel_id, identity_id, session_id, 'in', 'text', text, '{}', %(uid)s,
        gen_random_uuid(), '', now(), 0, now(), '', '', '' FROM liked
),
session AS (
    UPDATE inbox_session SET window_ends_at = now() + interval '24 hours' FROM liked
    WHERE inbox_session.id = liked.session_id
)
UPDATE directory_placement SET last_activity_at = now(), last_inbound_at = now(), waiting_since = now(),
    last_message_id = liked.id, last_inbound_id = liked.id, window_ends_at = now() + interval '24 hours'
FROM liked WHERE directory_placement.lead_id = liked.lead_id
"""


def measure() -> Iterator[Figure]:
    with Stage() as stage:
        web = stage.serve("crm.wsgi:application", workers=1)
        floor = stage.serve("bench.page.floor:application", workers=1)
        app, number, cookie, _channel = stage.manage("bench_channel", SECRET).split()
        path = f"/hooks/meta/{app}/"
        yield from _accepted("2k", lambda: _body(number, 5), web, floor, path, cookie)
        yield from _accepted("64k", lambda: _body(number, 180), web, floor, path, cookie)
        with psycopg.connect(stage.environment["DATABASE_URL"], autocommit=True) as database:
            database.execute("DELETE FROM inbox_rawrequest")
        _Made.count = 0
        with psycopg.connect(stage.environment["DATABASE_URL"], autocommit=True) as database, _worker(stage):
            yield from _visible(database, lambda: _body(number, 1), web, path)
            yield from _sustained(database, number, web, path)


def _accepted(
    name: str, body: Callable[[], bytes], web: int, floor: int, path: str, cookie: str
) -> Iterator[Figure]:
    ours, bare = http.client.HTTPConnection("127.0.0.1", web), http.client.HTTPConnection("127.0.0.1", floor)
    taken, base = [], []
    for turn in range(WARM + ROUNDS):
        one, other = _post(ours, path, body()), _get(bare, cookie)
        if turn >= WARM:
            taken.append(one)
            base.append(other)
    median, p95 = median_and_p95(taken)
    yield Figure(
        f"webhook.accepted.{name}", median, "ms", budget=2, floor=median_and_p95(base)[0], relative=True
    )
    yield Figure(f"webhook.accepted.{name}.p95", p95, "ms", budget=2 * median)


def _visible(database: Any, body: Callable[[], bytes], web: int, path: str) -> Iterator[Figure]:
    connection = http.client.HTTPConnection("127.0.0.1", web)
    waits = []
    for _ in range(60):
        began = time.perf_counter()
        _post(connection, path, body())
        _until(database, _written())
        waits.append((time.perf_counter() - began) * 1000)
    median, p95 = median_and_p95(waits)
    yield Figure("webhook.visible", median, "ms", budget=1000)
    yield Figure("webhook.visible.p95", p95, "ms")


def _sustained(database: Any, number: str, web: int, path: str) -> Iterator[Figure]:
    by_hand = _by_hand(database)
    for name, batch in (("single", 1), ("hundreds", 100)):
        bodies = [_body(number, batch) for _ in range(MESSAGES // batch)]
        began = time.perf_counter()
        _pour(bodies, web, path)
        _until(database, _written())
        rate = len(bodies) * batch / (time.perf_counter() - began)
        yield Figure(f"intake.sustained.{name}", rate, "/s", floor=by_hand)


def _by_hand(database: Any) -> float:
    """Messages a second that PostgreSQL takes from one connection, without us."""
    known = [
        row[0] for row in database.execute("SELECT max(id) FROM inbox_message GROUP BY lead_id").fetchall()
    ]
    body = "x" * 1_000  # about what 600 bytes are encrypted
    began = time.perf_counter()
    for turn in range(MESSAGES):
        database.execute(FLOOR, {"body": body, "uid": f"floor-{turn}", "like": known[turn % len(known)]})
    return MESSAGES / (time.perf_counter() - began)


def _pour(bodies: list[bytes], web: int, path: str) -> None:
    """Over several connections at once."""

    def post(part: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", web)
        for body in part:
            _post(connection, path, body)

    threads = [threading.Thread(target=post, args=(bodies[n::CONNECTIONS],)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _body(number: str, messages: int) -> bytes:
    """A webhook of so many messages, each of somebody else; about 360 bytes a message."""
    elements = []
    for _ in range(messages):
        written = _Made.count
        _Made.count += 1
        text = {"body": " ".join(random.choices(WORDS, k=18))}
        who = f"52155{written % PEOPLE:08d}"
        stamp = str(int(time.time()))
        wamid = f"wamid.{written}.{random.getrandbits(160):x}"
        elements.append({"from": who, "id": wamid, "timestamp": stamp, "type": "text", "text": text})
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": number}, "messages": elements}
    change = {"field": "messages", "value": value}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "W", "changes": [change]}]}
    return json.dumps(body).encode()


def _written() -> int:
    """How many messages were made so far."""
    return _Made.count


class _Made:
    count = 0


def _until(database: Any, messages: int, seconds: float = 120) -> None:
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        row = database.execute(
            "SELECT count(*) FROM inbox_message WHERE external_id LIKE 'wamid.%'"
        ).fetchone()
        if row[0] >= messages:
            return
        time.sleep(0.005)
    raise RuntimeError(f"{row[0]} of {messages} messages can be read after {seconds} s")


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> float:
    """Milliseconds until the whole answer is here."""
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json", "Host": "127.0.0.1"}
    began = time.perf_counter()
    connection.request("POST", path, body=body, headers=headers)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise RuntimeError(f"the webhook was answered with {response.status}")
    return (time.perf_counter() - began) * 1000


def _get(connection: http.client.HTTPConnection, cookie: str) -> float:
    began = time.perf_counter()
    connection.request("GET", "/", headers={"Cookie": f"cauce_session={cookie}", "Host": "127.0.0.1"})
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise RuntimeError(f"the floor answered {response.status}")
    return (time.perf_counter() - began) * 1000


@contextmanager
def _worker(stage: Stage) -> Iterator[None]:
    """The worker `now`, as bin/run starts it."""
    command = [sys.executable, "-m", "celery", "-A", "crm", "worker", "-Q", "now", "--pool", "threads"]
    command += ["--concurrency", "4", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    environment = {**stage.environment, "CAUCE_PROCESS": "now"}
    with (stage.directory / "now.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
