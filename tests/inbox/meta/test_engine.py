"""Both ways over real HTTP, against the fake: what a phone does is in the thread, what we write is on the phone."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.tenancy import scope
from crm.work.models import Item
from directory.models import Event, Lead
from inbox.actions import messages
from inbox.channels.meta import checking
from inbox.conversations import composing
from inbox.fetching import lending
from inbox.models import (
    Attachment,
    Channel,
    Identity,
    IdentityKey,
    Message,
    ProviderApp,
    RawRequest,
    Reaction,
    Session,
)
from inbox.simulator.meta import defaults, payloads
from tests.inbox import house
from tests.inbox.meta.conftest import turn
from tests.inbox.meta.talk import begun, now, picture, thread, uploaded, wrote
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_writes_gets_their_name_and_an_answer_that_is_delivered_and_read(
    live, page, workspace, owner
):
    meta = live(page)
    phone, lead, session = begun(meta, workspace)
    with scope(workspace):
        assert Identity.objects.get().name == "Ana Ruiz"
        assert IdentityKey.objects.get().key == f"psid:{defaults.PAGE_ID}:{phone.customer.user_id}"
        message = messages.send(lead, by=owner, session=session, text="Sí, en azul")
    turn(meta)
    [taken] = meta.sent
    assert (taken.content["body"], taken.status) == ("Sí, en azul", "read")
    [request] = meta.requests[-1:]
    assert (request["messaging_type"], request["message"]["metadata"]) == ("RESPONSE", message.uid.hex)
    settled = now(message)
    assert (settled.delivery, settled.external_id) == ("read", taken.id)
    assert len(thread(page)) == 2, "the echo of it is no second message"


def test_who_does_not_tell_their_name_has_one_that_can_be_told_apart(live, page, workspace, owner):
    meta = live(page)
    phone = meta.customer("Nadie", user_id="7000000000001234", tells_profile=False)
    phone.text("Hola")
    turn(meta)
    with scope(workspace):
        assert Lead.objects.get().name == "Visitante de Messenger 1234"
        assert Item.objects.get(kind="inbox.meta.profile").state == "sent"


def test_everything_that_instagram_sends_is_in_the_thread(live, account, workspace):
    meta = live(account)
    ana = meta.customer("Ana Ruiz", username="ana.r")
    said = ana.text("uno")
    ana.image(content=picture())
    ana.voice()
    ana.reply_to_story("¡Qué lindo!")
    ana.mention_in_story()
    ana.post()
    ana.post_back()
    ana.click_ad("Vi su anuncio")
    ana.edit(said, "uno, corregido")
    ana.react(said, "😍")
    gone = ana.text("no debí")
    ana.revoke(gone)
    ana.follow_link()
    turn(meta)
    turn(meta)
    with scope(workspace):
        rows = list(Message.objects.order_by("sequence"))
        assert [row.kind for row in rows] == [
            "text", "image", "audio", "text", "image", "image", "reply", "text", "text",
        ]  # fmt: skip
        assert rows[0].text == "uno, corregido"
        assert rows[3].data["story"]["what"] == "reply"
        assert rows[4].data["story"]["what"] == "mention"
        assert rows[6].data["referral"]["ref"] == "tarjeta-de-la-tienda"
        assert rows[7].data["referral"]["headline"] == "20 % en sábanas"
        assert rows[8].revoked_at is not None
        assert Reaction.objects.get().emoji == "😍"
        files = list(Attachment.objects.order_by("id"))
        assert [one.state for one in files] == ["ready"] * 5
        assert [files[place].kind for place in (0, 2, 3, 4)] == ["image", "image", "image", "video"]
        identity = Identity.objects.get()
        assert (identity.name, identity.username) == ("Ana Ruiz", "ana.r")
        events = Event.objects.filter(verb="conversation.referred")
        assert events.count() == 3, "a postback's, an ad's, and the link's"


def test_a_story_that_is_over_is_said_so(live, account, workspace):
    meta = live(account)
    ana = meta.customer("Ana Ruiz")
    ana.mention_in_story()
    meta.settle()
    ana.end_stories()
    turn(meta)
    with scope(workspace):
        [file] = Attachment.objects.all()
        assert (file.state, file.error) == ("failed", "The story is over: Instagram keeps it for a day.")


def test_a_file_is_fetched_by_meta_at_an_address_that_ends(live, page, workspace, owner, settings):
    meta = live(page)
    _phone, lead, session = begun(meta, workspace)
    with scope(workspace):
        file = uploaded(owner, picture())
        messages.send(lead, by=owner, session=session, kind="image", attachments=[file])
        paper = uploaded(owner, b"%PDF-1.4 x", "document", "application/pdf", "Lista de precios.pdf")
        messages.send(lead, by=owner, session=session, kind="document", attachments=[paper])
        with pytest.raises(Refused):
            both = [uploaded(owner, picture()), uploaded(owner, picture())]
            messages.send(lead, by=owner, session=session, kind="image", attachments=both)
    turn(meta)
    turn(meta)
    first, second = meta.sent
    assert (first.type, first.content["filename"]) == ("image", "Catalogo-n.png")
    assert meta.provider.store.read(first.content["id"]) == picture()
    assert (second.type, second.content["mime_type"]) == ("document", "application/pdf")
    with scope(workspace):
        address = lending.address(Attachment.objects.get(pk=file.pk)).removeprefix(settings.BASE_URL)
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    response.close()
    assert Client().get(address.replace("files/", "files/x")).status_code == 404
    with scope(workspace):
        unsent = lending.address(uploaded(owner, picture())).removeprefix(settings.BASE_URL)
    assert Client().get(unsent).status_code == 404


def test_choices_are_quick_replies_and_a_tapped_one_is_an_answer(live, page, workspace, owner):
    buttons = {"buttons": [{"id": "1", "title": "Sí"}, {"id": "2", "title": "No"}]}
    meta = live(page)
    ana, _message = wrote(meta, workspace, owner, "¿Te aparto una?", kind="buttons", data=buttons)
    turn(meta)
    [asked] = meta.sent
    ana.tap(asked, "1")
    turn(meta)
    answer = house.messages(page)[-1]
    assert (answer.kind, answer.text, answer.data["id"]) == ("reply", "Sí", "1")


def test_what_instagram_counts_is_bytes(live, account, workspace, owner):
    meta = live(account)
    _phone, lead, session = begun(meta, workspace)
    with scope(workspace):
        messages.send(lead, by=owner, session=session, text="ñ" * 500)
        with pytest.raises(Refused, match="emoji and accents"):
            messages.send(lead, by=owner, session=session, text="ñ" * 501)
    turn(meta)
    assert [one.status for one in meta.sent] == ["read"]
    assert house.messages(account)[-1].delivery == "read"


def test_what_the_page_wrote_elsewhere_is_ours_with_nobodys_name(live, page, workspace):
    meta = live(page)
    phone, _lead, _session = begun(meta, workspace)
    phone.page_writes("Te atiende Lupita")
    turn(meta)
    with scope(workspace):
        reply = Message.objects.get(direction="out")
        assert (reply.text, reply.author_id, reply.delivery) == ("Te atiende Lupita", None, "sent")
        assert reply.data["app"] == defaults.OTHER_APP_ID


def test_what_another_app_answers_is_read_and_not_written_in(live, page, workspace, owner):
    meta = live(page)
    phone, lead, session = begun(meta, workspace)
    phone.other_app_takes("¿Me atienden?")
    turn(meta)
    assert thread(page)[-1] == ("in", "text", "¿Me atienden?")
    with scope(workspace):
        [route] = composing.routes_of(lead, owner)
        assert route.problem == "held"
        with pytest.raises(Refused, match="Another app"):
            messages.send(lead, by=owner, session=session, text="yo también")
    phone.gives_back()
    turn(meta)
    with scope(workspace):
        messages.send(lead, by=owner, session=Session.objects.get(), text="ahora sí")
    turn(meta)
    assert [one.content["body"] for one in meta.sent] == ["ahora sí"]


def test_watermarks_move_forward_only_and_not_what_was_sent_later(live, page, workspace, owner):
    meta = live(page)
    phone, lead, session = begun(meta, workspace)
    phone.customer.reads = "never"
    with scope(workspace):
        first = messages.send(lead, by=owner, session=session, text="uno")
    turn(meta)
    assert now(first).delivery == "delivered"
    moment = time.time()
    with scope(workspace):
        second = messages.send(lead, by=owner, session=session, text="dos")
    turn(meta)
    person = phone.customer.user_id

    def told(**what):
        meta.send(defaults.PAGE_ID, payloads.element(person, defaults.PAGE_ID, **what))
        turn(meta)

    told(read={"watermark": payloads.milliseconds(moment)})
    assert [now(one).delivery for one in (first, second)] == ["read", "delivered"]
    told(delivery={"watermark": payloads.milliseconds(moment + 5)})
    assert now(first).delivery == "read", "late words change nothing"
    told(read={"watermark": payloads.milliseconds(time.time() + 5)})
    assert now(second).delivery == "read"


def test_a_message_seen_before_its_answer_is_saved_is_seen(live, account, workspace, owner):
    """Instagram names the message."""
    meta = live(account)
    phone, lead, session = begun(meta, workspace)
    with scope(workspace):
        message = messages.send(lead, by=owner, session=session, text="uno")
        Message.objects.filter(pk=message.pk).update(delivery="queued")
    seen = payloads.element(phone.customer.user_id, defaults.ACCOUNT_ID, read={"mid": "m_later"})
    meta.send(defaults.ACCOUNT_ID, seen)
    meta.settle()
    from inbox.journal import splitting

    splitting.run()
    with scope(workspace):
        from inbox.intake import taking
        from inbox.intake.working import _parts

        raw = RawRequest.objects.order_by("-id").first()
        taking.take(account, [(0, part) for part in _parts(raw.pk, raw.size)[1]], arrived_at=raw.received_at)
        from inbox.intake import waiting

        message.refresh_from_db()
        message.external_id, message.delivery = "m_later", "sent"
        message.save()
        waiting.settle(message)
    assert now(message).delivery == "read"


def test_instagrams_own_login_has_a_secret_of_its_own(live, own, app, workspace):
    meta = live(own)
    phone = meta.customer("Ana Ruiz", username="ana.r")
    phone.text("Hola outlet", line=defaults.OWN_ACCOUNT_ID)
    turn(meta)
    assert [text for _d, _k, text in thread(own)] == ["Hola outlet"]
    body = payloads.raw(payloads.body("instagram", defaults.OWN_ACCOUNT_ID))
    for secret, wanted in ((defaults.OWN_SECRET, 200), (defaults.APP_SECRET, 403)):
        headers = {"X-Hub-Signature-256": payloads.signature(secret, body)}
        path = f"/hooks/instagram/{own.app.public_id}/"
        assert (
            Client().post(path, body, content_type="application/json", headers=headers).status_code == wanted
        )
        other = f"/hooks/meta/{own.app.public_id}/"
        assert Client().post(other, body, content_type="application/json", headers=headers).status_code == 404
    assert ProviderApp.objects.get(pk=own.app_id).refused_count == 1


def test_mischief_costs_nothing_and_doubles_nothing(live, page, workspace):
    meta = live(page)
    ana = meta.customer("Ana Ruiz")
    meta.mischief("duplicate")
    ana.text("dos veces")
    meta.mischief("wrong_signature")
    ana.text("firmado al segundo intento")
    for kind in ("malformed", "wrong_types", "unknown_receiver", "unknown_type", "unknown_field", "batch"):
        meta.mischief(kind)
    meta.mischief("reorder", times=2)
    ana.text("a")
    ana.text("b")
    turn(meta)
    texts = [text for _d, _k, text in thread(page)]
    assert sorted(texts).count("dos veces") == 1
    assert len(texts) == 2 + 1 + 40 + 2
    assert RawRequest.objects.troubled().count() >= 5


def test_tokens_of_instagram_are_kept_fresh_and_others_are_told_in_time(meta, own, page, workspace):
    token = {
        "given_at": (timezone.now() - timedelta(hours=26)).isoformat(),
        "ends_at": "",
        "refreshed": False,
    }
    meta.instagram.own.token_at -= 26 * 3600
    with scope(workspace):
        Channel.objects.filter(pk=own.pk).update(settings={**own.settings, "token": token})
    assert checking.enqueue_all() == 2
    meta.instagram.app.ends_at = int(time.time() + 3 * 86400)
    house.work_off()
    assert checking.enqueue_all() == 2
    assert Item.objects.filter(kind=checking.CHECK).count() == 2, "once a day"
    with scope(workspace):
        fresh = Channel.objects.get(pk=own.pk)
        assert fresh.secrets["token"] == meta.instagram.own.token != defaults.OWN_TOKEN
        assert fresh.settings["token"]["refreshed"]
        assert fresh.state == "connected"
        told = Channel.objects.get(pk=page.pk)
        assert (told.state, "The token ends on" in told.problem) == ("troubled", True)
        meta.instagram.expire_token()
        with pytest.raises(Exception, match="no longer accepts"):
            checking.refresh(told)
        assert Channel.objects.get(pk=page.pk).state == "disconnected"
