"""From a webhook's bytes to parts: every type of the reference, whole batches, and whatever strangers think of."""

import pytest

from inbox.channels.inbound import (
    ChannelUpdate,
    ConsentChange,
    Delivery,
    IdentityChange,
    InboundMessage,
    Kind,
    Malformed,
    MessageEdit,
    MessageRevocation,
    ReactionChange,
    StatusUpdate,
    TemplateUpdate,
    Unhandled,
)
from inbox.channels.whatsapp.parsing import parse
from inbox.models import MessageKind
from tests.inbox.whatsapp.webhooks import ARRIVED, AT, STAMP, change, message, raw, status, webhook


def parts(*changes, **entry):
    return parse(raw(webhook(*changes, **entry)), ARRIVED)


def one(given):
    (part,) = parts(change(messages=[given]))
    return part


def test_a_message_says_who_where_when_and_what():
    part = one(message(context={"from": "5511400001", "id": "wamid.OLD"}))
    assert part == InboundMessage(
        receiver="PN1",
        account="WABA1",
        sender="wa:5511988887777",
        at=AT,
        external_id="wamid.A1",
        keys=("wa:5511988887777", "bsuid:BR.77"),
        phone="+5511988887777",
        name="Ana",
        username="ana.s",
        kind=Kind.TEXT,
        text="oi",
        reply_to="wamid.OLD",
    )


def test_the_kinds_are_those_of_messages():
    assert {kind.value for kind in Kind} <= set(MessageKind.values)


FILE = {"id": "M1", "mime_type": "image/jpeg", "sha256": "aGk="}


@pytest.mark.parametrize(
    ("given", "kind", "text", "data"),
    [
        (message("image", {**FILE, "caption": "look"}), Kind.IMAGE, "look", {}),
        (message("video", FILE), Kind.VIDEO, "", {}),
        (message("document", {**FILE, "filename": "a.pdf"}), Kind.DOCUMENT, "", {}),
        (message("sticker", {**FILE, "animated": True}), Kind.STICKER, "", {}),
        (message("audio", {**FILE, "voice": False}), Kind.AUDIO, "", {}),
        (message("audio", {**FILE, "voice": True}), Kind.VOICE, "", {}),
        (message("image", {"url": "https://lookaside.fbsbx.com/1"}), Kind.IMAGE, "", {}),
        (
            message("location", {"latitude": 12.5, "longitude": "-43.9", "name": "Casa"}),
            Kind.LOCATION,
            "",
            {"latitude": 12.5, "longitude": -43.9, "name": "Casa"},
        ),
        (
            message(
                "contacts",
                [{"name": {"formatted_name": "Eva"}, "phones": [{"phone": "+1 2"}, {"wa_id": "34"}]}],
            ),
            Kind.CONTACTS,
            "",
            {"contacts": [{"name": "Eva", "phones": ["+1 2", "34"]}]},
        ),
        (message("button", {"payload": "YES", "text": "Sí"}), Kind.REPLY, "Sí", {"id": "YES", "title": "Sí"}),
        (
            message("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Sí"}}),
            Kind.REPLY,
            "Sí",
            {"id": "1", "title": "Sí"},
        ),
        (
            message(
                "interactive",
                {"type": "list_reply", "list_reply": {"id": "r", "title": "M", "description": "d"}},
            ),
            Kind.REPLY,
            "M",
            {"id": "r", "title": "M", "description": "d"},
        ),
        (
            message(
                "interactive",
                {
                    "type": "nfm_reply",
                    "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"size": "M"}'},
                },
            ),
            Kind.FORM,
            "Sent",
            {"name": "flow", "fields": {"size": "M"}},
        ),
        (
            message(
                "order",
                {
                    "catalog_id": "C1",
                    "product_items": [
                        {"product_retailer_id": "P", "quantity": "2", "item_price": 9.5, "currency": "MXN"}
                    ],
                },
            ),
            Kind.ORDER,
            "",
            {"catalog_id": "C1", "items": [{"product": "P", "quantity": 2, "price": 9.5, "currency": "MXN"}]},
        ),
        (message("ephemeral", {"x": 1}), Kind.UNSUPPORTED, "", {"type": "ephemeral", "content": {"x": 1}}),
        (message("unsupported", {"type": "poll"}), Kind.UNSUPPORTED, "", {"type": "poll"}),
        (message("interactive", {"type": "call_permission_reply"}), Kind.UNSUPPORTED, "", None),
        (message("text", {"body": {"not": "text"}}), Kind.UNSUPPORTED, "", None),
        (message("location", {"latitude": 91, "longitude": 0}), Kind.UNSUPPORTED, "", None),
        (message("image", {"url": "file:///etc/passwd"}), Kind.UNSUPPORTED, "", None),
    ],
)
def test_every_type_of_the_reference_is_read(given, kind, text, data):
    part = one(given)
    assert (part.kind, part.text) == (kind, text)
    if data is not None:
        assert part.data == data
    if kind in (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT, Kind.STICKER):
        assert len(part.media) == 1


