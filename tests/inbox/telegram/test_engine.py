"""Both ways over real HTTP, against the fake: what a phone does is in the thread, what we write is on the phone."""

import io
import time
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from crm.outbound import Limits
from crm.tenancy import scope
from crm.work import sweeps
from crm.work.models import Item, Lane
from directory.models import Event, Lead
from inbox.actions import messages
from inbox.channels.telegram import api, sending
from inbox.models import Attachment, Identity, Message, Reaction, Session
from inbox.simulator.telegram import defaults, updates
from tests.at_once import at_once
from tests.inbox import house
from tests.inbox.telegram.conftest import now, thread, turn, wrote
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def picture(colour="teal"):
    content = io.BytesIO()
    Image.new("RGB", (8, 5), colour).save(content, "PNG")
    return content.getvalue()


def uploaded(owner, *contents, kind="image", mime="image/png"):
    made = []
    for place, content in enumerate(contents):
        one = Attachment(
            workspace_id=owner.workspace_id, kind=kind, mime=mime, name=f"{place}.png", size=len(content)
        )
        one.uploaded_by_id, one.state = owner.pk, "ready"
        one.file.save("f", ContentFile(content), save=False)
        one.save()
        made.append(one)
    return made


def test_somebody_writes_is_answered_with_a_quote_and_nothing_is_markup(live, bot, workspace, owner):
    ana = live.customer("Ana Ruiz", username="ana_r")
    hello = ana.text("Hola, ¿tienen en azul?")
    turn(live)
    with scope(workspace):
        lead = Lead.objects.get()
        identity = Identity.objects.get()
        assert (lead.name, identity.username) == ("Ana Ruiz", "ana_r")
        first = Message.objects.get()
        assert first.external_id == f"{ana.customer.tg_id}:{hello.id.rpartition(':')[2]}"
        session = Session.objects.get()
        messages.send(lead, by=owner, session=session, text="Sí: <b>azul</b> & *negro*", reply_to=first)
    turn(live)
    [taken] = live.sent
    assert (taken.content["body"], taken.reply_to, taken.status) == (
        "Sí: <b>azul</b> & *negro*",
        hello.id,
        "delivered",
    )
    reply = house.messages(bot)[-1]
    assert (reply.delivery, reply.external_id) == ("sent", taken.id.partition("/")[2])


def test_everything_a_phone_can_do_is_in_the_thread(live, bot, workspace):
    ana = live.customer("Ana Ruiz")
    said = ana.text("uno")
    ana.image(content=picture(), caption="miren")
    ana.voice()
    ana.document()
    ana.sticker()
    ana.location()
    ana.contact()
    ana.poll()
    album = ana.album(2, caption="los dos")
    ana.edit(said, "uno, corregido")
    ana.react(said, "👍")
    turn(live)
    kinds = [kind for _direction, kind, _text in thread(bot)]
    assert kinds == [
        "text", "image", "voice", "document", "sticker", "location", "contacts", "unsupported", "image", "image",
    ]  # fmt: skip
    with scope(workspace):
        assert Message.objects.order_by("sequence").first().text == "uno, corregido"
        assert Attachment.objects.exclude(state="ready").count() == 0
        assert not Attachment.objects.exclude(provider_url="").exists()
        image = Attachment.objects.filter(kind="image").order_by("id").first()
        assert (image.mime, image.width, image.height) == ("image/png", 8, 5)
        assert Reaction.objects.get().emoji == "👍"
        groups = {one.data["album"] for one in Message.objects.filter(data__has_key="album")}
        assert groups == {album[0].group}


def test_choices_are_buttons_and_a_pressed_one_is_answered(live, bot, workspace, owner):
    buttons = {"buttons": [{"id": "1", "title": "Sí"}, {"id": "2", "title": "No"}]}
    ana, message = wrote(live, workspace, owner, "¿Te aparto una?", kind="buttons", data=buttons)
    turn(live)
    [asked] = live.sent
    ana.tap(asked, "1")
    assert live.provider.queries
    turn(live)
    answer = house.messages(bot)[-1]
    assert (answer.kind, answer.text, answer.data["id"], answer.reply_to_id) == (
        "reply",
        "Sí",
        "1",
        message.pk,
    )
    assert live.provider.queries == {}, "the phone waits for an answer"


