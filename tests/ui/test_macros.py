"""Components other than forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from crm.ui import avatars, icons
from tests.ui.rendering import one, render


def test_a_button_of_an_icon_has_a_name() -> None:
    tree = render(
        '{% from "ui/_buttons.html" import icon_button %}{{ icon_button("Edit", "pencil", pressed=True) }}'
    )
    button = tree.select_one("button")
    assert button is not None
    assert button["aria-label"] == "Edit"
    assert button["aria-pressed"] == "true"
    assert one(tree, "svg")["aria-hidden"] == "true"


def test_attributes_are_escaped_and_false_ones_left_out() -> None:
    tree = render(
        '{% from "ui/_buttons.html" import button %}{{ button(label, attrs=attrs) }}',
        label="<b>", attrs={"data-a": '"<', "data-b": None, "data-c": False, "data-d": True},
    )  # fmt: skip
    button = tree.select_one("button")
    assert button is not None
    assert not tree.select("b")
    assert button["data-a"] == '"<'
    assert button["data-d"] == ""
    assert not button.has_attr("data-b")
    assert not button.has_attr("data-c")


def test_a_waiting_button_is_busy_and_cannot_be_pressed() -> None:
    tree = render('{% from "ui/_buttons.html" import button %}{{ button("Save", loading=True) }}')
    assert tree.select_one("button[disabled][aria-busy=true]")


def test_a_menu_and_its_button_know_each_other() -> None:
    tree = render(
        '{% from "ui/_menus.html" import menu, menu_item %}'
        '{% call menu("m1", "Acts") %}{{ menu_item("Edit", href="/e") }}{% endcall %}'
    )
    assert tree.select_one('button[popovertarget="m1"][aria-haspopup="menu"]')
    assert tree.select_one('#m1[popover][role="menu"] a[role="menuitem"][href="/e"]')


def test_a_dialog_is_named_by_its_heading() -> None:
    tree = render(
        '{% from "ui/_dialogs.html" import dialog %}{% call dialog("d", "Invite") %}words{% endcall %}'
    )
    assert one(tree, "dialog")["aria-labelledby"] == one(tree, "h2")["id"]
    assert "words" in tree.select_one(".dialog-content").get_text()


def test_a_confirmation_waits_for_the_word() -> None:
    tree = render(
        '{% from "ui/_dialogs.html" import typed_confirmation %}'
        '{{ typed_confirmation(word, "/delete", "", "Delete", error="Not that.") }}',
        word='Río "7"',
    )
    assert one(tree, "form")["data-confirm-typed"] == 'Río "7"'
    field = tree.select_one("input[type=text]")
    assert field is not None
    assert field["aria-describedby"] == one(tree, ".field-error")["id"]


def test_progress_is_read_as_a_number_and_as_unknown_without_one() -> None:
    known = render('{% from "ui/_progress.html" import progress %}{{ progress("Export", 42) }}')
    assert one(known, "[role=progressbar]")["aria-valuenow"] == "42"
    unknown = render('{% from "ui/_progress.html" import progress %}{{ progress("Export") }}')
    assert not unknown.select_one("[role=progressbar]").has_attr("aria-valuenow")


def test_only_out_of_band_rows_and_toasts_say_so() -> None:
    source = '{% from "ui/_tables.html" import row %}{% call row(id="r", oob=oob) %}<td></td>{% endcall %}'
    assert "hx-swap-oob" in str(render(source, oob=True))
    assert "hx-swap-oob" not in str(render(source, oob=False))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Marta Ruiz", "MR"),
        ("josé luis fernández de córdoba", "JC"),
        ("Q", "Q"),
        ("🦊 Zorro", "Z"),
        ("👩🏽‍🚀", "👩🏽‍🚀"),
        ("🇲🇽🇧🇷", "🇲🇽"),
        ("ليلى الحسن", "لا"),
        ("(Ana)", "A"),
        ("e\u0301mile zola", "E\u0301Z"),
        ("", "?"),
        ("   ", "?"),
    ],
)
def test_initials_never_tear_a_character(name: str, expected: str) -> None:
    assert avatars.initials(name) == expected


def test_a_person_keeps_their_colour() -> None:
    assert avatars.colour("17") == avatars.colour("17")
    assert {avatars.colour(str(seed)) for seed in range(200)} == set(avatars.COLOURS)


@override_settings(DEBUG=True)
def test_an_unknown_icon_is_an_error_in_development(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sprite = tmp_path / "icons.svg"
    sprite.write_text('<svg><symbol id="house"></symbol></svg>')
    monkeypatch.setattr(icons.finders, "find", lambda name: str(sprite))
    assert "#house" in icons.icon("house")
    with pytest.raises(icons.UnknownIcon):
        icons.icon("no-such-icon")