def test_what_the_provider_could_not_read_is_shown_with_its_words():
    failure = {"code": 131051, "title": "Unsupported", "error_data": {"details": "Not supported."}}
    part = one(message("unsupported", {}, errors=[failure]))
    assert part.kind is Kind.UNSUPPORTED
    assert (part.errors[0].code, part.errors[0].details) == (131051, "Not supported.")


def test_an_ad_that_led_here_is_kept_on_any_type():
    ad = {
        "source_id": "AD1",
        "source_type": "ad",
        "ctwa_clid": "c",
        "welcome_message": {"text": "Hola"},
        "odd": 1,
    }
    part = one(
        message(
            "image", FILE, referral=ad, context={"forwarded": True, "referred_product": {"catalog_id": "C"}}
        )
    )
    assert part.referral == {
        "source_id": "AD1",
        "source_type": "ad",
        "ctwa_clid": "c",
        "welcome_message": "Hola",
    }
    assert part.forwarded
    assert part.data["referred_product"] == {"catalog_id": "C"}


def test_changes_to_messages_name_the_message_they_change():
    found = parts(
        change(
            messages=[
                message("reaction", {"message_id": "wamid.X", "emoji": "👍"}, wamid="1"),
                message("reaction", {"message_id": "wamid.X"}, wamid="2"),
                message(
                    "edit",
                    {"original_message_id": "wamid.X", "message": {"type": "text", "text": {"body": "new"}}},
                    wamid="3",
                ),
                message("revoke", {"original_message_id": "wamid.X"}, wamid="4"),
                message("revoke", {}, wamid="5"),
            ]
        )
    )
    assert [type(part) for part in found] == [
        ReactionChange, ReactionChange, MessageEdit, MessageRevocation, Malformed,
    ]  # fmt: skip
    assert [part.target for part in found[:4]] == ["wamid.X"] * 4
    assert [found[0].emoji, found[1].emoji, found[2].text] == ["👍", "", "new"]


def test_a_new_number_is_an_identity_that_moved():
    said = {
        "type": "user_changed_number",
        "wa_id": "5511900000000",
        "user_id": "BR.78",
        "previous_user_id": "BR.77",
    }
    given = {"from": "5511988887777", "id": "wamid.S", "timestamp": STAMP, "type": "system", "system": said}
    (part,) = parts(change(contacts=(), messages=[given]))
    assert isinstance(part, IdentityChange)
    assert part.keys == ("wa:5511988887777", "bsuid:BR.77")
    assert part.new_keys == ("wa:5511900000000", "bsuid:BR.78")
    assert (part.phone, part.reason) == ("+5511900000000", "number")


