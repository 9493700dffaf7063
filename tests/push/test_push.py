"""Web Push against a service on loopback that opens what it gets."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from crm import push
from crm.push import Content, contents, vapid
from crm.push.encrypting import encrypted
from crm.push.models import Subscription
from crm.work.attempts import deliver
from crm.work.claims import claim
from crm.work.models import Item
from tests import cast
from tests.push.service import Browser, Service, b64, serving, unb64
from tests.swap import HTMX
from workspaces.accounts import actions
from workspaces.models import Membership

ICONS = Path(__file__).parents[2] / "static" / "img"
NEVER_PUBLIC = "https://10.0.0.1/push"


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    with serving() as running:
        settings.OUTBOUND_ALLOW = [running.host]
        yield running


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[Content | None]:
    """What the content "word" says: the last of the list."""
    words: list[Content | None] = [Content("Marta Ruiz te escribió", "Ventas", "/w/x/", "lead-5")]
    monkeypatch.setitem(contents._renders, "word", lambda payload: words[-1])
    return words


@pytest.fixture
def browser(seller: Membership, service: Service) -> Browser:
    """One that the seller has allowed."""
    made = Browser()
    assert subscribe(logged_in(seller), made.given(f"{service.origin}/one")).status_code == 204
    return made


def logged_in(person: Membership) -> Client:
    client = cast.signed_in(person)
    key = client.session.session_key
    UserSession.objects.get_or_create(
        session_key=key, defaults={"user": person.user, "ip": "127.0.0.1", "user_agent": "test"}
    )
    return client


def subscribe(client: Client, given: dict[str, str], **more: str) -> Any:
    return client.post("/profile/browsers/", {**given, **more}, headers={"User-Agent": "Firefox/140 Linux"})


def send(person: Membership, **options: Any) -> list[Item]:
    """What was enqueued, after one attempt each."""
    push.enqueue(
        person.user_id, content="word", payload={}, workspace=person.workspace_id, **{"topic": "t", **options}
    )
    work_off()
    return list(Item.objects.filter(kind="push").order_by("pk"))


def work_off() -> None:
    while (batch := claim("now")) and batch.items:
        deliver(batch)


def test_the_example_of_the_standard_is_encrypted_as_it_says():
    """RFC 8291, appendix A."""
    private = int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        p256dh=unb64(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        auth=unb64("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        own=ec.derive_private_key(private, ec.SECP256R1()),
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
        "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_browser_reads_what_was_said_and_the_service_knows_who_sent_it(seller, browser, service):
    [item] = send(seller, topic="lead-5")
    assert item.state == "sent"
    assert service.shown(browser) == [
        {"title": "Marta Ruiz te escribió", "text": "Ventas", "href": "/w/x/", "tag": "lead-5"}
    ]
    [(path, headers, body)] = service.got
    assert path == "/one"
    assert b"Marta" not in body
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["topic"] == "lead-5"
    assert 86_000 < int(headers["ttl"]) <= 86_400
    claims = service.claims(headers)
    assert claims["aud"] == service.origin
    assert claims["k"] == vapid.public_key()
    assert time.time() < claims["exp"] <= time.time() + 86_400
    assert claims["sub"].startswith(("mailto:", "https://"))


def test_nothing_of_it_stands_in_the_database_in_clear(seller, browser, service):
    row = Subscription.objects.values("endpoint", "keys").get()
    assert service.host not in row["endpoint"]
    assert b64(browser.auth) not in row["keys"]
    [item] = send(seller)
    assert "Marta" not in str(item.payload)


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_is_removed(seller, browser, service, status):
    service.answers = [status]
    [item] = send(seller)
    assert item.state == "sent"
    assert not Subscription.objects.exists()
    send(seller)
    assert len(service.got) == 1


def test_a_service_that_is_busy_is_asked_again_a_few_times_and_one_that_refuses_is_not(
    seller, browser, service
):
    service.answers = [503]
    [item] = send(seller)
    assert (item.state, item.error_code) == ("retry", "503")
    Item.objects.filter(pk=item.pk).update(attempts=4, due_at=timezone.now() - timedelta(seconds=1))
    service.answers = [429]
    work_off()
    item.refresh_from_db()
    assert item.state == "failed"
    service.answers = [403]
    [*_, refused] = send(seller)
    assert (refused.state, refused.error_code) == ("failed", "403")
    assert Subscription.objects.count() == 1


def test_what_is_no_longer_to_be_said_or_a_day_old_is_not_sent(seller, browser, service, said):
    said.append(None)
    [item] = send(seller)
    said.pop()
    push.enqueue(seller.user_id, content="word", payload={}, workspace=seller.workspace_id)
    Item.objects.exclude(pk=item.pk).update(created_at=timezone.now() - timedelta(hours=25))
    work_off()
    assert service.got == []
    assert set(Item.objects.values_list("state", flat=True)) == {"sent"}


def test_who_has_logged_out_is_told_nothing_until_they_log_in_there_again(seller, browser, service):
    given = browser.given(f"{service.origin}/one")
    UserSession.objects.all().delete()
    send(seller)
    assert service.got == []
    subscribe(logged_in(seller), given, again="1")
    send(seller)
    assert len(service.got) == 1


def test_a_browser_belongs_to_who_allowed_it_last_and_is_not_taken_in_passing(
    seller, other_seller, browser, service
):
    given = browser.given(f"{service.origin}/one")
    client = logged_in(other_seller)
    subscribe(client, given, again="1")
    assert Subscription.objects.get().user_id == seller.user_id
    subscribe(client, given)
    assert Subscription.objects.get().user_id == other_seller.user_id
    send(seller)
    assert service.got == []


def test_only_ones_own_browser_can_be_taken_out(seller, other_seller, browser, service):
    pk = Subscription.objects.get().pk
    for fields in ({"pk": pk}, {"endpoint": f"{service.origin}/one"}, {"pk": "9" * 30}, {}):
        assert logged_in(other_seller).post("/profile/browsers/removal/", fields).status_code == 204
    assert Subscription.objects.count() == 1
    logged_in(seller).post("/profile/browsers/removal/", {"pk": pk})
    assert Subscription.objects.count() == 0


def test_it_goes_with_the_account(seller, browser):
    actions.delete_account(seller.user)
    assert not Subscription.objects.exists()


def test_the_address_must_be_https_and_the_keys_a_browsers(seller, service, db):
    client, good = logged_in(seller), Browser().given("https://push.example.com/x")
    bad = [
        {"endpoint": "http://push.example.com/x"},
        {"endpoint": "ftp://push.example.com/x"},
        {"endpoint": "https://"},
        {"endpoint": "https://[::1"},
        {"endpoint": "https://push.example.com:99999/"},
        {"endpoint": "https://push.example.com/" + "x" * 3000},
        {"p256dh": ""},
        {"p256dh": "é"},
        {"p256dh": b64(b"\x04" + b"\x01" * 64)},
        {"auth": b64(b"short")},
    ]
    for one in bad:
        assert subscribe(client, {**good, **one}).status_code == 400, one
    assert not Subscription.objects.exists()
    assert subscribe(client, good).status_code == 204


def test_an_address_within_the_house_is_never_reached(seller, service, settings):
    subscribe(logged_in(seller), Browser().given(NEVER_PUBLIC))
    [item] = send(seller)
    assert (item.state, item.error_code) == ("failed", "AddressRefused")


def test_a_person_has_twenty_browsers_at_most_the_oldest_make_room(seller, db):
    client = logged_in(seller)
    for number in range(22):
        subscribe(client, Browser().given(f"https://push.example.com/{number}"))
    kept = {row.endpoint.rpartition("/")[2] for row in Subscription.objects.all()}
    assert kept == {str(number) for number in range(2, 22)}


def test_the_key_is_the_same_in_every_process_and_another_where_one_is_given(settings):
    settings.HASH_KEY, settings.VAPID_PRIVATE_KEY = "h" * 40, ""
    derived = vapid.public_key()
    assert len(unb64(derived)) == 65
    assert derived == vapid.public_key()
    settings.VAPID_PRIVATE_KEY = b64((7).to_bytes(32, "big"))
    assert vapid.public_key() != derived


def test_the_worker_is_served_at_the_root_and_always_asked_for_anew(client):
    answer = client.get("/service-worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "showNotification" in answer.content.decode()


def test_one_sends_oneself_a_test_which_shows_over_the_page_that_asked(
    seller, other_seller, browser, service
):
    path = f"/w/{seller.workspace.public_id}/me/notifications/trial/"
    answer = logged_in(seller).post(path, headers=HTMX)
    assert (answer.status_code, json.loads(answer["HX-Trigger"])["toast"]["level"]) == (204, "success")
    work_off()
    [shown] = service.shown(browser)
    settings_page = path.removesuffix("trial/")
    assert (shown["tag"], shown["always"], shown["href"]) == ("trial", True, settings_page)
    assert shown["text"] == seller.workspace.name
    answer = logged_in(other_seller).post(path, headers=HTMX)
    assert "warning" in answer["HX-Trigger"], "they have no browser"
    work_off()
    assert len(service.got) == 1
    answers = [logged_in(seller).post(path, headers=HTMX).status_code for _ in range(20)]
    assert answers[0] == 204
    assert answers[-1] == 429


def test_a_home_screen_is_told_who_we_are_without_a_session(client):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert (said["start_url"], said["display"]) == ("/", "standalone")
    assert {icon["sizes"] for icon in said["icons"]} == {"any", "192x192", "512x512"}
    for icon in said["icons"]:
        name = icon["src"].rpartition("/")[2].partition(".")[0]
        assert any(ICONS.glob(f"{name}.*")), icon
