"""The outbound client, against real servers on loopback."""

import gzip
import socket
import time
import tracemalloc

import httpcore
import pytest

from crm import outbound
from crm.outbound import Limits, addresses, network
from crm.outbound.client import Client
from crm.outbound.response import _unpacked
from tests.crm.servers import server


@pytest.fixture
def far():
    with server() as running:
        yield running


@pytest.fixture
def allowed(far, settings):
    settings.OUTBOUND_ALLOW = [f"127.0.0.1:{far.port}"]
    return far


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "192.0.0.8",
        "203.0.113.9",
        "198.51.100.7",
        "192.88.99.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2001:0:53aa::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "fec0::1",
        "5f00::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_a_public_address_is_not(address):
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_no_spelling_of_loopback_gets_through(far, host):
    with pytest.raises(outbound.OutboundError) as info:
        outbound.request("GET", f"http://{host}:{far.port}/", limits=Limits(ports=None))
    assert isinstance(info.value, outbound.AddressRefused | outbound.HostUnknown | outbound.BadURL)
    assert not info.value.reached
    assert far.seen == []


def test_what_is_allowed_is_allowed_by_host_and_port_exactly(allowed):
    assert outbound.request("GET", f"{allowed.origin}/").content == b"hello"
    with server() as other, pytest.raises(outbound.AddressRefused):
        outbound.request("GET", f"{other.origin}/", limits=Limits(ports=None))
    with pytest.raises(outbound.AddressRefused):
        outbound.request("GET", f"http://localhost:{allowed.port}/", limits=Limits(ports=None))


