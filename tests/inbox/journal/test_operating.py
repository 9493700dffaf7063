"""The operator's page: what was not understood, without its content; read again."""

import pytest
from django.urls import reverse

from inbox.journal import splitting
from inbox.models import RawRequest
from tests.inbox import house
from workspaces.models import OperatorEntry

pytestmark = pytest.mark.django_db


def test_the_operator_sees_what_was_not_understood_and_has_it_read_again(channel, operator, client_of):
    house.post_raw(channel.app, b'{"secret": "words of a person"')
    splitting.run()
    client = client_of(operator)
    page = client.get(reverse("hooks:journal"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "not JSON (body)" in text
    assert "words of a person" not in text

    raw = RawRequest.objects.get()
    client.post(reverse("hooks:replay", kwargs={"pk": raw.pk}))
    raw.refresh_from_db()
    assert raw.state == "new"
    assert OperatorEntry.objects.get(act="webhooks_replayed").details["requests"] == 1
