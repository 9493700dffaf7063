"""Invitations: sent, resent, revoked, expired, accepted once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tests import cast
from workspaces.actions import invitations, memberships
from workspaces.errors import Refused
from workspaces.models import Invitation, Membership, Role
from workspaces.models.invitation import hash_of, new_token


@pytest.fixture
def invitation(admin: Membership) -> Invitation:
    return invitations.invite(by=admin, email="Nina@Example.com", role=Role.SELLER)


def with_token(invitation: Invitation) -> str:
    """The link's token is nowhere but in the mail: give the invitation one we know."""
    token = new_token()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=hash_of(token))
    return token


def test_an_address_is_invited_once_in_lower_case(admin: Membership, invitation: Invitation) -> None:
    assert invitation.email == "nina@example.com"
    with pytest.raises(Refused, match="open invitation"):
        invitations.invite(by=admin, email="NINA@example.com", role=Role.SELLER)


def test_members_are_not_invited(admin: Membership, seller: Membership) -> None:
    with pytest.raises(Refused, match="already"):
        invitations.invite(by=admin, email=seller.user.email, role=Role.SELLER)
    memberships.deactivate(seller, by=admin, successor=None)
    with pytest.raises(Refused, match="Reactivate"):
        invitations.invite(by=admin, email=seller.user.email, role=Role.SELLER)


def test_an_admin_does_not_invite_admins_and_nobody_invites_owners(
    owner: Membership, admin: Membership
) -> None:
    with pytest.raises(Refused):
        invitations.invite(by=admin, email="boss@example.com", role=Role.ADMIN)
    with pytest.raises(Refused):
        invitations.invite(by=owner, email="boss@example.com", role=Role.OWNER)


def test_a_seller_invites_nobody(seller: Membership) -> None:
    with pytest.raises(PermissionDenied):
        invitations.invite(by=seller, email="friend@example.com", role=Role.SELLER)


def test_accepting_makes_a_member_once(invitation: Invitation) -> None:
    nina = cast.person("Nina", "nina@example.com")
    membership = invitations.accept(invitation, by=nina)
    assert (membership.role, membership.workspace_id) == (Role.SELLER, invitation.workspace_id)
    with pytest.raises(Refused, match="no longer valid"):
        invitations.accept(invitation, by=nina)
    assert Membership.objects.filter(user=nina).count() == 1


def test_only_the_address_that_was_invited_accepts(invitation: Invitation) -> None:
    mallory = cast.person("Mallory", "mallory@example.com")
    with pytest.raises(Refused, match=r"nina@example\.com"):
        invitations.accept(invitation, by=mallory)


def test_resending_kills_the_old_link(admin: Membership, invitation: Invitation) -> None:
    token = with_token(invitation)
    assert Invitation.objects.by_token(token).exists()
    invitations.resend(invitation, by=admin)
    assert not Invitation.objects.by_token(token).exists()


def test_one_address_is_not_written_to_without_end(admin: Membership, invitation: Invitation) -> None:
    for _time in range(invitations.SENT_AN_HOUR - 1):
        invitations.resend(invitation, by=admin)
    with pytest.raises(Refused, match="Too many"):
        invitations.resend(invitation, by=admin)


def test_a_workspace_does_not_invite_without_end(admin: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "SENT_A_DAY", 2)
    for name in ("a", "b"):
        invitations.invite(by=admin, email=f"{name}@example.com", role=Role.SELLER)
    with pytest.raises(Refused, match="Too many"):
        invitations.invite(by=admin, email="c@example.com", role=Role.SELLER)
    assert not Invitation.objects.filter(email="c@example.com").exists()


def test_a_revoked_or_expired_link_says_so_and_lets_nobody_in(
    admin: Membership, invitation: Invitation
) -> None:
    nina = cast.person("Nina", "nina@example.com", language="en")
    client = cast.signed_in(nina)
    token = with_token(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "expired" in client.post(f"/invitations/{token}/").content.decode()
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() + timedelta(days=1))
    invitations.revoke(invitation, by=admin)
    response = client.post(f"/invitations/{token}/")
    assert response.status_code == 410
    assert "revoked" in response.content.decode()
    assert not Membership.objects.filter(user=nina).exists()


def test_opening_the_link_changes_nothing_and_posting_joins(invitation: Invitation) -> None:
    nina = cast.person("Nina", "nina@example.com", language="en")
    client = cast.signed_in(nina)
    token = with_token(invitation)
    assert client.get(f"/invitations/{token}/").status_code == 200
    assert not Membership.objects.filter(user=nina).exists()
    response = client.post(f"/invitations/{token}/")
    assert response["Location"] == f"/w/{invitation.workspace.public_id}/"
    assert Membership.objects.filter(user=nina).exists()


def test_a_double_click_on_join_joins_once(invitation: Invitation) -> None:
    nina = cast.person("Nina", "nina@example.com", language="en")
    client = cast.signed_in(nina)
    token = with_token(invitation)
    client.post(f"/invitations/{token}/")
    again = client.post(f"/invitations/{token}/")
    assert again.status_code == 410
    assert "used already" in again.content.decode()


def test_a_made_up_link_tells_nothing(client: object, db: None) -> None:
    response = cast.Client().get("/invitations/made-up/")
    assert response.status_code == 410


@pytest.fixture
def admins_invitation(owner: Membership) -> Invitation:
    return invitations.invite(by=owner, email="boss@example.com", role=Role.ADMIN)


def test_what_a_leaver_invited_to_expires_till_somebody_sends_it_again(
    owner: Membership, admin: Membership, invitation: Invitation
) -> None:
    memberships.deactivate(admin, by=owner, successor=None)
    nina = cast.person("Nina", "nina@example.com")
    with pytest.raises(Refused):
        invitations.accept(invitation, by=nina)
    invitations.resend(invitation, by=owner)
    assert invitations.accept(invitation, by=nina).role == Role.SELLER


def test_what_a_demoted_admin_invited_to_expires(
    owner: Membership, admin: Membership, invitation: Invitation
) -> None:
    memberships.change_role(admin, by=owner, role=Role.SELLER)
    with pytest.raises(Refused):
        invitations.accept(invitation, by=cast.person("Nina", "nina@example.com"))


def test_a_former_owner_has_no_invitations_of_admins_left(
    owner: Membership, admin: Membership, admins_invitation: Invitation
) -> None:
    sellers = invitations.invite(by=owner, email="nina@example.com", role=Role.SELLER)
    memberships.hand_ownership_over(by=owner, to=admin)
    with pytest.raises(Refused):
        invitations.accept(admins_invitation, by=cast.person("Boss", "boss@example.com"))
    assert invitations.accept(sellers, by=cast.person("Nina", "nina@example.com")).role == Role.SELLER


def test_who_was_demoted_a_moment_ago_invites_nobody(owner: Membership, admin: Membership) -> None:
    stale = Membership.objects.get(pk=admin.pk)
    assert stale.permissions
    memberships.change_role(admin, by=owner, role=Role.SELLER)
    with pytest.raises(PermissionDenied):
        invitations.invite(by=stale, email="friend@example.com", role=Role.SELLER)
