"""Ids of another workspace, or of a lead that one does not see, wherever an act or a page takes one."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.live.tokens import read
from crm.tenancy import scope
from directory.actions import events
from directory.actors import CHANNEL
from directory.models import CloseReason, LeadTag, Placement
from inbox.actions import attachments
from inbox.models import Attachment, Draft, Message, ReadMark, Template
from inbox.verbs import Verb
from tests import cast
from tests.directory import house as leads
from tests.inbox import house as inbox
from workspaces.actions import memberships

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(ours):
    return cast.signed_in(ours.owner)


@pytest.fixture
def theirs_before(theirs):
    with scope(theirs.workspace):
        return Placement.objects.values().get()


def unchanged(theirs, before):
    with scope(theirs.workspace):
        return Placement.objects.values().get() == before


def test_no_act_of_the_board_reaches_a_strangers_lead(client, ours, theirs, theirs_before):
    at = lambda name: ours.at(f"funnels:{name}", pk=ours.funnel.pk)  # noqa: E731
    for name, values in (
        ("moves", {"stage": ours.stage.pk}),
        ("statuses", {"status": "urgent"}),
        ("assignments", {"assignee": ours.owner.pk}),
        ("closures", {"outcome": "won"}),
        ("archivals", {"archived": 1}),
    ):
        answer = client.post(at(name), {"lead": theirs.lead.pk, **values}, headers=HTMX)
        assert answer.status_code == 404, name
        both = client.post(at(name), {"lead": [theirs.lead.pk, ours.lead.pk], **values}, headers=HTMX)
        assert both.status_code in (200, 422), name
        client.post(at("archivals"), {"lead": ours.lead.pk, "archived": 0}, headers=HTMX)
    assert unchanged(theirs, theirs_before)


def test_nothing_of_ours_is_given_what_is_theirs(client, ours, theirs):
    with scope(theirs.workspace):
        reason = leads.reason(theirs.workspace, outcome="won")
    pk = ours.lead.pk
    for route, values in (
        ("directory:lead_stage", {"stage": theirs.stage.pk}),
        ("directory:lead_assignee", {"assignee": theirs.owner.pk}),
        ("directory:lead_closure", {"outcome": "won", "reason": reason.pk}),
    ):
        client.post(ours.at(route, pk=pk) + "?in=page", values, headers=HTMX)
    at = lambda name: ours.at(f"funnels:{name}", pk=ours.funnel.pk)  # noqa: E731
    client.post(at("moves"), {"lead": pk, "stage": theirs.stage.pk}, headers=HTMX)
    client.post(
        at("moves"), {"lead": pk, "stage": 0, "after": theirs.lead.pk, "before": theirs.lead.pk}, headers=HTMX
    )
    client.post(at("assignments"), {"lead": pk, "assignee": theirs.owner.pk}, headers=HTMX)
    client.post(at("closures"), {"lead": pk, "outcome": "won", "reason": reason.pk}, headers=HTMX)
    client.post(ours.at("directory:lead_tag_removal", pk=pk, tag=theirs.tag.pk), headers=HTMX)
    made = client.post(
        ours.at("directory:lead_new"),
        {"name": "x", "stage": theirs.stage.pk, "assignee": theirs.owner.pk, "tags": theirs.tag.pk},
    )
    assert made.status_code == 422
    with scope(ours.workspace):
        at_last = Placement.objects.get()
        assert (at_last.stage_id, at_last.assignee_id, at_last.outcome) == (None, None, "")
        assert not LeadTag.objects.exists()
        assert not CloseReason.objects.exists()


def test_filters_with_ids_of_others_show_nothing_of_theirs(client, ours, theirs):
    for query in (
        f"assignee={theirs.owner.pk}",
        f"tag={theirs.tag.pk}",
        f"channel={theirs.channel.pk}",
        f"lead={theirs.lead.pk}&column={theirs.stage.pk}:25",
    ):
        for name in ("board", "news", "counts", "more"):
            answer = client.get(ours.at(f"funnels:{name}", pk=ours.funnel.pk) + "?" + query)
            assert answer.status_code in (200, 400, 404)
            assert f"leads/{theirs.lead.pk}/" not in answer.content.decode()
    listed = client.get(ours.at("inbox:again") + f"?ids={theirs.lead.pk},{ours.lead.pk}").content.decode()
    assert f"conversations/{theirs.lead.pk}/" not in listed


def _message(shop, lead, **columns):
    with scope(shop.workspace):
        from django.utils import timezone

        return Message.objects.create(
            lead=lead, channel=shop.channel, identity=shop.session.identity, session=shop.session,
            direction="in", text="secret", sent_at=timezone.now(), external_id=uuid.uuid4().hex, **columns,
        )  # fmt: skip


def _send(client, shop, **values):
    given = {"identity": shop.session.identity_id, "kind": "text", "text": "hola", "client_id": uuid.uuid4()}
    return client.post(shop.at("inbox:messages", pk=shop.lead.pk), {**given, **values}, headers=HTMX)


def test_a_message_is_made_of_ones_own_things_only(client, ours, theirs, seller, kind):
    secret = _message(theirs, theirs.lead)
    with scope(ours.workspace):
        other = leads.lead(ours.workspace, name="Other")
        elsewhere = inbox.conversation(other, ours.channel, key="wa:5215500000000")
        foreign_file = attachments.upload(SimpleUploadedFile("a.txt", b"of a colleague"), by=seller)
    with scope(theirs.workspace):
        their_file = attachments.upload(SimpleUploadedFile("a.txt", b"of a stranger"), by=theirs.owner)
        template = Template.objects.create(
            channel=theirs.channel, name="t", language="es", status="APPROVED", external_id="1",
            components=[{"type": "BODY", "text": "x"}],
        )  # fmt: skip
    assert _send(client, ours, identity=theirs.session.identity_id).status_code == 422
    assert _send(client, ours, identity=elsewhere.identity_id).status_code == 422
    for file in (their_file, foreign_file):
        assert _send(client, ours, kind="document", attachment=file.pk).status_code == 422
    assert _send(client, ours, kind="template", template=template.pk).status_code == 404
    page = _send(client, ours, reply_to=secret.pk, since=secret.pk)
    assert (page.status_code, "secret" in page.content.decode()) == (200, False)
    with scope(ours.workspace):
        [message] = Message.objects.all()
        assert message.reply_to is None
    with scope(theirs.workspace):
        assert Attachment.objects.get(pk=their_file.pk).message_id is None


@pytest.mark.parametrize("word", ["system", "reply", "form", "order", "unsupported", "contacts", "location"])
def test_nobody_writes_what_only_the_house_or_a_customer_says(client, ours, word):
    _send(client, ours, kind=word)
    with scope(ours.workspace):
        assert [one.kind for one in Message.objects.all()] == ["text"]


def test_messages_of_another_lead_are_not_of_this_thread(client, ours, theirs):
    secret = _message(theirs, theirs.lead)
    with scope(ours.workspace):
        other = leads.lead(ours.workspace, name="Other")
    beside = _message(ours, other)
    for message in (secret, beside):
        at = {"pk": ours.lead.pk, "message": message.pk}
        assert client.get(ours.at("inbox:detail", **at)).status_code == 404
        assert client.post(ours.at("inbox:retry", **at)).status_code == 404
        assert client.post(ours.at("inbox:settlement", **at)).status_code == 404
        for way in ("older", "newer", "since", "around"):
            answer = client.get(ours.at("inbox:stretch", pk=ours.lead.pk) + f"?{way}={message.pk}")
            assert answer.status_code == 404


def test_ids_that_no_database_has_are_no_error(client, ours):
    for number in (2**63, 2**63 - 1, 10**19 - 1, 0):
        board = lambda name: ours.at(f"funnels:{name}", pk=ours.funnel.pk)  # noqa: E731
        answers = [
            client.get(board("news") + f"?lead={number}"),
            client.get(board("menu") + f"?lead={number}"),
            client.get(board("board") + f"?assignee={number}&tag={number}&channel={number}"),
            client.get(ours.at("inbox:again") + f"?ids={number}"),
            client.get(ours.at("inbox:stretch", pk=ours.lead.pk) + f"?older={number}"),
            client.post(
                board("moves"), {"lead": ours.lead.pk, "stage": 0, "after": number, "before": number}
            ),
            client.post(board("assignments"), {"lead": ours.lead.pk, "assignee": number}),
            client.post(ours.at("directory:lead_stage", pk=ours.lead.pk), {"stage": number}),
            _send(client, ours, identity=number, reply_to=number, attachment=number),
            client.post(ours.at("inbox:reading", pk=ours.lead.pk), {"upto": number}),
            client.get(ours.at("inbox:media", pk=number)),
        ]
        assert [one.status_code for one in answers if one.status_code >= 500] == []


def test_a_seller_without_grants_sees_nothing_of_others(ours, seller):
    client = cast.signed_in(seller)
    with scope(ours.workspace):
        leads.place(ours.lead, stage=ours.stage, assignee=ours.owner, last_message_id=1, last_inbound_id=1)
    pk, funnel = ours.lead.pk, ours.funnel.pk
    for route in ("board", "news", "counts", "more", "menu"):
        assert client.get(ours.at(f"funnels:{route}", pk=funnel) + f"?lead={pk}").status_code == 404
    for route in ("thread", "stretch", "head", "composer", "template_list"):
        assert client.get(ours.at(f"inbox:{route}", pk=pk)).status_code == 404
    for route in ("reading", "draft", "typing", "files", "messages"):
        assert client.post(ours.at(f"inbox:{route}", pk=pk), {"upto": 1, "text": "x"}).status_code == 404
    for route in ("lead", "lead_panel", "lead_news", "lead_history"):
        assert client.get(ours.at(f"directory:{route}", pk=pk)).status_code == 404
    for page in (
        ours.at("ui:palette") + "?q=Marta",
        ours.at("ui:palette") + "?q=5512345678",
        *(
            ours.at("inbox:conversations") + f"?tab={tab}"
            for tab in ("all", "unread", "unassigned", "archived")
        ),
        ours.at("inbox:conversations") + "?tab=all&q=Marta",
        ours.at("inbox:again") + f"?ids={pk}",
        ours.at("workspaces:home_of"),
    ):
        text = client.get(page, follow=True).content.decode()
        assert "Marta Ruiz" not in text, page
    assert "tab-count" not in client.get(ours.at("inbox:counts")).content.decode()
    with scope(ours.workspace):
        assert not Draft.objects.exists()
        assert not ReadMark.objects.exists()


def test_a_token_of_live_names_only_what_its_owner_may_hear(ours, theirs, seller):
    client = cast.signed_in(seller)
    number = ours.workspace.pk
    asked = [
        f"leads:{number}:all",
        f"leads:{number}:of:{ours.owner.pk}",
        f"leads:{number}:stage:{ours.stage.pk}",
        f"leads:{number}:free:{ours.stage.pk}",
        f"leads:{number}:channel:{ours.channel.pk}",
        f"leads:{theirs.workspace.pk}:all",
        f"leads:{theirs.workspace.pk}:of:{theirs.owner.pk}",
        f"user:{ours.owner.user_id}",
        f"guest:webchat:{number}:1",
    ]
    answer = client.get(ours.at("live:token"), {"topic": asked})
    topics = read(answer.json()["token"]).topics
    assert [one for one in topics if one in asked] == []


def test_who_was_taken_away_is_out_with_the_next_request(ours, seller, other_seller):
    with scope(ours.workspace):
        leads.grant(seller, by=ours.owner, see_all_leads=[ours.funnel], write_channel=[ours.channel])
        leads.place(ours.lead, assignee=seller)
    client = cast.signed_in(seller)
    assert _send(client, ours).status_code == 200
    memberships.deactivate(seller, by=ours.owner, successor=other_seller)
    assert _send(client, ours).status_code == 404
    assert client.get(ours.at("inbox:thread", pk=ours.lead.pk)).status_code == 404
    with scope(ours.workspace):
        assert Message.objects.count() == 1


def test_a_suspected_double_is_named_only_to_who_sees_it(ours, seller):
    with scope(ours.workspace):
        other = leads.lead(ours.workspace, name="Hidden Person")
        leads.place(ours.lead, assignee=seller)
        facts = {"other": other.pk, "by": "phone"}
        events.record(
            Placement.objects.get(pk=ours.lead.pk), by=CHANNEL, verb=Verb.DUPLICATE_SUSPECTED, facts=facts
        )
    for membership, named in ((seller, False), (ours.owner, True)):
        page = cast.signed_in(membership).get(ours.at("directory:lead", pk=ours.lead.pk)).content.decode()
        assert "May be the same person" in page
        assert ("Hidden Person" in page) is named
