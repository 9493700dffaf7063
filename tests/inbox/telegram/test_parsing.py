"""Every update of the documentation, as the parts that it is; and any bytes at all, as some."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.channels.inbound import (
    ChannelUpdate,
    InboundMessage,
    Kind,
    Malformed,
    MessageEdit,
    MessageRevocation,
    Part,
    ReachabilityChange,
    ReactionChange,
    StatusUpdate,
    Unhandled,
)
from inbox.channels.telegram.parsing import UPDATES, parts
from inbox.simulator.telegram import updates
from inbox.simulator.telegram.updates import ANA

BOT = "7100000001"
ARRIVED = datetime(2026, 11, 30, 12, tzinfo=UTC)
AT = 1_796_000_000
OWNER = {"id": 99, "is_bot": False, "first_name": "Lupita"}


def read(body, bot=BOT):
    found = parts(bot, updates.raw(body), ARRIVED)
    assert found
    return found


def one(body):
    (found,) = read(body)
    return found


def test_a_text_is_of_the_chat_and_the_bot():
    part = one(updates.message(ANA, 7, text="Hola", at=AT, reply_to=5))
    assert isinstance(part, InboundMessage)
    assert (part.receiver, part.sender, part.external_id) == (BOT, "tg:42", "42:7")
    assert (part.keys, part.name, part.username, part.is_echo) == (("tg:42",), "Ana Ruiz", "ana", False)
    assert (part.kind, part.text, part.reply_to, part.sequence) == (Kind.TEXT, "Hola", "42:5", 7)
    assert part.at == datetime.fromtimestamp(AT, UTC)


def test_ids_have_more_than_32_bits():
    big = {**ANA, "id": 5_234_567_890_123}
    part = one(updates.message(big, 2**40, text="Hola"))
    assert (part.external_id, part.keys) == (f"5234567890123:{2**40}", ("tg:5234567890123",))


CONTENTS = [
    ({"photo": updates.photo("F1"), "caption": "Esta"}, Kind.IMAGE, "Esta", ("F1", "image/jpeg", "")),
    (
        {"document": updates.file("F2", "application/pdf", name="a.pdf")},
        Kind.DOCUMENT, "", ("F2", "application/pdf", "a.pdf"),
    ),
    ({"voice": updates.file("F3", "audio/ogg", duration=3)}, Kind.VOICE, "", ("F3", "audio/ogg", "")),
    ({"audio": updates.file("F4", "audio/mpeg", name="s.mp3")}, Kind.AUDIO, "", ("F4", "audio/mpeg", "s.mp3")),
    ({"video": updates.file("F5", "video/mp4")}, Kind.VIDEO, "", ("F5", "video/mp4", "")),
    ({"video_note": {"file_id": "F6", "length": 240}}, Kind.VIDEO, "", ("F6", "video/mp4", "")),
    (
        {"animation": updates.file("F7", "video/mp4"), "document": updates.file("F7", "video/mp4")},
        Kind.VIDEO, "", ("F7", "video/mp4", ""),
    ),
    (
        {"sticker": {"file_id": "F8", "is_animated": False, "is_video": False, "emoji": "👋"}},
        Kind.STICKER, "👋", ("F8", "image/webp", ""),
    ),
    (
        {"sticker": {"file_id": "F9", "is_animated": True, "thumbnail": {"file_id": "T9"}, "emoji": "👋"}},
        Kind.STICKER, "👋", ("T9", "image/webp", ""),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("members", "kind", "text", "media"), CONTENTS)
def test_a_file_is_named_by_the_message(members, kind, text, media):
    part = one(updates.message(ANA, 7, **members))
    [ref] = part.media
    assert (part.kind, part.text, (ref.provider_id, ref.mime, ref.name)) == (kind, text, media)


def test_places_cards_and_dice_are_read():
    spot = {"latitude": 19.4, "longitude": -99.1}
    venue = {"location": spot, "title": "Tienda", "address": "Colima 210"}
    assert one(updates.message(ANA, 1, location=spot)).data == spot
    assert one(updates.message(ANA, 2, venue=venue, location=spot)).data == {
        **spot, "name": "Tienda", "address": "Colima 210",
    }  # fmt: skip
    card = one(updates.message(ANA, 3, contact={"phone_number": "+525512345678", "first_name": "Eva"}))
    assert card.data == {"contacts": [{"name": "Eva", "phones": ["+525512345678"]}]}
    assert one(updates.message(ANA, 4, dice={"emoji": "🎲", "value": 4})).text == "🎲 4"


def test_an_album_is_known_by_its_group_and_a_link_by_what_it_says():
    part = one(updates.message(ANA, 7, photo=updates.photo("F"), media_group_id="130001"))
    assert part.data == {"album": "130001"}
    assert one(updates.message(ANA, 8, text="/start feria-2026")).data == {"start": "feria-2026"}
    quoted = one(updates.message(ANA, 9, text="sí", reply_to=5, quote={"text": "¿en azul?", "position": 0}))
    assert (quoted.data, quoted.reply_to) == ({"quote": "¿en azul?"}, "42:5")
    assert one(updates.message(ANA, 10, text="mira", forward_origin={"type": "hidden_user"})).forwarded


def test_what_has_no_kind_is_shown_as_such_and_what_merely_happened_is_counted():
    poll = one(updates.message(ANA, 7, poll={"id": "5", "question": "¿?"}))
    assert (poll.kind, poll.data["type"]) == (Kind.UNSUPPORTED, "poll")
    future = one(updates.message(ANA, 8, hologram={"scent": "lavanda"}))
    assert (future.kind, future.data) == (
        Kind.UNSUPPORTED,
        {"type": "hologram", "content": {"scent": "lavanda"}},
    )
    pinned = one(updates.message(ANA, 9, pinned_message={"message_id": 3}))
    assert isinstance(pinned, Unhandled)
    assert pinned.name == "service:pinned_message"


def test_edits_say_what_it_says_now_and_live_places_say_nothing():
    edit = one(updates.edited(ANA, 7, update_id=555, text="Hola, buenas", edit_date=AT))
    assert isinstance(edit, MessageEdit)
    assert (edit.external_id, edit.target, edit.text) == ("edit:555", "42:7", "Hola, buenas")
    live = one(updates.edited(ANA, 7, location={"latitude": 1, "longitude": 2, "live_period": 900}))
    assert (type(live), live.name) == (Unhandled, "live_location")


def test_a_pressed_button_is_an_answer_and_wants_one():
    keyboard = {"inline_keyboard": [[{"text": "Sí, por favor", "callback_data": "1"}]]}
    below = updates.content(
        {"id": 7100000001, "is_bot": True}, 9, chat=updates.chat_of(ANA), reply_markup=keyboard
    )
    answer, told = read(updates.callback(ANA, "444", "1", below=below))
    assert (answer.kind, answer.text, answer.data) == (
        Kind.REPLY,
        "Sí, por favor",
        {"id": "1", "title": "Sí, por favor"},
    )
    assert (answer.external_id, answer.reply_to, answer.keys, answer.at) == (
        "callback:444",
        "42:9",
        ("tg:42",),
        ARRIVED,
    )
    assert not answer.is_echo
    assert isinstance(told, ChannelUpdate)
    assert (told.what, told.event, told.sender) == ("callback", "444", answer.sender)


def test_blocked_and_unblocked_are_told():
    blocked, back = (one(updates.membership(ANA, status, at=AT)) for status in ("kicked", "member"))
    assert isinstance(blocked, ReachabilityChange)
    assert (blocked.reachable, back.reachable, blocked.keys) == (False, True, ("tg:42",))


def test_a_reaction_is_the_last_that_was_put_and_none_takes_it_away():
    part = one(updates.reaction(ANA, 7, "👍", "🔥"))
    assert isinstance(part, ReactionChange)
    assert (part.target, part.emoji) == ("42:7", "🔥")
    assert one(updates.reaction(ANA, 7)).emoji == ""


def test_groups_are_counted_and_no_conversation():
    bodies = [
        updates.message(ANA, 7, chat=updates.GROUP, text="Hola a todos"),
        updates.edited(ANA, 7, chat=updates.GROUP, text="Hola"),
        updates.membership(ANA, "member", chat=updates.GROUP),
    ]
    found = [one(body) for body in bodies]
    assert [type(part) for part in found] == [Unhandled] * 3
    assert [part.name for part in found] == ["group:message", "group:edited_message", "group:my_chat_member"]
    assert {part.receiver for part in found} == {BOT}


def test_of_an_account_the_owner_is_us_and_the_bot_has_said_it_already():
    theirs = one(updates.business(ANA, 7, connection="C1", text="Hola"))
    assert (theirs.receiver, theirs.external_id, theirs.is_echo) == ("C1", "42:7", False)
    ours = one(updates.business(ANA, 8, connection="C1", by=OWNER, text="Dime"))
    assert (ours.is_echo, ours.keys, ours.name) == (True, ("tg:42",), "Ana Ruiz")
    by_bot = one(
        updates.business(ANA, 9, connection="C1", by=OWNER, text="Va", sender_business_bot={"id": 7})
    )
    assert isinstance(by_bot, StatusUpdate)
    assert (by_bot.external_id, str(by_bot.status)) == ("42:9", "sent")
    edit = one(updates.business(ANA, 8, connection="C1", by=OWNER, text="Dime tú", edit=True))
    assert (edit.is_echo, edit.target, edit.receiver) == (True, "42:8", "C1")


def test_a_deletion_in_an_account_may_be_of_either_side():
    found = read(updates.deleted(ANA, 7, 8, connection="C1"))
    assert {(type(part), part.target, part.is_echo) for part in found} == {
        (MessageRevocation, target, echo) for target in ("42:7", "42:8") for echo in (False, True)
    }
    assert len({part.external_id for part in found}) == 4


@pytest.mark.parametrize(
    ("rights", "kept"),
    [
        ({"rights": {"can_reply": True, "can_read_messages": True}}, ["can_reply", "can_read_messages"]),
        ({"can_reply": True}, ["can_reply"]),
        ({"rights": {}}, []),
    ],
)
def test_a_connection_is_kept_with_its_rights(rights, kept):
    given = {"id": "C1", "user": OWNER, "user_chat_id": 99, "date": AT, "is_enabled": True, **rights}
    part = one(updates.update(business_connection=given))
    assert (part.receiver, part.what, part.event) == (BOT, "connection", "C1")
    assert (part.data["owner"], part.data["rights"], part.data["is_enabled"]) == ("99", kept, True)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"5", b'{"update_id": "x"}', b'{"update_id": 1, "message": null}',
        b'{"update_id": 1, "message": {"chat": 7}}', b'{"update_id": 1, "message": {"chat": {"id": true}}}',
        b'{"update_id": 1, "message": {"chat": {"id": 4, "type": "private"}, "message_id": "uno", "text": "x"}}',
        b'{"update_id": 1, "callback_query": {"from": {"id": 4}}}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(body):
    (part,) = parts(BOT, body, ARRIVED)
    assert isinstance(part, Malformed)
    assert part.reason


def test_an_update_of_next_year_is_counted():
    assert one(updates.update(mood_changed={"mood": "calm"})).name == "update:mood_changed"


def test_texts_that_postgresql_cannot_keep_are_made_whole():
    body = json.dumps(updates.message(ANA, 7, text="a\0b\ud83d" + "x" * 30_000)).encode()
    (part,) = parts(BOT, body, ARRIVED)
    assert part.text.startswith("ab\ufffd")
    assert part.data["cut"] == 30_004


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "chat", "from", "id", "type", "message_id", "date", "text", "photo", "sticker", "document", "location", "venue",
        "contact", "dice", "reply_to_message", "business_connection_id", "sender_business_bot", "new_chat_member",
        "status", "new_reaction", "emoji", "message_ids", "data", "message", "reply_markup", "inline_keyboard", "user",
        "rights", "is_enabled", "caption", "media_group_id", "file_id", "thumbnail", "edit_date",
    ]
)  # fmt: skip
SHAPED = st.recursive(
    JSON | st.just("private") | st.just({"id": 42, "type": "private"}),
    lambda inner: st.dictionaries(NAMES, inner, max_size=8) | st.lists(inner, max_size=3),
    max_leaves=30,
)


@settings(max_examples=300)
@given(name=st.sampled_from([*UPDATES, "poll"]), inner=SHAPED, number=st.integers() | st.none())
def test_whatever_comes_is_parts_of_storable_values(name, inner, number):
    body = json.dumps({"update_id": number, name: inner}).encode()
    for part in parts(BOT, body, ARRIVED):
        assert isinstance(part, Part)
        assert not (isinstance(part, Malformed) and part.reason.startswith("our fault")), part.reason
        stored = json.dumps(getattr(part, "data", {}), allow_nan=False)
        assert "\\u0000" not in stored


@settings(max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_are_some_part(body):
    assert parts(BOT, body, ARRIVED)
