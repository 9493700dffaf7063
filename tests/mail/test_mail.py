import os
import time
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import mail
from crm.mail import delivery, letters, outbox, transports
from crm.mail.models import Message
from crm.tenancy import scope
from crm.work import runs
from crm.work.models import Item, State

pytestmark = pytest.mark.django_db


def notice(**options):
    given = {"to": "ana@example.com", "language": "en", "title": "A & B", "paragraphs": ["Tom & <Jerry>"]}
    return mail.notice(**given | options)


def test_djangos_own_mail_becomes_a_row_in_the_callers_transaction(directory):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send_mail("Gone", "never", None, ["ana@example.com"])
        raise ZeroDivisionError
    assert send_mail("Here", "text", None, ["ana@example.com"]) == 1
    assert list(directory.iterdir()) == []
    runs.run("now")
    [letter] = outbox.letters()
    assert (letter.to, letter.subject, letter.text) == ("ana@example.com", "Here", "text")


def test_a_mail_to_nobody_is_none(directory):
    assert EmailMessage("x", "y").send() == 0
    assert not Message.objects.exists()


def test_its_content_is_encrypted_in_the_database():
    send_mail("Subject", "a very secret body", None, ["ana@example.com"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM mail_message")
        [stored] = cursor.fetchone()
    assert "secret" not in stored
    assert "Subject" not in stored
    assert Message.objects.get().parsed.get_content().strip() == "a very secret body"
    assert "secret" not in str(Item.objects.get().payload)


def test_attachments_and_other_alphabets_survive(directory):
    email = EmailMultiAlternatives(
        "Ñandú 🦤", "¿Qué tal?", "Señor Ñ <n@example.com>", ["Ana Ñ <ana@exámple.com>"]
    )
    email.attach("á.bin", bytes(range(256)), "application/octet-stream")
    email.send()
    runs.run("now")
    [letter] = outbox.letters()
    assert letter.subject == "Ñandú 🦤"
    assert letter.text.strip() == "¿Qué tal?"
    message = Message.objects.get()
    assert message.recipients == ["ana@xn--exmple-qta.com"]
    [attachment] = list(message.parsed.iter_attachments())
    assert attachment.get_content() == bytes(range(256))


def test_a_header_cannot_be_smuggled_in(directory):
    from django.core.mail import BadHeaderError

    with pytest.raises(BadHeaderError):
        send_mail("Hi\nBcc: everyone@example.com", "text", None, ["ana@example.com"])


def test_the_lane_is_the_workspaces_or_the_installations(workspace):
    send_mail("1", "", None, ["ana@example.com"])
    with scope(workspace):
        send_mail("2", "", None, ["ana@example.com"])
    notice(workspace=workspace)
    lanes = list(Item.objects.order_by("pk").values_list("lane__key", "workspace_id"))
    ours = (f"workspace:{workspace.pk}", workspace.pk)
    assert lanes == [("installation", None), ours, ours]


def test_a_file_written_twice_is_one_file(directory):
    send_mail("1", "text", None, ["ana@example.com"])
    message = Message.objects.get()
    transport = transports.current()
    assert transport.idempotent
    transport.deliver(message)
    transport.deliver(message)
    assert [path.name for path in directory.iterdir()] == [f"{message.uid.hex}.eml"]


def test_a_full_or_forbidden_disk_is_tried_again(settings, tmp_path):
    (tmp_path / "file").write_text("not a directory")
    settings.EMAIL_TRANSPORT_URL = f"file://{tmp_path / 'file'}"
    send_mail("1", "text", None, ["ana@example.com"])
    runs.run("now")
    assert Item.objects.get().state == State.RETRY


def test_an_unknown_transport_is_refused(settings):
    from django.core.exceptions import ImproperlyConfigured

    settings.EMAIL_TRANSPORT_URL = "carrier-pigeon://coop"
    with pytest.raises(ImproperlyConfigured):
        transports.current()


def test_the_url_says_how_the_server_is_reached():
    from crm.mail.transports.smtp import SmtpTransport

    plain = SmtpTransport.from_url("smtp://u%40x:p%3Aw@host:587/?tls=True")
    assert (plain.host, plain.port, plain.user, plain.password) == ("host", 587, "u@x", "p:w")
    assert (plain.starttls, plain.tls) == (True, False)
    assert "p:w" not in repr(plain)
    secure = SmtpTransport.from_url("smtps://host")
    assert (secure.port, secure.tls) == (465, True)


def test_a_notice_is_a_text_and_a_page_in_the_readers_language(directory):
    notice(
        title=_("Failed"),
        language="es",
        paragraphs=["Uno & <dos>", "Tres"],
        facts=[("Cuándo", "hoy")],
        action=("Abrir", "https://example.com/?a=1&b=2"),
        footnote="Nada más.",
    )
    runs.run("now")
    [letter] = outbox.letters(to="ana@example.com")
    assert letter.links == ["https://example.com/?a=1&b=2"]
    assert "Uno & <dos>" in letter.text
    assert "Cuándo: hoy" in letter.text
    assert "Uno &amp; &lt;dos&gt;" in letter.html
    assert 'href="https://example.com/?a=1&amp;b=2"' in letter.html
    assert '<html lang="es">' in letter.html
    assert "<style" not in letter.html
    assert "<script" not in letter.html


def test_a_subject_is_plain_text(directory):
    subject, _text, html = letters.render(
        "mail/notice",
        language="en",
        context={"title": "A & B\n C", "paragraphs": [], "facts": [], "action": None, "footnote": ""},
    )
    assert subject == "A & B C"
    assert "<title>A &amp; B C</title>" in html


def test_the_outbox_finds_letters_by_reader_and_by_id(directory):
    notice(to="ana@example.com")
    notice(to="bea@example.com")
    runs.run("now")
    [letter] = outbox.letters(to="BEA@example.com")
    assert letter.to == "bea@example.com"
    assert outbox.letter(letter.uid) == letter
    assert outbox.letter("../../etc/passwd") is None
    assert outbox.letter("0" * 32) is None
    assert len(outbox.letters(limit=1)) == 1


def test_old_mail_is_purged_and_what_had_not_left_fails_visibly(directory, settings):
    settings.MAIL_KEEP_DAYS = 14
    notice()
    old = notice()
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=15))
    assert delivery.purge() == 1
    runs.run("now")
    assert list(Item.objects.order_by("pk").values_list("state", "error_code")) == [
        (State.SENT, ""),
        (State.FAILED, "purged"),
    ]


def test_old_files_are_purged_too(directory, settings):
    settings.MAIL_KEEP_DAYS = 14
    for name, days in (("new.eml", 13), ("old.eml", 15), ("old.7.part", 15), ("mine.txt", 15)):
        (directory / name).write_text("x")
        os.utime(directory / name, (time.time() - days * 86400,) * 2)
    delivery.purge()
    assert sorted(path.name for path in directory.iterdir()) == ["mine.txt", "new.eml"]


def test_the_mail_of_a_deleted_workspace_does_not_leave(directory, workspace):
    notice(workspace=workspace)
    notice()
    assert mail.forget_workspace(workspace.pk) == 1
    runs.run("now")
    assert len(outbox.letters()) == 1
