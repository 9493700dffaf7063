"""Signing up: open, closed, by invitation, twice at once."""

import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.accounts.post import code_to, letters_to
from workspaces.actions import invitations
from workspaces.models import Invitation, Membership, Role, User

FORM = {"name": "Nora Nueva", "email": "nora@example.com", "password1": "una frase bien larga"}


@pytest.fixture
def open_signup(settings: Settings) -> None:
    settings.OPEN_SIGNUP = True


@pytest.fixture
def closed_signup(settings: Settings) -> None:
    settings.OPEN_SIGNUP = False


def test_where_nobody_has_an_account_log_in_leads_to_sign_up(db: None, closed_signup: None) -> None:
    assert Client().get("/login/?next=/").headers["Location"] == "/signup/?next=%2F"
    User.objects.create_user("first@example.com", "una frase bien larga")
    assert Client().get("/login/?next=/").status_code == 200


def test_a_person_signs_up_types_the_code_and_is_in(db: None, open_signup: None) -> None:
    client = Client()
    response = client.post("/signup/", FORM)
    assert response.headers["Location"] == "/verify/"
    assert not User.objects.get().last_login
    response = client.post("/verify/", {"code": code_to("nora@example.com")})
    assert response.headers["Location"] == "/"
    assert User.objects.get().last_login
    assert EmailAddress.objects.get().verified
    assert client.get("/profile/").status_code == 200


def test_the_code_may_be_typed_without_its_dash(db: None, open_signup: None) -> None:
    client = Client()
    client.post("/signup/", FORM)
    response = client.post("/verify/", {"code": code_to("nora@example.com").replace("-", " ")})
    assert response.headers["Location"] == "/"


def test_five_wrong_codes_end_the_code(db: None, open_signup: None) -> None:
    client = Client()
    client.post("/signup/", FORM)
    code = code_to("nora@example.com")
    for _attempt in range(4):
        assert client.post("/verify/", {"code": "0000-0000"}).status_code == 422
    response = client.post("/verify/", {"code": "0000-0000"}, follow=True)
    assert "Too many wrong codes" in response.content.decode()
    client.post("/verify/", {"code": code})
    assert not EmailAddress.objects.get().verified


