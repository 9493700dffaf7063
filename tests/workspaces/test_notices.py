"""Who is told by mail of what happened to their access."""

from typing import Any

import pytest
from django.urls import reverse

from crm.feed import consumers
from crm.mail.models import Message
from crm.tenancy import scope
from tests.cast import PASSWORD
from workspaces import notices
from workspaces.actions import memberships, operating, workspaces
from workspaces.models import AuditEntry, Membership, Role, Workspace


def told(workspace: Workspace) -> dict[str, str]:
    """{address: subject} of what the consumer writes for all that is in the log."""
    Message.objects.all().delete()
    with scope(workspace):
        for entry in AuditEntry.objects.order_by("pk"):
            notices.handle(entry)
    sent = list(Message.objects.order_by("pk"))
    assert len({(one.recipients[0], one.subject) for one in sent}) == len(sent), "somebody was told twice"
    return {one.recipients[0]: one.subject for one in sent}


def text_of(address: str) -> str:
    [message] = [one for one in Message.objects.all() if one.recipients == [address]]
    part = message.parsed.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_the_consumer_reads_the_audit_log():
    consumer = consumers.get("security_notices")
    assert consumer.feed is AuditEntry


def test_a_changed_role_is_told_to_the_person_alone(owner, admin, seller, workspace):
    memberships.change_role(seller, by=owner, role=Role.ADMIN)
    assert told(workspace) == {"sara@example.com": "Your role in Ventas MX changed"}
    assert "You were seller, now you are admin." in text_of("sara@example.com")


def test_it_is_written_in_the_readers_language_and_zone(owner, seller, workspace):
    seller.user.language, seller.user.time_zone = "es", "America/Bogota"
    seller.user.save()
    memberships.change_role(seller, by=owner, role=Role.ADMIN)
    told(workspace)
    assert "-05" in text_of("sara@example.com")


def test_a_deactivated_person_is_told_and_not_led_in(owner, seller, workspace):
    memberships.deactivate(seller, by=owner, successor=None)
    assert list(told(workspace)) == ["sara@example.com"]
    assert workspace.public_id not in text_of("sara@example.com")


def test_both_learn_of_a_new_owner_and_nobody_else(owner, admin, seller, workspace):
    memberships.hand_ownership_over(by=owner, to=admin)
    assert told(workspace) == {
        "olga@example.com": "You handed Ventas MX over",
        "ana@example.com": "You own Ventas MX now",
    }


def test_all_admins_learn_that_the_workspace_is_going_to_be_deleted(owner, admin, seller, workspace):
    workspaces.request_deletion(workspace, by=owner)
    assert set(told(workspace)) == {"olga@example.com", "ana@example.com"}
    assert "In 7 days" in text_of("ana@example.com").replace("\n", " ")


def test_all_admins_learn_of_a_suspension_with_its_reason(owner, admin, seller, operator, workspace):
    operating.suspend(workspace, by=operator, reason="Unpaid since March")
    assert set(told(workspace)) == {"olga@example.com", "ana@example.com"}
    assert "Unpaid since March" in text_of("ana@example.com")


def test_access_hours_and_log_ins_are_no_reason_to_write(owner, seller, workspace):
    with scope(workspace):
        memberships.change_access(
            seller, by=owner, tools_held=["workspaces.see_people"], switches={}, granted={}
        )
    assert told(workspace) == {}


def test_who_has_closed_their_account_is_not_written_to(owner, seller, workspace):
    memberships.change_role(seller, by=owner, role=Role.ADMIN)
    seller.user.is_active = False
    seller.user.save()
    assert told(workspace) == {}


def test_a_row_that_a_later_version_wrote_is_passed_over(owner, workspace):
    with scope(workspace):
        AuditEntry.objects.update(verb="not_yet_known")
    assert told(workspace) == {}


def test_a_person_of_many_workspaces_is_told_once_of_what_concerns_their_account(
    owner, workspace, outsider, client_of
):
    """Account-level acts have a row in each workspace; their one letter leaves with the act, not with the rows."""
    Membership.objects.create(workspace=outsider.workspace, user=owner.user, role=Role.ADMIN)
    new = "another good long password"
    client = client_of(owner)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    letters = [one.recipients for one in Message.objects.all()]
    assert letters == [["olga@example.com"]]
    for one in (workspace, outsider.workspace):
        with scope(one):
            assert AuditEntry.objects.filter(verb="password_changed").count() == 1
            for entry in AuditEntry.objects.filter(verb="password_changed"):
                notices.handle(entry)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("verb", list(notices.NOTICES))
def test_every_notice_reads_well_in_both_languages(verb: Any, owner, admin, workspace):
    """No placeholder stays, whatever the language."""
    changes = {"role": ["seller", "admin"], "owner": ["Olga Owner", "Ana Admin"]}
    for language in ("en", "es"):
        type(admin.user).objects.update(language=language)
        with scope(workspace):
            entry = AuditEntry.objects.create(
                verb=verb,
                actor=owner.user,
                actor_name="Olga Owner",
                membership_id=admin.pk,
                target="why",
                changes=changes,
            )
            notices.handle(entry)
        for message in Message.objects.all():
            assert "%(" not in message.content
            assert message.subject
        assert Message.objects.exists()
        Message.objects.all().delete()
