"""The loader, the page in its frame, and the shop."""

import gzip
import json
import re
from pathlib import Path

import pytest

from crm.tenancy import scope
from inbox.channels.webchat.actions import widgets
from inbox.channels.webchat.widget import Widget
from tests import cast

pytestmark = pytest.mark.django_db

MOST = 20_000  # bytes of all that a visitor's browser loads


def chosen(channel, owner, **values):
    with scope(owner.workspace):
        widgets.change(channel, by=owner, name=channel.name, widget=Widget(team="Ventas", **values))


def test_only_allowed_sites_frame_the_page(client, channel, owner):
    chosen(channel, owner, origins=("https://shop.example", "http://localhost:3000"))
    page = client.get(f"/chat/{channel.external_id}/")
    assert (
        "frame-ancestors 'self' https://shop.example http://localhost:3000"
        in page.headers["Content-Security-Policy"]
    )
    assert "X-Frame-Options" not in page.headers
    assert "Set-Cookie" not in page.headers


def test_the_page_speaks_the_visitors_language_and_the_teams_words(client, channel, owner):
    chosen(channel, owner, greeting={"es": "Hola <b>", "en": ""}, colour="#ffcc00", ask=("name",))
    page = client.get(f"/chat/{channel.external_id}/?lang=es").content.decode()
    assert '<html lang="es">' in page
    assert "Hola &lt;b&gt;" in page
    assert "--paint: #ffcc00; --on-paint: #0b1214" in page
    assert 'name="name"' in page
    assert 'name="phone"' not in page


def test_the_loader_is_a_script_with_its_configuration(client, channel, owner):
    chosen(channel, owner, origins=("https://shop.example",))
    script = client.get(f"/chat/{channel.external_id}/widget.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    config = json.loads(re.search(r"\}\)\((\{.*\})\);\s*$", script.content.decode(), re.DOTALL)[1])
    assert config["token"] == channel.external_id
    assert config["origins"] == ["https://shop.example"]
    assert set(config["words"]) == {"es", "en"}


def test_all_that_a_visitor_loads_is_small(client, channel):
    """As it is sent: loader and page by the views, their files compressed as whitenoise does."""
    zipped = {"Accept-Encoding": "gzip"}
    made = [f"/chat/{channel.external_id}/", f"/chat/{channel.external_id}/widget.js"]
    files = [
        p.read_bytes() for p in Path("static/chat").iterdir() if not p.name.startswith(("loader", "shop"))
    ]
    sent = sum(len(client.get(address, headers=zipped).content) for address in made)
    sent += sum(len(gzip.compress(file)) for file in files)
    assert sent <= MOST, sent
    assert sum(map(len, files)) + len(client.get(made[1]).content) <= 40_000  # before compression


def test_the_shop_is_for_the_workspaces_own_people(channel, seller, outsider):
    address = f"/chat/{channel.external_id}/try/"
    shop = cast.signed_in(seller).get(address)
    assert f"/chat/{channel.external_id}/widget.js" in shop.content.decode()
    assert "frame-src 'self'" in shop.headers["Content-Security-Policy"]
    assert cast.signed_in(outsider).get(address).status_code == 404
