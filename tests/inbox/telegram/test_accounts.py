"""Accounts that let the bot in: they come by themselves, keep their people, and are held to what the bot may."""

import pytest

from crm.tenancy import scope
from directory.models import Lead
from inbox.actions import messages
from inbox.models import Channel, Identity, Message, RawRequest, Session
from tests.inbox import house
from tests.inbox.telegram.conftest import thread, turn
from workspaces.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_account_comes_by_itself_with_its_chats_and_what_its_owner_writes(live, bot, workspace, owner):
    account = live.account()
    turn(live)
    with scope(workspace):
        channel = Channel.objects.get(kind="telegram_account")
        assert (channel.external_id, channel.account_id, channel.state) == (
            account.id,
            str(account.owner),
            "connected",
        )
    ana = live.customer("Ana Ruiz")
    ana.text("Hola", line=account.id)
    ana.owner_writes("Dime", line=account.id)
    turn(live)
    assert thread(channel) == [("in", "text", "Hola"), ("out", "text", "Dime")]
    with scope(workspace):
        echo = Message.objects.get(direction="out")
        assert (echo.author_id, echo.delivery) == (None, "sent")
        session = Session.objects.get()
        assert session.window_ends_at is not None
        messages.send(Lead.objects.get(), by=owner, session=session, text="Te aparto una")
    turn(live)
    [ours] = [one for one in live.sent if one.content["body"] == "Te aparto una"]
    assert ours.line_id == account.id
    assert len(house.messages(channel)) == 3, "what the bot hears of itself is no second message"


def test_who_writes_to_the_bot_and_to_the_account_is_one_lead(live, bot, workspace):
    account = live.account()
    ana = live.customer("Ana Ruiz")
    ana.text("Hola, bot")
    ana.text("Hola, Lupita", line=account.id)
    turn(live)
    with scope(workspace):
        assert (Lead.objects.count(), Identity.objects.count(), Message.objects.count()) == (1, 2, 2)


def test_the_window_of_an_account_is_held_here_and_there(live, bot, workspace, owner):
    account = live.account()
    ana = live.customer("Ana Ruiz")
    ana.text("Hola", line=account.id)
    turn(live)
    with scope(workspace):
        lead, session = Lead.objects.get(), Session.objects.select_related("channel").get()
        messages.send(lead, by=owner, session=session, text="dentro")
    ana.close_window()
    turn(live)
    with scope(workspace):
        assert Message.objects.get(text="dentro").error_code == "window"
        Session.objects.update(window_ends_at=session.opened_at)
        with pytest.raises(Refused, match="after 24 h"):
            messages.send(lead, by=owner, session=session, text="fuera")


def test_an_account_that_takes_its_rights_back_sends_nothing_and_comes_back_as_the_same(
    live, bot, workspace, owner
):
    account = live.account()
    ana = live.customer("Ana Ruiz")
    ana.text("Hola", line=account.id)
    turn(live)
    live.provider.change_account(account, rights=())
    turn(live)
    with scope(workspace):
        channel = Channel.objects.get(kind="telegram_account")
        assert channel.state == "disconnected"
        with pytest.raises(Refused):
            messages.send(Lead.objects.get(), by=owner, session=Session.objects.get(), text="no")
    live.provider.change_account(account, is_enabled=False)
    again = live.account("otraConexion", owner=account.owner)
    ana.text("Otra vez", line=again.id)
    turn(live)
    with scope(workspace):
        channel.refresh_from_db()
        assert (channel.external_id, channel.state) == ("otraConexion", "connected")
        assert (Channel.objects.count(), Lead.objects.count(), Message.objects.count()) == (2, 1, 2)


def test_an_account_that_was_there_before_us_is_asked_about_and_loses_nothing(live, bot, workspace):
    account = live.account(quietly=True)
    ana = live.customer("Ana Ruiz")
    for number in range(3):
        ana.text(f"{number}", line=account.id)
    turn(live)
    turn(live)
    with scope(workspace):
        channel = Channel.objects.get(kind="telegram_account")
    assert [text for _direction, _kind, text in thread(channel)] == ["0", "1", "2"]
    assert RawRequest.objects.filter(unknown_receivers__gt=0).count() == 0


def test_what_is_deleted_in_an_account_is_gone_on_either_side(live, bot, workspace):
    account = live.account()
    ana = live.customer("Ana Ruiz")
    first = ana.text("me equivoqué", line=account.id)
    owned = ana.owner_writes("yo también", line=account.id)
    turn(live)
    ana.revoke(first)
    ana.revoke(owned)
    turn(live)
    with scope(workspace):
        assert Message.objects.filter(revoked_at=None).count() == 0
