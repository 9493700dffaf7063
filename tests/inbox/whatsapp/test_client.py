"""What is asked of Graph, and what becomes of every way in which it fails."""

import hashlib
import hmac
import json

import pytest

from crm.work import DeliveryError
from inbox.channels.meta.app import AppClient
from inbox.channels.meta.graph import Graph, GraphError
from inbox.channels.whatsapp import errors, payloads
from inbox.channels.whatsapp.app import SCOPES
from inbox.channels.whatsapp.client import Media, WhatsAppClient
from inbox.channels.whatsapp.connection import SERVICE
from inbox.channels.whatsapp.errors import Course, Remedy
from inbox.channels.whatsapp.payloads import Recipient, Unsendable
from tests.inbox.whatsapp.scripted import accepted, graph, refused

CLIENT = WhatsAppClient(Graph(SERVICE, "T0KEN", "s3cret"), "PN1")
ANA = Recipient(phone="5511988887777", bsuid="BR.77")
HELLO = payloads.message(ANA, payloads.text("oi"), reply_to="wamid.OLD", correlation="abc")


def failure(settings, *script, attempt=1, call=lambda attempt: CLIENT.send(HELLO, attempt=attempt)):
    with graph(settings, *script), pytest.raises(GraphError) as caught:
        call(attempt)
    return caught.value


def test_a_message_goes_to_the_number_with_our_correlation_and_proof(settings):
    with graph(settings, accepted()) as far:
        assert CLIENT.send(HELLO).reference == "wamid.NEW"
    ((method, path, headers, body),) = far.seen
    proof = hmac.new(b"s3cret", b"T0KEN", hashlib.sha256).hexdigest()
    assert (method, path) == ("POST", f"/PN1/messages?appsecret_proof={proof}")
    assert headers["Authorization"] == "Bearer T0KEN"
    assert json.loads(body) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+5511988887777",
        "type": "text",
        "text": {"body": "oi", "preview_url": True},
        "context": {"message_id": "wamid.OLD"},
        "biz_opaque_callback_data": "abc",
    }


@pytest.mark.parametrize(
    ("code", "permanent", "retry_after", "whole_lane", "remedy"),
    [
        (190, True, None, False, Remedy.RECONNECT),
        (0, True, None, False, Remedy.RECONNECT),
        (10, True, None, False, Remedy.RECONNECT),
        (210, True, None, False, Remedy.RECONNECT),
        (4, False, 120, True, Remedy.RETRY),
        (80007, False, 120, True, Remedy.RETRY),
        (130429, False, 10, True, Remedy.RETRY),
        (131056, False, 4, False, Remedy.RETRY),
        (131000, False, None, False, Remedy.RETRY),
        (131016, False, None, False, Remedy.RETRY),
        (131047, True, None, False, Remedy.TEMPLATE),
        (131049, True, None, False, Remedy.NONE),
        (131026, True, None, False, Remedy.NONE),
        (132001, True, None, False, Remedy.TEMPLATE),
        (999999, True, None, False, Remedy.RETRY),
    ],
)
def test_each_error_is_acted_on_as_the_table_says(settings, code, permanent, retry_after, whole_lane, remedy):
    error = failure(settings, refused(code))
    assert (error.permanent, error.retry_after, error.whole_lane) == (permanent, retry_after, whole_lane)
    assert (error.unknown, error.code, error.meaning.remedy) == (False, str(code), remedy)
    assert error.disconnects is (code in (0, 190))
    assert str(error)


def test_pauses_to_one_person_grow_fourfold_and_temporary_faults_end(settings):
    assert failure(settings, refused(131056), attempt=3).retry_after == 64
    assert failure(settings, refused(131056), attempt=9).retry_after == 3600
    assert not failure(settings, refused(131000), attempt=3).permanent
    assert failure(settings, refused(131000), attempt=4).permanent


def test_what_graph_calls_transient_is_tried_again_and_a_bare_429_parks_the_lane(settings):
    assert not failure(settings, refused(12345, is_transient=True)).permanent
    bare = failure(settings, (429, b"slow down", {"Retry-After": "33"}))
    assert (bare.whole_lane, bare.retry_after) == (True, 33)


@pytest.mark.parametrize(
    "step",
    [
        None,
        (200, b"<html>"),
        (500, b""),
        (502, b"bad gateway"),
        (200, {}),
        (200, {"messages": [None]}),
        (200, []),
    ],
)
def test_silence_and_garbage_after_a_message_left_are_unknown(settings, step):
    error = failure(settings, step)
    assert error.unknown
    assert not error.permanent


def test_what_only_reads_is_never_unknown(settings):
    error = failure(settings, None, call=lambda _: CLIENT.number())
    assert (error.unknown, error.permanent) == (False, False)


def test_a_refused_connection_is_tried_again(settings):
    with graph(settings):
        pass
    with pytest.raises(GraphError) as caught:
        CLIENT.send(HELLO)
    assert (caught.value.unknown, caught.value.permanent, caught.value.code) == (False, False, "unreachable")


