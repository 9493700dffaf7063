"""Adding and removing what guards an account beside the password."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from tests.accounts.post import subjects_to
from tests.cast import PASSWORD, scope, signed_in
from workspaces.models import AuditEntry, Membership, Verb

pytestmark = pytest.mark.django_db(transaction=True)


def confirmed(membership: Membership) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/login/", {"login": membership.user.email, "password": PASSWORD})
    client.post("/confirm/", {"password": PASSWORD})
    return client


def set_up(client: Client) -> str:
    """The page with the recovery codes after an app was set up."""
    import time

    page = client.get("/profile/security/app/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', page)
    assert secret is not None
    code = format_hotp_value(hotp_value(secret.group(1), int(time.time()) // 30))
    response = client.post("/profile/security/app/", {"code": code})
    assert response.headers["Location"] == "/profile/security/codes/"
    return client.get("/profile/security/codes/").content.decode()


def test_the_code_that_set_an_app_up_lets_nobody_in_after(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    client = confirmed(owner)
    monkeypatch.setattr(
        client, "post", lambda path, data: used.append(data["code"]) or Client.post(client, path, data)
    )
    set_up(client)
    other = Client(headers={"accept-language": "en"})
    other.post("/login/", {"login": owner.user.email, "password": PASSWORD})
    other.post("/login/second-step/", {"code": used[0]})
    assert other.get("/profile/").status_code == 302


def test_setting_up_an_app_shows_recovery_codes_once(owner: Membership) -> None:
    client = confirmed(owner)
    row = re.compile(r'<li class="mono">(\d{4} \d{4})</li>')
    first = row.findall(set_up(client))
    assert len(first) == 10
    assert not row.findall(client.get("/profile/security/codes/").content.decode())
    client.post("/profile/security/codes/new/")
    again = row.findall(client.get("/profile/security/codes/").content.decode())
    assert len(again) == 10
    assert not set(first) & set(again)


def test_each_step_is_noted_and_told(owner: Membership) -> None:
    client = confirmed(owner)
    set_up(client)
    client.post("/profile/security/app/removal/")
    assert not Authenticator.objects.filter(user=owner.user).exists()
    assert subjects_to(owner.user.email) == [
        "An authenticator app was added",
        "The authenticator app was removed",
    ]
    with scope(owner.workspace):
        verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-4:] == [Verb.MFA_ADDED, Verb.MFA_CODES_MADE, Verb.MFA_REMOVED, Verb.MFA_REMOVED]


@pytest.mark.parametrize("path", ["app/", "codes/new/", "passkeys/new/"])
def test_it_is_asked_again_who_one_is(owner: Membership, path: str) -> None:
    response = signed_in(owner).get(f"/profile/security/{path}")
    assert response.headers["Location"].startswith("/confirm/")


def test_a_wrong_code_sets_nothing_up(owner: Membership) -> None:
    client = confirmed(owner)
    client.get("/profile/security/app/")
    response = client.post("/profile/security/app/", {"code": "000000"})
    assert "That did not work" in response.content.decode()
    assert not Authenticator.objects.exists()


BROKEN = {"id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {}}
HANDLE = {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}
JUNK = [
    *("", "{}", "[]", '"x"', '{"id": 1, "response": {}}', "null", "1e999", "{" * 5_000, "[" * 60_000),
    json.dumps(BROKEN | {"response": HANDLE}),
    json.dumps(BROKEN | {"response": HANDLE | {"userHandle": "_" * 5_000}}),
    json.dumps(BROKEN | {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}}),
    json.dumps(BROKEN | {"response": "x" * 70_000}),
]


@pytest.mark.parametrize("credential", JUNK)
def test_junk_in_place_of_a_passkey_opens_nothing(owner: Membership, credential: str) -> None:
    response = Client().post("/login/passkey/", {"credential": credential})
    assert response.headers["Location"] == "/login/"
    client = confirmed(owner)
    response = client.post("/profile/security/passkeys/new/", {"credential": credential, "name": "x"})
    assert response.headers["Location"] == "/profile/security/passkeys/new/"
    assert not Authenticator.objects.exists()


def test_the_passkey_of_another_person_is_not_there(owner: Membership, outsider: Membership) -> None:
    row = Authenticator.objects.create(
        user=outsider.user, type=Authenticator.Type.WEBAUTHN, data={"name": "theirs"}
    )
    client = confirmed(owner)
    for act in ("name", "removal"):
        assert client.get(f"/profile/security/passkeys/{row.pk}/{act}/").status_code == 404
        assert client.post(f"/profile/security/passkeys/{row.pk}/{act}/", {"name": "mine"}).status_code == 404