def test_a_file_goes_as_what_telegram_shows_and_pictures_together_as_an_album(live, bot, workspace, owner):
    ana = live.customer("Ana Ruiz")
    ana.text("Hola")
    turn(live)
    with scope(workspace):
        session = Session.objects.select_related("identity__lead").get()
        lead = session.identity.lead
        common = {"by": owner, "session": session}
        pictures = uploaded(owner, picture(), picture("red"), picture("blue"))
        album = messages.send(lead, kind="image", text="Las tres", attachments=pictures, **common)
        messages.send(lead, kind="document", attachments=uploaded(owner, b"%PDF-1.4", kind="document", mime="application/pdf"), **common)  # fmt: skip # noqa: E501
        with pytest.raises(Refused):
            messages.send(lead, kind="image", attachments=uploaded(owner, *[picture()] * 11), **common)
    for _ in range(3):
        turn(live)
    shown = [(one.type, one.content.get("caption")) for one in live.sent]
    assert shown == [("image", "Las tres"), ("image", None), ("image", None), ("document", None)]
    assert len({one.group for one in live.sent[:3]}) == 1
    assert live.provider.store.read(live.sent[2].content["id"]) == picture("blue")
    assert (now(album).delivery, len(now(album).data["parts"])) == ("sent", 3)


def test_one_that_blocked_the_bot_cannot_be_written_to_until_they_are_back(live, bot, workspace, owner):
    ana, _message = wrote(live, workspace, owner, "uno")
    turn(live)
    ana.block()
    turn(live)
    with scope(workspace):
        lead, session = Lead.objects.get(), Session.objects.get()
        assert not Identity.objects.get().is_reachable
        with pytest.raises(Refused, match="cannot be reached"):
            messages.send(lead, by=owner, session=session, text="dos")
    ana.unblock()
    turn(live)
    with scope(workspace):
        assert Identity.objects.get().is_reachable
        told = Event.objects.filter(verb="identity.reachability_changed").order_by("id")
        assert [event.facts["reachable"] for event in told] == [False, True]


def test_a_refusal_tells_it_too_and_their_next_message_takes_it_back(live, bot, workspace, owner):
    ana, message = wrote(live, workspace, owner, "uno")
    ana.customer.blocked = True
    turn(live)
    failed = now(message)
    assert (failed.delivery, failed.error_code, failed.identity.is_reachable) == ("failed", "blocked", False)
    ana.customer.blocked = False
    ana.text("aquí estoy")
    turn(live)
    assert now(message).identity.is_reachable


def test_late_and_repeated_words_about_blocking_change_nothing(live, bot, workspace):
    ana = live.customer("Ana Ruiz")
    ana.text("Hola")
    turn(live)
    user = ana.customer.user()
    moment = time.time()
    back = updates.membership(user, "member", at=moment)
    for body in (updates.membership(user, "kicked", at=moment - 60), back, updates.membership(user, "kicked", at=moment - 60), back):  # fmt: skip # noqa: E501
        live.send(body)
        turn(live)
    with scope(workspace):
        assert Identity.objects.get().is_reachable
        assert Event.objects.filter(verb="identity.reachability_changed").count() == 2


TROUBLES = [
    ({"kind": "error", "code": 429, "times": 2}, "sent", 1, ""),
    ({"kind": "error", "code": 500, "times": 1}, "sent", 1, ""),
    ({"kind": "error", "code": 403}, "failed", 0, "blocked"),
    ({"kind": "error", "code": 400}, "failed", 0, "parameter"),
    ({"kind": "close"}, "unknown", 0, "silence"),
    ({"kind": "garbage"}, "unknown", 0, "http 200"),
    ({"kind": "status", "status": 502}, "unknown", 0, "http 502"),
]


def test_a_provider_in_trouble_is_waited_for_and_then_it_shows(live, bot, workspace, owner):
    for number, (fault, expected, taken, code) in enumerate(TROUBLES):
        before = len(live.sent)
        _ana, message = wrote(live, workspace, owner, name=f"Ana {number}")
        live.misbehave(**fault)
        for _ in range(4):
            turn(live)
        found = now(message)
        assert (found.delivery, len(live.sent) - before, found.error_code) == (expected, taken, code), fault


def test_429_parks_the_whole_bot_for_as_long_as_it_says(live, bot, workspace, owner):
    wrote(live, workspace, owner)
    live.misbehave("error", code=429)
    house.work_off()
    lane = Lane.objects.get(kind="inbox.send")
    assert lane.parked_until is not None
    assert (lane.rate, Item.objects.get(kind="inbox.send").attempts) == (30, 0)


def test_a_send_that_is_killed_or_silent_is_unknown_never_sent_again_and_settled_by_hand(
    live, bot, workspace, owner, monkeypatch
):
    monkeypatch.setattr(sending, "UPLOADS", Limits(total=1))
    monkeypatch.setattr(api, "Limits", lambda total=25, **more: Limits(total=1, **more))
    _ana, message = wrote(live, workspace, owner, "uno")
    with scope(workspace):
        session = Session.objects.get()
        behind = messages.send(Lead.objects.get(), by=owner, session=session, text="dos")
    live.misbehave("accept_then_hang", seconds=2)
    for _ in range(3):
        turn(live)
    assert (now(message).delivery, now(behind).delivery, len(live.sent)) == ("unknown", "queued", 1)
    with scope(workspace):
        messages.settle_by_hand(now(message), by=owner)
    turn(live)
    assert (now(message).delivery, now(behind).delivery) == ("sent", "sent")
    assert [one.content["body"] for one in live.sent] == ["uno", "dos"], "never a blind resend"
    # a worker that died: its lease ends
    _eva, killed = wrote(live, workspace, owner, "tres", name="Eva")
    Item.objects.filter(correlation=killed.uid.hex).update(state="claimed", claim=killed.uid, lease_until="2020-01-01T00:00Z", attempts=1)  # fmt: skip # noqa: E501
    sweeps.end_expired_leases()
    turn(live)
    assert (now(killed).delivery, len(live.sent)) == ("unknown", 2)


