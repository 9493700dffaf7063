"""Fields drawn by ui/_forms.html."""

from __future__ import annotations

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.utils.translation import override

from tests.ui.rendering import one, render


class Person(forms.Form):
    name = forms.CharField(label="Name", max_length=20, help_text="As others read it.")
    password = forms.CharField(widget=forms.PasswordInput, required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    role = forms.ChoiceField(choices=[("a", "Admin"), ("s", "Seller")], widget=forms.RadioSelect)
    zone = forms.ChoiceField(
        choices=[("", "—"), ("America", [("mx", "Mexico")]), ("Europe", [("ma", "Madrid")])]
    )
    days = forms.MultipleChoiceField(
        choices=[("1", "Mon"), ("2", "Tue")], widget=forms.CheckboxSelectMultiple
    )
    loud = forms.BooleanField(required=False)
    day = forms.DateField(required=False)
    picture = forms.FileField(required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def field(name: str, form: forms.Form, arguments: str = "") -> BeautifulSoup:
    source = '{% from "ui/_forms.html" import field %}{{ field(form[name]' + arguments + ") }}"
    return render(source, form=form, name=name)


def test_a_field_has_a_label_a_help_and_says_that_it_is_required() -> None:
    tree = field("name", Person())
    control = one(tree, "input")
    assert one(tree, "label")["for"] == control["id"] == "id_name"
    assert control.has_attr("required")
    assert control["maxlength"] == "20"
    assert control["aria-describedby"] == one(tree, ".field-help")["id"]
    assert not control.has_attr("aria-invalid")


def test_an_error_stands_by_its_field_and_is_read_with_it() -> None:
    tree = field("name", Person({"name": "x" * 21}))
    control = one(tree, "input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"].split() == ["id_name-help", "id_name-error"]
    assert one(tree, "#id_name-error").get_text(strip=True)
    assert control["value"] == "x" * 21


def test_what_a_person_typed_is_escaped() -> None:
    nasty = '"><script>alert(1)</script>'
    tree = field("name", Person({"name": nasty}))
    assert one(tree, "input")["value"] == nasty
    assert not tree.select("script")
    tree = field("note", Person({"note": "</textarea><b>"}))
    assert one(tree, "textarea").get_text().strip() == "</textarea><b>"
    assert not tree.select("b")


def test_a_textarea_keeps_a_leading_line_break() -> None:
    html = str(field("note", Person({"note": "\nhello"})))
    assert ">\n\nhello</textarea>" in html  # HTML drops the first one


def test_a_password_is_never_written_into_the_page() -> None:
    tree = field("password", Person({"password": "hunter2"}))
    assert not one(tree, "input").has_attr("value")
    assert "hunter2" not in str(tree)
    assert one(tree, "button[data-reveal]")["data-reveal"] == "id_password"


def test_radios_are_a_group_with_a_name_and_unique_ids() -> None:
    tree = field("role", Person({"role": "s"}))
    assert one(tree, "fieldset > legend").get_text(strip=True) == "Role"
    assert [box["value"] for box in tree.select("input[checked]")] == ["s"]
    assert len({box["id"] for box in tree.select("input")}) == 2


@pytest.mark.parametrize("kind", ["cards", "segmented"])
def test_radios_may_look_like_cards_or_segments(kind: str) -> None:
    tree = field("role", Person(initial={"role": "a"}), f', kind="{kind}"')
    assert [box["value"] for box in tree.select("input[type=radio]")] == ["a", "s"]


def test_a_select_keeps_its_groups_and_their_order() -> None:
    tree = field("zone", Person({"zone": "ma"}))
    assert [group["label"] for group in tree.select("optgroup")] == ["America", "Europe"]
    assert one(tree, "option[selected]")["value"] == "ma"
    assert tree.select("select > option")[0]["value"] == ""


def test_a_group_of_boxes_without_a_choice_says_so_by_each_box() -> None:
    tree = field("days", Person({"name": "x"}))
    assert [box["aria-invalid"] for box in tree.select("input[type=checkbox]")] == ["true", "true"]
    assert one(tree, "fieldset")["aria-describedby"] == "id_days-error"


def test_a_switch_is_a_checkbox_that_is_read_as_a_switch() -> None:
    tree = field("loud", Person({"loud": "on"}), ', kind="switch"')
    box = one(tree, "input[type=checkbox]")
    assert box["role"] == "switch"
    assert box.has_attr("checked")
    assert not one(field("loud", Person({})), "input").has_attr("checked")


def test_a_date_is_written_as_browsers_want_it_in_every_language() -> None:
    with override("es"):
        tree = field("day", Person(initial={"day": dt.date(2026, 7, 23)}))
    assert one(tree, "input[type=date]")["value"] == "2026-07-23"


def test_a_file_and_a_hidden_field_are_drawn() -> None:
    assert one(field("picture", Person()), "input[type=file]")["name"] == "picture"
    assert one(field("secret", Person(initial={"secret": "7"})), "input[type=hidden]")["value"] == "7"


def test_further_attributes_reach_the_control_and_oob_the_root() -> None:
    tree = field(
        "name", Person(), ', attrs={"hx-get": "/x", "autocomplete": "name", "data-on": True}, oob=True'
    )
    control = one(tree, "input")
    assert (control["hx-get"], control["autocomplete"], control["data-on"]) == ("/x", "name", "")
    assert one(tree, "#id_name-field")["hx-swap-oob"] == "true"


def test_the_summary_links_to_every_field_that_was_refused() -> None:
    form = Person({})
    form.add_error(None, "No free seat.")
    tree = render('{% from "ui/_forms.html" import form_errors %}{{ form_errors(form) }}', form=form)
    assert one(tree, "[role=alert]").has_attr("data-focus")
    assert "No free seat." in tree.get_text()
    assert [link["href"] for link in tree.select("a")] == ["#id_name", "#id_role", "#id_zone", "#id_days"]
    assert not render(
        '{% from "ui/_forms.html" import form_errors %}{{ form_errors(form) }}', form=Person()
    ).find(True)
