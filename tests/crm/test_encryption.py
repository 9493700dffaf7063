"""Encrypted fields: unreadable in the database, readable on the instance, rotated on a live system."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from crm import encryption
from crm.encryption import registry, rotation
from crm.encryption.fields import Ciphertext
from tests.crm.models import Box

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TABLE = "crm_tests_box"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.FIELD_KEYS = [OLD]


@pytest.fixture
def _only_the_box(monkeypatch):
    columns = [
        registry.Column(TABLE, "id", "parts"),
        registry.Column(TABLE, "id", "secret"),
        registry.Column(TABLE, "id", "loose", embedded=True),
    ]
    monkeypatch.setattr(registry, "columns", lambda: columns)


def raw(column, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}::text FROM {TABLE} WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_the_database_never_sees_the_text():
    box = Box.objects.create(secret="hunter2 ñandú", parts={"token": "abc", "n": [1, None]})
    assert "hunter2" not in raw("secret", box.pk)
    assert "abc" not in raw("parts", box.pk)
    again = Box.objects.get(pk=box.pk)
    assert again.secret == "hunter2 ñandú"
    assert again.parts == {"token": "abc", "n": [1, None]}


def test_none_and_nothing_stay_what_they_are():
    assert Box.objects.get(pk=Box.objects.create(secret=None).pk).secret is None
    assert Box.objects.get(pk=Box.objects.create(secret="").pk).secret == ""
    assert Box.objects.filter(secret__isnull=True).count() == 1


def test_every_way_of_writing_encrypts():
    box = Box.objects.create(secret="one")
    Box.objects.filter(pk=box.pk).update(secret="two")
    assert raw("secret", box.pk).startswith("k1.")
    assert Box.objects.get().secret == "two"
    box.secret = "three"
    Box.objects.bulk_update([box], ["secret"])
    assert raw("secret", box.pk).startswith("k1.")
    box.refresh_from_db()
    assert box.secret == "three"
    Box.objects.bulk_create([Box(secret="four")])
    assert Box.objects.defer("secret").last().secret == "four"
    assert isinstance(Box.objects.values_list("secret", flat=True).first(), Ciphertext)


def test_json_changed_in_place_is_saved():
    box = Box.objects.create(parts={"a": 1})
    again = Box.objects.get(pk=box.pk)
    again.parts["b"] = 2
    again.save()
    assert Box.objects.get(pk=box.pk).parts == {"a": 1, "b": 2}


def test_one_does_not_search_by_what_is_encrypted():
    with pytest.raises(FieldError, match="keyed hash"):
        Box.objects.filter(secret="one").exists()


def test_a_missing_key_names_the_row_and_never_the_content(settings):
    box = Box.objects.create(name="before", secret="hunter2")
    settings.FIELD_KEYS = [NEW]
    lost = Box.objects.get(pk=box.pk)  # the list still loads
    with pytest.raises(
        encryption.Unreadable, match=rf"crm_tests\.Box\.secret of row {box.pk}: FIELD_KEYS lacks"
    ) as info:
        lost.secret
    assert "hunter2" not in str(info.value)
    lost.name = "after"
    lost.save()  # and its other columns can still be saved
    settings.FIELD_KEYS = [OLD]
    box.refresh_from_db()
    assert (box.name, box.secret) == ("after", "hunter2")


def test_a_damaged_token_is_unreadable_not_garbage():
    box = Box.objects.create(secret="hunter2")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET secret = overlay(secret placing 'AAAA' from 40)")
    with pytest.raises(encryption.Unreadable, match="damaged"):
        Box.objects.get(pk=box.pk).secret


@pytest.mark.usefixtures("_only_the_box")
def test_after_rotation_the_old_key_is_no_longer_needed(settings):
    for number in range(25):
        Box.objects.create(
            secret=f"secret {number}", parts={"n": number}, loose={"deep": [encryption.encrypt("in")]}
        )
    Box.objects.create(secret=None)
    Box.objects.create(secret="")
    settings.FIELD_KEYS = [NEW, OLD]
    Box.objects.create(secret="already new", loose={"plain": "k1 is not a token"})
    with pytest.raises(CommandError, match="still need an older key"):
        call_command("rotate_field_keys", "--check", stdout=StringIO())

    out = StringIO()
    call_command("rotate_field_keys", "--batch", "7", stdout=out)
    assert "Nothing is left" in out.getvalue()
    assert f"{TABLE}.secret: 25 encrypted anew" in out.getvalue()

    settings.FIELD_KEYS = [NEW]
    boxes = list(Box.objects.order_by("id"))
    assert [box.secret for box in boxes[:25]] == [f"secret {number}" for number in range(25)]
    assert [box.parts for box in boxes[:25]] == [{"n": number} for number in range(25)]
    assert encryption.decrypt(boxes[0].loose["deep"][0]) == "in"
    assert boxes[-1].secret == "already new"


def test_rotation_does_not_undo_what_is_changed_meanwhile(settings, monkeypatch):
    box = Box.objects.create(secret="before")
    settings.FIELD_KEYS = [NEW, OLD]
    write = rotation._write

    def somebody_is_faster(column, changes):
        Box.objects.filter(pk=box.pk).update(secret="meanwhile")
        return write(column, changes)

    monkeypatch.setattr(rotation, "_write", somebody_is_faster)
    column = registry.Column(TABLE, "id", "secret")
    assert rotation.rotate(column).rotated == 0
    assert Box.objects.get().secret == "meanwhile"
    assert rotation.remaining(column) == 0


def test_an_unreadable_row_is_named_and_does_not_stop_the_others(settings, caplog):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    lost = Box.objects.create(secret="lost for ever")
    settings.FIELD_KEYS = [OLD]
    Box.objects.create(secret="fine")
    settings.FIELD_KEYS = [NEW, OLD]
    outcome = rotation.rotate(registry.Column(TABLE, "id", "secret"), batch=1)
    assert (outcome.rotated, outcome.unreadable) == (1, 1)
    assert f"row {lost.pk} is unreadable" in caplog.text
    assert "lost for ever" not in caplog.text


def test_every_encrypted_field_of_every_model_is_rotated():
    found = registry.columns()
    assert registry.Column(TABLE, "id", "secret") in found
    assert registry.Column(TABLE, "id", "parts") in found


def test_a_key_that_is_none_is_refused_by_its_number(settings):
    settings.FIELD_KEYS = [OLD, "short"]
    with pytest.raises(ImproperlyConfigured, match="Key 2 of FIELD_KEYS"):
        encryption.encrypt("x")


def test_a_keyed_hash_depends_on_value_purpose_and_key_but_not_on_the_field_keys(settings):
    settings.HASH_KEY = "one"
    first = encryption.keyed_hash("+525512345678", purpose="erased")
    settings.FIELD_KEYS = [NEW]
    assert encryption.keyed_hash("+525512345678", purpose="erased") == first
    assert encryption.keyed_hash("+525512345678", purpose="found") != first
    assert encryption.keyed_hash("+525512345679", purpose="erased") != first
    settings.HASH_KEY = "two"
    assert encryption.keyed_hash("+525512345678", purpose="erased") != first
    assert json.dumps(first).isascii()
