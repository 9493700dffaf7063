"""Whatever is signed is read: good neighbours are kept, and what comes out can be stored."""

import json
from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.channels.inbound import Malformed, Part, StatusUpdate
from inbox.channels.whatsapp.parsing import parse
from tests.inbox.whatsapp.webhooks import ARRIVED, change, message, raw, status, webhook

FILE = {"id": "M1", "mime_type": "image/jpeg", "sha256": "aGk="}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
REAL = [
    message("image", {**FILE, "caption": "x"}, referral={"source_id": "1"}, context={"id": "y"}),
    message("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
    message("contacts", [{"name": {"formatted_name": "Eva"}, "phones": [{"phone": "1"}]}]),
    message("order", {"product_items": [{"quantity": 1}]}),
    message("edit", {"original_message_id": "o", "message": {"type": "text", "text": {"body": "n"}}}),
    message("reaction", {"message_id": "m", "emoji": "x"}),
    message("system", {"type": "user_changed_number", "wa_id": "551199"}),
    message("unsupported", {}, errors=[{"code": 1, "error_data": {"details": "d"}}]),
    message("location", {"latitude": 1, "longitude": 1}),
]
STATUSES = [status("failed", errors=[{"code": 1}], pricing={"billable": True})]
FIELDS = [
    "messages", "smb_message_echoes", "user_preferences", "user_id_update", "history", "smb_app_state_sync",
    "account_update", "message_template_status_update", "phone_number_quality_update", "other",
]  # fmt: skip


@st.composite
def mutated(draw, originals=REAL):
    """A real element with some of its members, at any depth, replaced or taken away."""
    element = json.loads(json.dumps(draw(st.sampled_from(originals))))
    for _ in range(draw(st.integers(0, 4))):
        place = element
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], (dict, list)) and place[key] and draw(st.booleans()):
                place = place[key]
                continue
            if isinstance(place, dict) and draw(st.booleans()):
                del place[key]
            else:
                place[key] = draw(JSON)
            break
    return element


def assert_storable(found):
    assert found
    for part in found:
        assert isinstance(part, Part)
        assert part.at.tzinfo is not None
        assert not (isinstance(part, Malformed) and part.reason.startswith("our fault")), part
        written = json.dumps(asdict(part), default=str, allow_nan=False, ensure_ascii=False)
        assert "\\u0000" not in written
        written.encode()
        if hasattr(part, "keys"):
            assert all(len(key) <= 200 for key in part.keys)


@settings(max_examples=150)
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_parts(body):
    assert_storable(parse(body, ARRIVED))


@settings(max_examples=200)
@given(field=st.sampled_from(FIELDS), value=JSON, elements=JSON, contacts=JSON)
def test_any_change_of_any_field_gives_parts(field, value, elements, contacts):
    names = [
        "messages",
        "statuses",
        "message_echoes",
        "user_preferences",
        "user_id_update",
        "history",
        "errors",
    ]
    value = {
        **(value if isinstance(value, dict) else {}),
        **dict.fromkeys(names, elements),
        "contacts": contacts,
    }
    assert_storable(parse(raw(webhook({"field": field, "value": value})), ARRIVED))


@settings(max_examples=300)
@given(st.lists(mutated() | JSON, max_size=3), st.lists(mutated(STATUSES), max_size=2), JSON)
def test_mutated_neighbours_never_cost_a_good_message(odd, statuses, contact):
    given = [*odd[:1], message(wamid="wamid.good"), *odd[1:]]
    good = [*statuses, status(wamid="wamid.good-status")]
    body = raw(webhook(change(messages=given, statuses=good, contacts=[contact])))
    found = parse(body, ARRIVED)
    assert_storable(found)
    good = [part for part in found if getattr(part, "external_id", "") == "wamid.good"]
    assert [part.text for part in good] == ["oi"]
    assert any(isinstance(part, StatusUpdate) and part.external_id == "wamid.good-status" for part in found)
    assert len(found) >= len(given) + len(statuses) + 1
