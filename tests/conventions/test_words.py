"""Nothing is said that was not translated."""

import pytest
from babel.messages.catalog import Catalog

from crm import words


@pytest.fixture(scope="module")
def template() -> Catalog:
    return words.extracted()


def test_there_are_words(template):
    assert len(template) > 100
    assert list(words.catalogues()) != []


@pytest.mark.parametrize("path", words.catalogues(), ids=lambda path: path.parents[1].name)
def test_every_message_is_translated(path, template):
    """Run bin/words, then fill in what it lists."""
    assert list(words.problems(words.read(path), template)) == []


def test_what_is_wrong_with_a_catalogue_is_told(tmp_path):
    template = Catalog()
    for message in ("new", "%(name)s left", "empty", ("%(n)s lead", "%(n)s leads")):
        template.add(message, flags=["python-format"])
    ours = Catalog(locale="es")
    ours.add("%(name)s left", "%(nombre)s se fue", flags=["python-format"])
    ours.add("empty", "")
    ours.add("old", "viejo")
    ours.add(("%(n)s lead", "%(n)s leads"), ("%(n)s prospecto", ""), flags=["python-format"])
    told = "\n".join(words.problems(ours, template))
    for line in (
        "missing: 'new'",
        "'%(name)s left': ",
        "not translated: 'empty'",
        "no longer said: 'old'",
        "%(n)s lead",
    ):
        assert line in told


def test_a_catalogue_is_brought_up_to_date_without_noise(tmp_path):
    path = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "old"\nmsgstr "viejo"\n\nmsgid "kept"\nmsgstr "dejado"\n')
    template = Catalog()
    template.add("kept", locations=[("crm/x.py", 1)])
    template.add("new")
    words.update(path, template)
    first = path.read_text()
    words.update(path, template)
    assert path.read_text() == first
    assert 'msgstr "dejado"' in first
    assert "viejo" not in first
    assert not any(noise in first for noise in ("crm/x.py", "Date", "Generated"))
