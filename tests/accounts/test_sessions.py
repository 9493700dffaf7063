"""Where one is logged in, and ending it."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from tests.cast import PASSWORD, scope
from workspaces.models import AuditEntry, Membership, Verb

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


def logged_in(membership: Membership, user_agent: str = EDGE) -> Client:
    client = Client(headers={"user-agent": user_agent, "accept-language": "en"})
    client.post("/login/", {"login": membership.user.email, "password": PASSWORD})
    return client


def test_devices_are_named_so_that_people_recognise_them(owner: Membership) -> None:
    logged_in(owner, IPHONE)
    page = logged_in(owner).get("/profile/sessions/").content.decode()
    assert "Edge, Windows" in page
    assert "Safari, iPhone" in page
    assert page.count("This device") == 1
    assert page.index("Edge, Windows") < page.index("Safari, iPhone")


def test_one_session_is_ended(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[dict[str, object]] = []
    monkeypatch.setattr("crm.live.end", lambda **match: ended.append(match))
    phone, here = logged_in(owner, IPHONE), logged_in(owner)
    key = phone.session.session_key
    row = UserSession.objects.get(session_key=key)
    here.post(f"/profile/sessions/{row.pk}/ending/")
    assert phone.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200
    assert ended == [{"user_id": owner.user_id, "session_key": key}]


def test_all_other_sessions_are_ended_and_noted(owner: Membership) -> None:
    others, here = [logged_in(owner, IPHONE), logged_in(owner)], logged_in(owner)
    here.post("/profile/sessions/others/ending/")
    assert [client.get("/profile/").status_code for client in others] == [302, 302]
    assert here.get("/profile/").status_code == 200
    with scope(owner.workspace):
        entry = AuditEntry.objects.get(verb=Verb.SESSIONS_ENDED)
    assert entry.changes == {"sessions": [2, 0]}


def test_nobody_ends_the_session_of_another(owner: Membership, outsider: Membership) -> None:
    mine, theirs = logged_in(owner), logged_in(outsider)
    row = UserSession.objects.get(user=outsider.user)
    mine.post(f"/profile/sessions/{row.pk}/ending/")
    assert theirs.get("/profile/").status_code == 200


def test_ending_takes_a_post(owner: Membership) -> None:
    client = logged_in(owner)
    assert client.get("/profile/sessions/others/ending/").status_code == 405


def test_last_seen_is_noted_every_five_minutes_at_most(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    client = logged_in(owner)
    before = UserSession.objects.get(user=owner.user).last_seen_at
    client.get("/profile/")
    assert UserSession.objects.get(user=owner.user).last_seen_at == before
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 301)
    client.get("/profile/")
    assert UserSession.objects.get(user=owner.user).last_seen_at > before


def test_a_session_ends_with_the_browser_unless_it_is_to_be_remembered(owner: Membership) -> None:
    form = {"login": owner.user.email, "password": PASSWORD}
    brief, long = Client(), Client()
    brief.post("/login/", form)
    long.post("/login/", form | {"remember": "on"})
    assert not brief.cookies["cauce_session"]["max-age"]
    assert int(long.cookies["cauce_session"]["max-age"]) == 30 * 24 * 3600
