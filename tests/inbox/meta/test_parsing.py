"""From bodies to parts: everything that the reference names, and everything that no reference would."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.channels.inbound import (
    ChannelUpdate,
    Delivery,
    HolderChange,
    InboundMessage,
    Kind,
    Malformed,
    MessageEdit,
    MessageRevocation,
    ReactionChange,
    ReferralNotice,
    StatusUpdate,
    Unhandled,
    Watermark,
)
from inbox.channels.meta.plugs import META
from inbox.models import ProviderApp
from tests.inbox.meta.events import ARRIVED, AT, STAMP, echo, element, message, raw, webhook

APP = ProviderApp(provider="meta", secrets={"app_id": "77"})
UID = "0123456789abcdef0123456789abcdef"


def parse(body):
    return META.parse(APP, body if isinstance(body, bytes) else raw(body), ARRIVED)


def one(*elements, **how):
    [part] = parse(webhook(*elements, **how))
    return part


def file(kind, **payload):
    return {"type": kind, "payload": payload}


def test_a_text_names_page_and_person_by_page_scoped_ids():
    part = one(message(text="oi", reply_to={"mid": "m_0"}))
    assert isinstance(part, InboundMessage)
    assert (part.receiver, part.sender, part.keys, part.external_id) == (
        "PAGE1", "psid:PAGE1:PSID1", ("psid:PAGE1:PSID1",), "m_1",
    )  # fmt: skip
    assert (part.kind, part.text, part.at, part.reply_to, part.is_echo, part.held, part.name) == (
        Kind.TEXT, "oi", AT, "m_0", False, False, "",
    )  # fmt: skip
    insta = one(element("IG1", "ACC1", message={"mid": "m", "text": "a"}), of="instagram", entry="ACC1")
    assert insta.keys == ("igsid:ACC1:IG1",)


@pytest.mark.parametrize(
    ("kind", "expected", "claimed"),
    [
        ("image", Kind.IMAGE, "image"), ("video", Kind.VIDEO, "video"), ("audio", Kind.AUDIO, "audio"),
        ("file", Kind.DOCUMENT, "any"), ("sticker", Kind.STICKER, "sticker"), ("ig_reel", Kind.IMAGE, "any"),
        ("share", Kind.IMAGE, "any"), ("ig_post", Kind.IMAGE, "any"), ("reel", Kind.IMAGE, "any"),
    ],
)  # fmt: skip
def test_every_file_is_to_be_fetched_at_once(kind, expected, claimed):
    url = "https://scontent.xx.fbcdn.net/v/1?sig=2"
    part = one(message(attachments=[file(kind, url=url)]))
    assert (part.kind, part.media[0].url, part.media[0].kind) == (expected, url, claimed)


def test_what_is_a_page_and_no_file_becomes_its_address():
    shared = {"type": "fallback", "payload": {"url": "https://shop.example/x", "title": "Sábanas"}}
    assert one(message(attachments=[shared])).text == "Sábanas\nhttps://shop.example/x"
    with_words = one(message(text="mira", attachments=[shared]))
    assert (with_words.text, with_words.media) == ("mira", ())


def test_old_stickers_and_several_files_of_different_kinds():
    part = one(message(attachments=[file("image", url="https://a.fbcdn.net/1", sticker_id=369239263222822)]))
    assert part.kind is Kind.STICKER
    many = one(
        message(
            attachments=[
                file("image", url="https://a.fbcdn.net/1"),
                file("audio", url="https://a.fbcdn.net/2"),
            ]
        )
    )
    assert [ref.kind for ref in many.media] == ["image", "audio"]


def test_stories_that_are_answered_and_that_name_us():
    story = {"id": "1789", "url": "https://lookaside.fbsbx.com/ig?asset_id=1"}
    reply = one(message(text="¡qué lindo!", reply_to={"story": story}), of="instagram")
    assert (reply.kind, reply.text, reply.data["story"]) == (
        Kind.TEXT, "¡qué lindo!", {"what": "reply", "id": "1789"},
    )  # fmt: skip
    assert reply.media[0].url == story["url"]
    mention = one(message(attachments=[file("story_mention", url=story["url"])]), of="instagram")
    assert mention.data["story"]["what"] == "mention"
    assert mention.media[0].kind == "any"
    ended = one(message(attachments=[file("story_mention")]), of="instagram")
    assert (ended.kind, ended.media, ended.data["story"]["what"]) == (Kind.TEXT, (), "mention")


def test_choices_postbacks_and_what_led_here():
    part = one(message(text="Rojo", quick_reply={"payload": "R"}))
    assert (part.kind, part.text, part.data["id"]) == (Kind.REPLY, "Rojo", "R")
    ad = {
        "ref": "r",
        "source": "ADS",
        "ad_id": "6",
        "ads_context_data": {"ad_title": "20 %", "photo_url": "https://p"},
    }
    postback = one(element(postback={"mid": "m_p", "title": "Empezar", "payload": "GO", "referral": ad}))
    assert (postback.external_id, postback.kind, postback.text, postback.data["id"]) == (
        "m_p", Kind.REPLY, "Empezar", "GO",
    )  # fmt: skip
    assert postback.referral == {
        "source_type": "ad", "source_id": "6", "headline": "20 %", "image_url": "https://p", "ref": "r",
    }  # fmt: skip
    old = one(element(postback={"title": "Empezar", "payload": "GO"}))
    assert old.external_id == one(element(postback={"title": "Empezar", "payload": "GO"})).external_id
    link = one(element(referral={"ref": "tarjeta", "source": "SHORTLINK", "type": "OPEN_THREAD"}))
    assert isinstance(link, ReferralNotice)
    assert link.referral == {"source_type": "link", "ref": "tarjeta"}
    assert isinstance(one(element(optin={"ref": "casilla"})), ReferralNotice)
    assert one(element(optin={"type": "one_time_notif_req"})).name == "optin"


def test_reactions_edits_and_deletions():
    part = one(element(reaction={"mid": "m_1", "action": "react", "emoji": "😍", "reaction": "other"}))
    assert isinstance(part, ReactionChange)
    assert (part.target, part.emoji) == ("m_1", "😍")
    assert one(element(reaction={"mid": "m_1", "action": "react", "reaction": "love"})).emoji == "❤️"
    assert one(element(reaction={"mid": "m_1", "action": "unreact"})).emoji == ""
    edit = one(element(message_edit={"mid": "m_1", "text": "ahora sí", "num_edit": 2}))
    assert isinstance(edit, MessageEdit)
    assert (edit.target, edit.text, edit.external_id) == ("m_1", "ahora sí", "edit:m_1:2")
    gone = one(message(is_deleted=True))
    assert isinstance(gone, MessageRevocation)
    assert gone.target == "m_1"


def test_echoes_of_ours_of_the_inbox_and_of_another_app():
    ours = one(echo(metadata=UID))
    assert (ours.is_echo, ours.correlation, ours.keys, ours.data) == (True, UID, ("psid:PAGE1:PSID1",), {})
    inbox = one(echo(app_id=2639))
    assert (inbox.correlation, inbox.data) == (None, {"app": "2639"})
    assert one(echo(metadata="whatever")).correlation is None


def test_watermarks_and_the_messages_they_name():
    parts = parse(webhook(element(delivery={"mids": ["m_a", "m_b"], "watermark": STAMP - 5000})))
    assert [type(part) for part in parts] == [StatusUpdate, StatusUpdate, Watermark]
    assert (parts[0].external_id, parts[0].status, parts[2].at) == (
        "m_a",
        Delivery.DELIVERED,
        AT - timedelta(seconds=5),
    )
    read = one(element(read={"watermark": STAMP}))
    assert (type(read), read.status, read.at, read.target) == (Watermark, Delivery.READ, AT, "")
    seen = one(element(read={"mid": "m_ours"}), of="instagram")
    assert (seen.status, seen.target) == (Delivery.READ, "m_ours")
    for absurd in (None, "x", -5, 10**20, {}):
        assert isinstance(one(element(read={"watermark": absurd})), Malformed), "it would move everything"


def test_another_app_that_answers():
    held = one(message(text="hola"), where="standby")
    assert (held.held, held.text) == (True, "hola")
    given = one(element(pass_thread_control={"new_owner_app_id": "77"}))
    assert (type(given), given.held) == (HolderChange, False)
    taken = one(element(take_thread_control={"previous_owner_app_id": "77", "new_owner_app_id": 2639}))
    assert taken.held


def test_what_is_not_understood_is_shown_counted_or_said():
    assert one(message(is_unsupported=True)).kind is Kind.UNSUPPORTED
    future = one(message(attachments=[file("hologram", scent="x")]))
    assert (future.kind, future.data["type"]) == (Kind.UNSUPPORTED, "hologram")
    assert one(element(mood={"x": 1})).name == "messaging:mood"
    policy = element(**{"policy-enforcement": {"action": "block", "reason": "spam"}})
    del policy["sender"]
    told = one(policy)
    assert (type(told), told.event, told.sender) == (ChannelUpdate, "block", "")
    comments = parse(
        {"object": "instagram", "entry": [{"id": "A", "changes": [{"field": "comments", "value": {}}]}]}
    )
    assert [part.name for part in comments] == ["field:comments"]
    assert isinstance(parse({"object": "permissions", "entry": []})[0], Unhandled)


def test_the_dashboards_test_comes_as_changes_of_account_0():
    value = element(
        "12334", "23245", timestamp="1527459824", message={"mid": "random_mid", "text": "random_text"}
    )
    body = {
        "object": "instagram",
        "entry": [{"id": "0", "time": 1, "changes": [{"field": "messages", "value": value}]}],
    }
    [part] = parse(body)
    assert (part.receiver, part.keys, part.text) == ("23245", ("igsid:23245:12334",), "random_text")


def test_neighbours_of_the_broken_are_taken():
    parts = parse(
        webhook(
            None, {"sender": 5}, message("m_1", text="uno"), element(message="x"), message("m_2", text="dos")
        )
    )
    assert [type(part).__name__ for part in parts] == [
        "Malformed", "Malformed", "InboundMessage", "Malformed", "InboundMessage",
    ]  # fmt: skip
    assert parts[0].receiver == "PAGE1"


def test_an_address_that_is_none_is_shown_as_it_came():
    part = one(message(attachments=[file("ig_reel", url="https://[x")]))
    assert (part.kind, part.text, part.media) == (Kind.TEXT, "https://[x", ())


def test_what_is_kept_can_be_freed_of_one_person():
    body = raw(
        webhook(message("m_1", text="de ella"), element("PSID2", message={"mid": "m_2", "text": "de él"}))
    )
    mine = frozenset({"PAGE1:PSID1"})
    left = META.redact(body, "PAGE1", mine)
    assert [part.external_id for part in parse(left)] == ["m_2"]
    assert META.redact(raw(webhook(message("m_1"), echo())), "PAGE1", mine) is None
    assert META.redact(body, "PAGE1", frozenset({"PAGE2:PSID1"})) is not None


def test_one_endpoint_reads_whatsapp_too():
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "W", "changes": [{"field": "x", "value": {}}]}],
    }
    assert parse(body)[0].name == "field:x"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.sampled_from([
    "message", "postback", "reaction", "message_edit", "delivery", "read", "referral", "optin", "pass_thread_control",
    "take_thread_control", "policy-enforcement",
])  # fmt: skip
MEMBERS = st.dictionaries(
    st.sampled_from([
        "mid", "text", "attachments", "reply_to", "quick_reply", "is_echo", "is_deleted", "app_id", "metadata", "mids",
        "watermark", "emoji", "action", "referral", "title", "payload", "new_owner_app_id", "num_edit", "ref", "source",
        "ads_context_data",
    ]),
    JSON | st.sampled_from(["m_1", True, [{"type": "image", "payload": {"url": "https://a.fbcdn.net/1"}}]]),
    max_size=6,
)  # fmt: skip


@settings(max_examples=150)
@given(
    elements=st.lists(
        st.builds(
            lambda name, value, base: {**base, name: value}, EVENTS, MEMBERS | JSON, st.just(element())
        ),
        max_size=3,
    ),
    where=st.sampled_from(["messaging", "standby", "changes"]),
    of=st.sampled_from(["page", "instagram"]),
)
def test_nothing_that_is_signed_breaks_it_and_all_of_it_can_be_stored(elements, where, of):
    for part in parse(webhook(*elements, where=where, of=of)):
        assert "\x00" not in repr(part)
        assert part.at <= ARRIVED + timedelta(days=1)
        if isinstance(part, InboundMessage):
            json.dumps([part.data, part.referral], allow_nan=False)
            assert part.keys[0]
            assert len(part.keys[0]) <= 200
            assert 0 < len(part.external_id) <= 200


@settings(max_examples=60)
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_parts(body):
    for part in parse(body):
        assert part.at <= datetime(2026, 11, 21, 13, tzinfo=UTC)