def test_an_expired_code_says_so(db: None, open_signup: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    client = Client()
    client.post("/signup/", FORM)
    code, now = code_to("nora@example.com"), time.time()
    monkeypatch.setattr("time.time", lambda: now + 16 * 60)
    response = client.post("/verify/", {"code": code}, follow=True)
    assert "expired" in response.content.decode()
    assert not EmailAddress.objects.get().verified


def test_a_verified_address_looks_the_same_as_a_new_one(owner: Membership, open_signup: None) -> None:
    known, unknown = Client(), Client()
    first = known.post("/signup/", FORM | {"email": owner.user.email}, follow=True)
    second = unknown.post("/signup/", FORM, follow=True)
    assert first.redirect_chain == second.redirect_chain

    def page(response: object) -> str:
        text = response.content.decode()  # type: ignore[attr-defined]
        for word in (owner.user.email, FORM["email"]):
            text = text.replace(word, "ADDRESS")
        return "\n".join(line for line in text.splitlines() if "csrf" not in line.lower())

    assert page(first) == page(second)
    assert "has an account already" in letters_to(owner.user.email)[-1]
    assert User.objects.filter(email=owner.user.email).count() == 1


def test_the_form_posted_twice_makes_one_person_who_can_go_on(db: None, open_signup: None) -> None:
    client = Client()
    client.post("/signup/", FORM)
    again = Client()
    assert again.post("/signup/", FORM).headers["Location"] == "/verify/"
    assert User.objects.count() == 1
    assert again.post("/verify/", {"code": code_to("nora@example.com")}).headers["Location"] == "/"


def test_somebody_elses_unverified_sign_up_is_not_taken_over(db: None, open_signup: None) -> None:
    Client().post("/signup/", FORM)
    stranger = Client()
    stranger.post("/signup/", FORM | {"password1": "otra frase bien larga"})
    person = User.objects.get()
    assert person.check_password(FORM["password1"])


def test_starting_over_forgets_the_mistyped_address(db: None, closed_signup: None) -> None:
    client = Client()
    client.post("/signup/", FORM | {"email": "nroa@example.com"})
    assert client.post("/start-over/").headers["Location"] == "/signup/"
    assert not User.objects.exists()
    assert client.post("/signup/", FORM).headers["Location"] == "/verify/"


def test_the_first_person_signs_up_where_sign_up_is_closed(db: None, closed_signup: None) -> None:
    assert Client().post("/signup/", FORM).headers["Location"] == "/verify/"


def test_the_second_person_needs_an_invitation(owner: Membership, closed_signup: None) -> None:
    for response in (Client().get("/signup/"), Client().post("/signup/", FORM)):
        assert "invitation" in response.content.decode()
    assert not User.objects.filter(email=FORM["email"]).exists()


def test_a_first_person_who_never_verified_gives_the_place_up(db: None, closed_signup: None) -> None:
    Client().post("/signup/", FORM)
    assert "invitation" in Client().get("/signup/").content.decode()
    User.objects.update(joined_at=timezone.now() - timedelta(hours=1))
    assert Client().post("/signup/", FORM | {"email": "otra@example.com"}).headers["Location"] == "/verify/"
    assert [person.email for person in User.objects.all()] == ["otra@example.com"]


@pytest.mark.django_db(transaction=True)
def test_of_two_first_persons_at_once_one_wins(closed_signup: None) -> None:
    ready, seen = threading.Barrier(2), []

    def sign_up(email: str) -> None:
        try:
            client = Client()
            client.get("/signup/")
            ready.wait()
            seen.append(client.post("/signup/", FORM | {"email": email}).status_code)
        finally:
            connection.close()

    people = [threading.Thread(target=sign_up, args=(f"person{n}@example.com",)) for n in range(2)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert sorted(seen) == [302, 403]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_makes_one_person(open_signup: None) -> None:
    ready, seen = threading.Barrier(2), []

    def sign_up() -> None:
        try:
            client = Client()
            ready.wait()
            seen.append(client.post("/signup/", FORM).status_code)
        finally:
            connection.close()

    people = [threading.Thread(target=sign_up) for _n in range(2)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert seen == [302, 302]
    assert User.objects.count() == 1


def test_an_invited_person_signs_up_without_a_code_and_lands_in_the_workspace(
    owner: Membership, closed_signup: None
) -> None:
    client, invitation = accepted_link(owner, FORM["email"])
    page = client.get("/signup/")
    assert owner.workspace.name in page.content.decode()
    response = client.post("/signup/", FORM | {"email": "else@example.com"})
    person = User.objects.get(email=FORM["email"])
    assert not User.objects.filter(email="else@example.com").exists()
    assert EmailAddress.objects.get(user=person).verified
    assert Membership.objects.get(user=person).role == Role.SELLER
    assert client.get(response.headers["Location"]).headers["Location"] == f"/w/{owner.workspace.public_id}/"
    assert not Invitation.objects.get(pk=invitation.pk).is_open


def test_a_name_can_write_no_lines_into_our_mails(owner: Membership, closed_signup: None) -> None:
    client, _invitation = accepted_link(owner, FORM["email"])
    client.post("/signup/", FORM | {"name": "Nora\r\n\r\nPay here: x\u202e"})
    assert User.objects.get(email=FORM["email"]).name == "Nora Pay here: x"


def test_a_revoked_invitation_no_longer_opens_sign_up(owner: Membership, closed_signup: None) -> None:
    client, invitation = accepted_link(owner, FORM["email"])
    invitations.revoke(invitation, by=owner)
    assert "invitation" in client.post("/signup/", FORM).content.decode()
    assert not User.objects.filter(email=FORM["email"]).exists()


def test_an_invited_person_with_an_account_logs_in_and_lands_in_the_workspace(
    owner: Membership, outsider: Membership, closed_signup: None
) -> None:
    from tests.cast import PASSWORD

    client, _invitation = accepted_link(owner, outsider.user.email)
    client.post("/login/", {"login": outsider.user.email, "password": PASSWORD})
    assert Membership.objects.filter(user=outsider.user, workspace=owner.workspace).exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password1", "short", "10"),
        ("password1", "password123456", "common"),
        ("password1", "nora nueva", "similar"),
        ("password1", "x" * 300, "256"),
        ("email", "no address", "valid"),
        ("name", "", "required"),
        ("name", "x" * 200, "120"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    db: None, open_signup: None, field: str, value: str, words: str
) -> None:
    response = Client(headers={"accept-language": "en"}).post("/signup/", FORM | {field: value})
    assert words in response.content.decode()
    assert not User.objects.exists()


def accepted_link(owner: Membership, email: str) -> tuple[Client, Invitation]:
    """A browser in which the invitation's link was opened and accepted."""
    invitation = invitations.invite(by=owner, email=email, role=Role.SELLER)
    link = next(word for word in letters_to(email)[-1].split() if "/invitations/" in word)
    client = Client(headers={"accept-language": "en"})
    client.post("/invitations/" + link.split("/invitations/")[1])
    return client, invitation