def test_a_new_id_without_a_number_is_told_by_message_and_by_update():
    said = {"type": "user_changed_user_id", "user_id": "BR.78", "previous_user_id": "BR.77"}
    given = {"id": "wamid.S", "timestamp": STAMP, "type": "system", "system": said}
    update = {"user_id": {"previous": "BR.77", "current": "BR.78"}, "timestamp": STAMP}
    found = parts(
        change(contacts=(), messages=[given]),
        change("user_id_update", contacts=(), user_id_update=[update]),
    )
    assert [(part.keys, part.new_keys) for part in found] == [(("bsuid:BR.77",), ("bsuid:BR.78",))] * 2


def test_a_person_may_have_no_number_or_no_id():
    only_id = {"from_user_id": "BR.77", "id": "1", "timestamp": STAMP, "type": "text", "text": {"body": "a"}}
    only_phone = {
        "from": "5511988887777",
        "id": "2",
        "timestamp": STAMP,
        "type": "text",
        "text": {"body": "b"},
    }
    found = parts(
        change(contacts=({"profile": {"name": "Ana"}, "user_id": "BR.77"},), messages=[only_id, only_phone])
    )
    assert [part.keys for part in found] == [("bsuid:BR.77",), ("wa:5511988887777",)]
    assert [part.phone for part in found] == [None, "+5511988887777"]


def test_an_echo_is_about_the_person_it_was_written_to():
    given = {"from": "5511400001", "to": "5511988887777", "id": "wamid.E", "timestamp": STAMP, "type": "text"}
    (part,) = parts(change("smb_message_echoes", message_echoes=[{**given, "text": {"body": "hola"}}]))
    assert part.is_echo
    assert part.keys[0] == "wa:5511988887777"


def test_statuses_carry_their_error_our_correlation_and_the_price():
    failed = status(
        "failed",
        biz_opaque_callback_data="abc",
        pricing={"billable": True, "category": "utility", "type": "regular"},
        errors=[{"code": 131047, "title": "Re-engagement", "error_data": {"details": "24 h"}}],
    )
    first, second = parts(change(contacts=(), statuses=[failed, status("warning")]))
    assert isinstance(first, StatusUpdate)
    assert (first.status, first.correlation, first.error.code) == (Delivery.FAILED, "abc", 131047)
    assert first.billing == {"billable": True, "category": "utility", "type": "regular"}
    assert isinstance(second, Unhandled)
    assert second.name == "status:warning"


def test_templates_accounts_and_preferences_are_told_apart():
    named = {
        "message_template_id": 1689556908129832,
        "message_template_name": "hi",
        "message_template_language": "es",
    }
    found = parts(
        change(
            "message_template_status_update",
            number="",
            contacts=(),
            event="REJECTED",
            reason="INVALID_FORMAT",
            **named,
        ),
        change("message_template_quality_update", number="", contacts=(), new_quality_score="RED", **named),
        change("template_category_update", number="", contacts=(), new_category="MARKETING", **named),
        change(
            "account_update", number="", contacts=(), event="ACCOUNT_RESTRICTION", restriction_info=[{"a": 1}]
        ),
        change(
            "phone_number_quality_update",
            number="",
            contacts=(),
            event="FLAGGED",
            display_phone_number="15550783881",
        ),
        change(
            "user_preferences",
            user_preferences=[{"wa_id": "5511988887777", "category": "marketing_messages", "value": "stop"}],
        ),
    )
    assert [(part.what, part.value) for part in found[:3]] == [
        ("status", "REJECTED"), ("quality", "RED"), ("category", "MARKETING"),
    ]  # fmt: skip
    assert isinstance(found[0], TemplateUpdate)
    assert (found[0].receiver, found[0].template_id, found[0].reason) == (
        "WABA1",
        "1689556908129832",
        "INVALID_FORMAT",
    )
    assert found[0].at == AT  # of the entry: the change has no time of its own
    assert isinstance(found[3], ChannelUpdate)
    assert [(part.what, part.event) for part in found[3:5]] == [
        ("account", "ACCOUNT_RESTRICTION"),
        ("quality", "FLAGGED"),
    ]
    assert found[4].number == "15550783881"
    assert isinstance(found[5], ConsentChange)
    assert (found[5].topic, found[5].allowed) == ("marketing", False)