def test_to_one_person_the_pace_is_kept_without_hindering_others(live, bot, workspace, owner):
    _ana, first = wrote(live, workspace, owner, "0")
    with scope(workspace):
        session = Session.objects.get()
        for number in range(1, 5):
            messages.send(Lead.objects.get(), by=owner, session=session, text=f"{number}")
    _eva, other = wrote(live, workspace, owner, "a", name="Eva")
    house.work_off()
    assert [one.content["body"] for one in live.sent][-4:] == ["0", "1", "2", "a"] or now(
        other
    ).delivery == "sent"
    waiting = Item.objects.filter(kind="inbox.send", state__in=("retry", "queued"))
    assert waiting.count() >= 1
    with scope(workspace):
        Message.objects.update(delivery_at=first.created_at.replace(year=2020))
    for _ in range(3):
        turn(live)
        with scope(workspace):
            Message.objects.update(delivery_at=first.created_at.replace(year=2020))
    assert [one.content["body"] for one in live.sent if one.content["body"] != "a"] == [
        "0",
        "1",
        "2",
        "3",
        "4",
    ]


def test_a_token_that_is_no_longer_good_cuts_the_bot_off(live, bot, workspace, owner):
    _ana, message = wrote(live, workspace, owner)
    live.expire_token()
    turn(live)
    with scope(workspace):
        bot.refresh_from_db()
    assert (bot.state, now(message).delivery, now(message).error_code) == ("disconnected", "failed", "token")
    assert defaults.BOT_TOKEN not in bot.problem


def test_a_file_over_20_mb_says_so_where_it_would_stand(live, bot, workspace):
    ana = live.customer("Ana Ruiz")
    ana.file("video", b"1234", "video/mp4", claimed_size=21 * 1024 * 1024)
    turn(live)
    with scope(workspace):
        attachment = Attachment.objects.get()
    assert (attachment.state, "20 MB" in attachment.error) == ("failed", True)
    assert defaults.BOT_TOKEN not in attachment.error + attachment.provider_url


def test_updates_twice_reversed_forged_and_broken_lose_and_double_nothing(live, bot, workspace):
    ana = live.customer("Ana Ruiz")
    live.provider.webhooks.double(3)
    for number in range(3):
        ana.text(f"{number}")
    live.settle()
    live.provider.webhooks.hold(3)
    for number in range(3, 6):
        ana.text(f"{number}")
    live.provider.webhooks.misign(1)
    ana.text("6")
    for kind in ("malformed", "wrong_types", "unknown_update", "batch", "huge"):
        live.mischief(kind)
    turn(live)
    texts = [text for _direction, _kind, text in thread(bot)]
    assert [text for text in texts if len(text) == 1] == [str(number) for number in range(7)]
    assert len(texts) == 7 + 40 + 2, "the huge one, and one whose text was none, shown as such"
    bot.app.refresh_from_db()
    assert bot.app.refused_count == 1
    assert live.bot.last_error.startswith("Wrong response from the webhook: 403")


def test_two_first_messages_at_once_are_one_lead(live, bot, workspace):
    ana = live.customer("Ana Ruiz")
    bodies = [
        updates.raw(updates.message(ana.customer.user(), number, text=f"{number}")) for number in range(1, 7)
    ]
    address = f"/hooks/telegram/{bot.app.public_id}/"

    def post(body):
        headers = {"X-Telegram-Bot-Api-Secret-Token": defaults.SECRET}
        Client().post(address, body, content_type="application/json", headers=headers)

    at_once(*(partial(post, body) for body in bodies))
    turn(live)
    with scope(workspace):
        assert (Lead.objects.count(), Message.objects.count()) == (1, 6)
        assert [one.text for one in Message.objects.order_by("sequence")] == [str(n) for n in range(1, 7)]


def test_groups_are_counted_on_the_channel(live, bot, workspace):
    ana = live.customer("Ana Ruiz")
    ana.group_text()
    ana.group_text("otra")
    turn(live)
    with scope(workspace):
        bot.refresh_from_db()
        assert (bot.settings["ignored"], Lead.objects.count()) == ({"group:message": 2}, 0)
