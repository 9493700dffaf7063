"""Passwords and addresses: forgotten, changed, lost."""

import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.accounts.post import code_to, letters_to, subjects_to
from tests.cast import PASSWORD, scope, signed_in
from workspaces.models import AuditEntry, Membership, Verb

NEW = "otra frase muy distinta"


def logged_in(membership: Membership) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/login/", {"login": membership.user.email, "password": PASSWORD})
    return client


def confirmed(client: Client) -> Client:
    client.post("/confirm/", {"password": PASSWORD})
    return client


def test_a_forgotten_password_is_reset_by_a_code(owner: Membership) -> None:
    elsewhere = logged_in(owner)
    client = Client()
    assert client.post("/reset/", {"email": owner.user.email}).headers["Location"] == "/reset/code/"
    response = client.post("/reset/code/", {"code": code_to(owner.user.email)})
    assert response.headers["Location"] == "/reset/password/"
    assert client.post("/reset/password/", {"password1": NEW}).status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.check_password(NEW)
    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert "Your password was reset" in subjects_to(owner.user.email)
    with scope(owner.workspace):
        assert AuditEntry.objects.filter(verb=Verb.PASSWORD_RESET, actor=owner.user).exists()


def test_an_unknown_address_gets_the_same_pages_and_a_mail_that_says_so(owner: Membership) -> None:
    pages = []
    for address in (owner.user.email, "nobody@example.com"):
        client = Client(headers={"accept-language": "en"})
        response = client.post("/reset/", {"email": address}, follow=True)
        text = response.content.decode().replace(address, "ADDRESS")
        pages.append("\n".join(line for line in text.splitlines() if "csrf" not in line.lower()))
        wrong = client.post("/reset/code/", {"code": "0000-0000"})
        assert wrong.status_code == 422
    assert pages[0] == pages[1]
    assert "has no account" in letters_to("nobody@example.com")[-1]


def test_an_empty_code_does_not_reset_what_does_not_exist(db: None) -> None:
    client = Client()
    client.post("/reset/", {"email": "nobody@example.com"})
    for code in ("", "-", "None"):
        assert client.post("/reset/code/", {"code": code}).status_code == 422


def test_an_expired_or_used_reset_code_leads_to_a_new_one(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.post("/reset/", {"email": owner.user.email})
    code, now = code_to(owner.user.email), time.time()
    with monkeypatch.context() as later:
        later.setattr("time.time", lambda: now + 16 * 60)
        response = client.post("/reset/code/", {"code": code}, follow=True)
    assert response.redirect_chain[-1][0] == "/reset/"
    assert "That code has expired." in response.content.decode()
    assert client.get("/reset/password/").headers["Location"].startswith("/reset/")


def test_a_reset_code_opens_nothing_in_another_browser(owner: Membership) -> None:
    Client().post("/reset/", {"email": owner.user.email})
    other = Client()
    other.post("/reset/", {"email": "nobody@example.com"})
    assert other.post("/reset/code/", {"code": code_to(owner.user.email)}).status_code == 422


def test_a_changed_password_ends_every_other_session(owner: Membership) -> None:
    client, elsewhere = logged_in(owner), logged_in(owner)
    form = {"oldpassword": PASSWORD, "password1": NEW}
    assert client.post("/profile/security/password/", form).status_code == 302
    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert subjects_to(owner.user.email)[-1] == "Your password was changed"
    with scope(owner.workspace):
        assert AuditEntry.objects.filter(verb=Verb.PASSWORD_CHANGED, actor=owner.user).count() == 1


def test_the_old_password_is_asked_for(owner: Membership) -> None:
    client = logged_in(owner)
    response = client.post("/profile/security/password/", {"oldpassword": "wrong", "password1": NEW})
    assert "That is not your current password." in response.content.decode()
    owner.user.refresh_from_db()
    assert owner.user.check_password(PASSWORD)


def test_the_address_changes_when_the_new_one_is_verified(owner: Membership) -> None:
    client = confirmed(logged_in(owner))
    form = {"action_add": "1", "email": "nueva@example.com"}
    assert client.post("/profile/security/email/", form).headers["Location"] == "/verify/"
    owner.user.refresh_from_db()
    assert owner.user.email == "olga@example.com"
    assert client.get("/verify/").status_code == 200
    client.post("/verify/", {"code": code_to("nueva@example.com")})
    owner.user.refresh_from_db()
    assert owner.user.email == "nueva@example.com"
    assert [row.email for row in EmailAddress.objects.filter(user=owner.user)] == ["nueva@example.com"]
    assert subjects_to("olga@example.com")[-1] == "Your e-mail was changed"
    with scope(owner.workspace):
        entry = AuditEntry.objects.get(verb=Verb.EMAIL_CHANGED)
    assert entry.changes == {"email": ["olga@example.com", "nueva@example.com"]}


def test_changing_the_address_asks_again_who_one_is(owner: Membership) -> None:
    client = signed_in(owner)
    response = client.post("/profile/security/email/", {"action_add": "1", "email": "nueva@example.com"})
    assert response.headers["Location"].startswith("/confirm/")


def test_the_address_of_another_person_cannot_be_taken(owner: Membership, outsider: Membership) -> None:
    client = confirmed(logged_in(owner))
    client.post("/profile/security/email/", {"action_add": "1", "email": outsider.user.email})
    response = client.post("/verify/", {"code": code_to(outsider.user.email)})
    assert response.status_code == 422
    owner.user.refresh_from_db()
    assert owner.user.email == "olga@example.com"