def test_history_and_contacts_of_the_phone_are_recognised_and_counted():
    chunk = {
        "metadata": {"phase": 1, "chunk_order": 2, "progress": 50},
        "threads": [{"id": "1", "messages": [{}, {}]}],
    }
    found = parts(
        change("history", history=[chunk]),
        change("smb_app_state_sync", state_sync=[{}, {}, {}]),
        change("calls", calls=[{}]),
    )
    assert [(part.name, part.data) for part in found] == [
        ("history", {"phase": 1, "chunk_order": 2, "progress": 50, "threads": 1, "messages": 2}),
        ("contact_sync", {"contacts": 3}),
        ("field:calls", {}),
    ]


def test_a_batch_is_read_whole_and_one_bad_element_costs_only_itself():
    bad = [None, 7, "x", [], {}, 2.5, {"id": "w" * 300, "from": "5511988887777"}]
    given = [message(wamid=f"wamid.{index}") for index in range(3)]
    mixed = [given[0], *bad, given[1]]
    found = parts(
        change(messages=mixed, statuses=[status(), None]),
        {"field": "messages"},
        change(messages=[given[2]], number="PN2"),
    )
    assert [part.external_id for part in found if isinstance(part, InboundMessage)] == [
        "wamid.0",
        "wamid.1",
        "wamid.2",
    ]
    assert len([part for part in found if isinstance(part, StatusUpdate)]) == 1
    broken = [part for part in found if isinstance(part, Malformed)]
    assert len(broken) == len(bad) + 2
    assert broken[0].where == "entry[0].changes[0].messages[1]"
    assert found[-1].receiver == "PN2"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"null", b"[]", b"{", b'{"object":"whatsapp_business_account"}', b"[" * 100_000,
        b'{"object":"whatsapp_business_account","entry":[{"id":1,"changes":{}}]}',
    ],
)  # fmt: skip
def test_what_is_no_webhook_is_one_part_that_says_so(body):
    (part,) = parse(body, ARRIVED)
    assert isinstance(part, Malformed)


def test_another_object_is_not_ours_to_read():
    (part,) = parse(b'{"object":"page","entry":[]}', ARRIVED)
    assert part.name == "object:page"


def test_text_is_kept_as_written_but_for_what_postgresql_cannot_keep():
    written = "a\u200b\u202eb\x00c\ud800 <script>"
    assert one(message("text", {"body": written})).text == "a\u200b\u202ebc\ufffd <script>"
    long = one(message("text", {"body": "x" * 50_000}))
    assert (len(long.text), long.text[-1], long.data) == (20_000, "…", {"cut": 50_000})


@pytest.mark.parametrize(
    "stamp", ["", "x", None, 0, -1, "99999999999999999", 1e300, True, [], int(STAMP) + 200_000]
)
def test_an_absurd_time_falls_back_to_the_arrival(stamp):
    assert one(message() | {"timestamp": stamp}).at == ARRIVED


def test_a_clock_that_is_a_little_ahead_and_one_in_milliseconds_are_believed():
    assert one(message() | {"timestamp": int(STAMP) + 3600}).at > ARRIVED
    assert one(message() | {"timestamp": int(STAMP) * 1000}).at == AT


def test_numbers_that_are_none_do_not_cost_the_batch():
    body = raw(webhook(change(messages=[message()]))).replace(b'"oi"', b'"oi"')
    body = body.replace(b'"messages":', b'"odd": [NaN, Infinity, 1e999, ' + b"9" * 5000 + b'], "messages":')
    (part,) = parse(body, ARRIVED)
    assert part.text == "oi"