def test_a_file_is_fetched_at_its_address_and_at_a_new_one_where_that_is_old(settings):
    with graph(settings, (404, b"")) as far:
        far.script += [(200, {"url": far.origin + "/new", "mime_type": "image/png"}), (200, b"PNG")]
        assert CLIENT.fetch("M1", far.origin + "/old") == Media(b"PNG", "image/png")
    assert [path.partition("?")[0] for _, path, _, _ in far.seen] == ["/old", "/M1", "/new"]
    assert all(headers["Authorization"] for _, _, headers, _ in far.seen)


def test_a_file_that_is_gone_is_given_up_and_the_token_never_goes_to_strangers(settings):
    with graph(settings) as far:
        far.script += [(200, {"url": far.origin + "/new"}), (404, b"")]
        with pytest.raises(DeliveryError) as caught:
            CLIENT.fetch("M1")
        assert (caught.value.permanent, caught.value.code) == (True, "gone")
        for stranger in (
            "https://evil.example/x",
            "https://evilfacebook.com/x",
            "http://lookaside.fbsbx.com/x",
        ):
            far.script += [(200, {"url": stranger})]
            with pytest.raises(DeliveryError, match="not its own"):
                CLIENT.fetch("M1")


def test_an_upload_gives_an_id(settings):
    with graph(settings, (200, {"id": "M9"})) as far:
        assert CLIENT.upload(b"hello", mime="text/plain", name="ñ.txt") == "M9"
    assert b'name="messaging_product"' in far.seen[0][3]
    assert b"hello" in far.seen[0][3]


def test_templates_are_read_over_all_pages(settings):
    page = {
        "data": [
            {"id": "1", "name": "a", "language": "es", "status": "APPROVED", "components": [{"type": "BODY"}]}
        ]
    }
    more = {"paging": {"cursors": {"after": "X"}, "next": "https://…"}}
    last = {
        "data": [
            {"id": 2, "name": "b", "parameter_format": "NAMED", "quality_score": {"score": "GREEN"}},
            None,
        ]
    }
    with graph(settings, (200, page | more), (200, last)) as far:
        first, second, _empty = CLIENT.templates("WABA1")
    assert (first.name, first.components, first.named) == ("a", ({"type": "BODY"},), False)
    assert (second.id, second.named, second.quality) == ("2", True, "GREEN")
    assert "after=X" in far.seen[1][1]


def test_the_app_the_token_and_the_number_can_be_checked(settings):
    facts = {
        "data": {"is_valid": True, "app_id": 11, "scopes": ["whatsapp_business_messaging"], "expires_at": 0}
    }
    with graph(
        settings,
        (200, {"name": "Tienda"}),
        (200, facts),
        (200, {"id": "PN1", "quality_rating": "GREEN"}),
        refused(100),
        (200, {"messaging_limit_tier": "TIER_2K"}),
    ):
        assert AppClient(SERVICE, "11", "s3cret").name() == "Tienda"
        token = AppClient(SERVICE, "11", "s3cret").token_facts("T")
        assert (token.valid, token.app_id, token.missing(SCOPES)) == (
            True,
            "11",
            ("whatsapp_business_management",),
        )
        number = CLIENT.number()
        assert (number.quality, number.limit) == ("GREEN", "TIER_2K")


def test_a_recipient_is_reached_by_number_or_else_by_id():
    assert Recipient.of(("bsuid:BR.ENT.9", "bsuid:BR.77")).fields()["recipient"] == "BR.77"
    assert Recipient.of(("bsuid:BR.77", "wa:551")).fields()["to"] == "+551"
    assert Recipient.of(("wa:551",), thread="G1").fields() == {"recipient_type": "group", "to": "G1"}
    with pytest.raises(Unsendable):
        Recipient.of(()).fields()


@pytest.mark.parametrize(
    "make",
    [
        lambda: payloads.text(" "),
        lambda: payloads.text("x" * 4097),
        lambda: payloads.media("audio", "M", caption="no"),
        lambda: payloads.buttons("b", [("1", "x" * 21)]),
        lambda: payloads.buttons("b", [("1", "x")] * 4),
        lambda: payloads.choice_list("b", "Open", []),
        lambda: payloads.choice_list("b", "Open", [("1", "x" * 25, "")]),
    ],
)
def test_what_whatsapp_would_refuse_is_refused_before_it_leaves(make):
    with pytest.raises(Unsendable) as caught:
        make()
    assert caught.value.permanent


def test_every_code_of_the_reference_has_words():
    codes = [
        0, 190, 3, 10, 250, 131005, 4, 80007, 130429, 131056, 131048, 131049, 131064, 131000, 131016, 131057, 135000,
        131026, 131047, 131050, 131051, 131052, 131053, 131008, 131009, 131021, 131030, 131031, 131042, 131062, 132000,
        132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069,
    ]  # fmt: skip
    unknown = errors.meaning("x")
    assert all(errors.meaning(code) is not unknown for code in codes)
    assert errors.meaning(131050).opted_out
    assert errors.meaning("190").course is Course.DISCONNECT