def test_a_name_that_changes_its_address_gains_nothing(far, monkeypatch):
    """Rebinding: what was checked is what is connected to; a second connection is a second check."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    monkeypatch.setattr(
        network, "is_public", lambda address: address == "127.0.0.1"
    )  # stands for a public one
    with Client(Limits(ports=None), resolver=lambda *_: answers.pop(0)) as http:
        assert http.request("GET", f"http://rebound.example:{far.port}/").status == 200
        assert len(answers) == 1  # resolved once for that connection, by us
        assert far.seen[0][2]["Host"] == f"rebound.example:{far.port}"
        http._http._transport._pool.close()
        with pytest.raises(outbound.AddressRefused):
            http.request("GET", f"http://rebound.example:{far.port}/")
    assert len(far.seen) == 1


def test_one_private_address_among_public_ones_refuses_the_host(far):
    mixed = Client(Limits(ports=None), resolver=lambda *_: ["93.184.215.14", "127.0.0.1"])
    with mixed as http, pytest.raises(outbound.AddressRefused):
        http.request("GET", f"http://mixed.example:{far.port}/")
    assert far.seen == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.com/", "gopher://x/", "//example.com", "http://", "not a url", "http://a b/",
     "http://user:pass@example.com/", "http://example.com:22/", "https://example.com:6379/", "http://[::1/", "http://ex\0.com/"],
)  # fmt: skip
def test_an_address_of_another_kind_is_refused_before_any_connection(url):
    with pytest.raises(outbound.BadURL) as info:
        outbound.request("GET", url)
    assert info.value.permanent
    assert not info.value.reached


def test_a_name_that_does_not_resolve_may_be_tried_again():
    def nobody(*_):
        raise outbound.HostUnknown("the name does not resolve")

    with Client(Limits(), resolver=nobody) as http, pytest.raises(outbound.HostUnknown) as info:
        http.request("GET", "https://nobody.example/")
    assert not info.value.permanent


def test_a_resolver_that_hangs_ends_in_time(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1))
    started = time.monotonic()
    with pytest.raises(outbound.TimedOut) as info:
        outbound.request("GET", "https://slow.example/", limits=Limits(connect=0.2, total=0.3))
    assert time.monotonic() - started < 0.8
    assert not info.value.reached


def test_redirects_are_answers_unless_asked_for(allowed):
    answer = outbound.request("GET", f"{allowed.origin}/to-json")
    assert (answer.status, answer.headers["location"]) == (302, "/json")
    followed = outbound.request("GET", f"{allowed.origin}/to-json", limits=Limits(redirects=1))
    assert followed.json() == {"ok": True}
    assert followed.url == f"{allowed.origin}/json"


def test_every_hop_is_checked_like_the_first(allowed):
    for path, error in (
        ("to-metadata", outbound.AddressRefused),
        ("to-file", outbound.BadURL),
        ("round", outbound.BadAnswer),
    ):
        with pytest.raises(error):
            outbound.request("GET", f"{allowed.origin}/{path}", limits=Limits(redirects=3))


def test_no_secret_and_no_body_follows_to_another_origin(allowed, settings):
    with server() as other:
        settings.OUTBOUND_ALLOW = [*settings.OUTBOUND_ALLOW, f"127.0.0.1:{other.port}"]
        allowed.away = f"{other.origin}/json"
        options = {
            "headers": {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret"},
            "limits": Limits(redirects=2),
        }
        outbound.request("POST", f"{allowed.origin}/away", json={"a": 1}, **options)
        method, _, headers, body = other.seen[0]
        assert (method, body) == ("GET", b"")
        assert "s3cret" not in str(headers)
        with pytest.raises(outbound.BadURL):
            outbound.request("POST", f"{allowed.origin}/away-keep", json={"a": 1}, **options)
        assert len(other.seen) == 1
    outbound.request("POST", f"{allowed.origin}/keep", json={"a": 1}, **options)
    method, path, headers, body = allowed.seen[-1]
    assert (method, path, body) == ("POST", "/json", b'{"a":1}')
    assert headers["authorization"] == "Bearer s3cret"


def test_a_bomb_is_not_unpacked(allowed):
    with pytest.raises(outbound.TooLarge) as info:
        outbound.request("GET", f"{allowed.origin}/bomb", limits=Limits(body=1_000_000))
    assert info.value.permanent


def test_a_bomb_costs_no_more_than_its_limit():
    packed = gzip.compress(b"\0" * 50_000_000, 9)
    tracemalloc.start()
    size = 0
    for part in _unpacked([packed], "gzip"):
        size += len(part)
        if size > 1_000_000:
            break
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_what_is_packed_is_unpacked(allowed):
    assert outbound.request("GET", f"{allowed.origin}/packed").content == b"hello " * 1000


def test_too_much_is_refused_by_its_declaration_and_by_its_bytes(allowed):
    for path in ("declared", "endless"):
        with pytest.raises(outbound.TooLarge):
            outbound.request("GET", f"{allowed.origin}/{path}", limits=Limits(body=100_000))


def test_a_slow_drip_ends_at_the_total_time(allowed):
    started = time.monotonic()
    with pytest.raises(outbound.TimedOut) as info:
        outbound.request("GET", f"{allowed.origin}/drip", limits=Limits(read=1, total=0.4))
    assert time.monotonic() - started < 0.9
    assert info.value.reached
    assert not info.value.permanent


def test_silence_ends_at_the_reading_time_and_may_have_been_heard(allowed):
    with pytest.raises(outbound.TimedOut) as info:
        outbound.request("POST", f"{allowed.origin}/silent", json={}, limits=Limits(read=0.2))
    assert info.value.reached


def test_a_closed_port_was_not_reached(allowed, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{port}"]
        with pytest.raises(outbound.NotConnected) as info:
            outbound.request("GET", f"http://127.0.0.1:{port}/")
    assert not info.value.reached


def test_a_broken_answer_was_reached(allowed):
    with pytest.raises(outbound.BadAnswer) as info:
        outbound.request("GET", f"{allowed.origin}/cut")
    assert info.value.reached


def test_neither_cookies_nor_proxies_nor_passwords_of_the_surroundings_are_used(
    allowed, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with outbound.client() as http:
        http.request("GET", f"{allowed.origin}/")
        http.request("GET", f"{allowed.origin}/")
    headers = allowed.seen[1][2]
    assert "Cookie" not in headers
    assert "Authorization" not in headers
    assert headers["User-Agent"].startswith("Cauce/")


def test_a_status_is_an_answer_until_it_is_checked(allowed):
    answer = outbound.request("GET", f"{allowed.origin}/missing")
    assert answer.status == 404
    with pytest.raises(outbound.StatusError) as info:
        answer.check()
    assert info.value.permanent
    assert not outbound.StatusError(503).permanent
    assert not outbound.StatusError(429).permanent


def test_tls_is_asked_for_the_name_and_not_for_the_address(monkeypatch):
    """SNI and the certificate's check stay with the host's name."""
    names = []

    class Stream(httpcore.NetworkStream):
        def start_tls(self, context, server_hostname=None, timeout=None):
            names.append(server_hostname)
            raise network.httpcore.ConnectError("enough")

        def get_extra_info(self, info):
            return ("93.184.215.14", 443)

        def close(self):
            pass

    monkeypatch.setattr(
        network.httpcore.SyncBackend,
        "connect_tcp",
        lambda self, address, *_: names.append(address) or Stream(),
    )
    with (
        Client(Limits(), resolver=lambda *_: ["93.184.215.14"]) as http,
        pytest.raises(outbound.NotConnected),
    ):
        http.request("GET", "https://example.com/")
    assert names == ["93.184.215.14", "example.com"]


def test_no_error_tells_the_path_or_query_of_an_address(allowed):
    with pytest.raises(outbound.OutboundError) as info:
        outbound.request("GET", f"{allowed.origin}/cut?token=s3cret")
    assert "s3cret" not in str(info.value)
    assert info.value.__cause__ is None
