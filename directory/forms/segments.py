"""What a person says of a segment they keep."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import filtering
from directory.filtering import BadFilter
from directory.listing import sorting
from directory.models import Segment
from directory.models.segment import LONGEST_FILTER
from directory.permissions import DirectoryPermission
from directory.selection import STATES
from workspaces.models import Membership
from workspaces.names import tidied


class SegmentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40, strip=True)
    icon = forms.CharField(label=_("Emoji"), max_length=8, required=False)
    shared = forms.BooleanField(label=_("For everybody in the workspace"), required=False)
    filter = forms.CharField(
        label=_("Filter"), max_length=LONGEST_FILTER, required=False, widget=forms.HiddenInput
    )
    state = forms.ChoiceField(
        choices=[(one, one) for one in STATES], required=False, widget=forms.HiddenInput
    )
    sort = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: Membership, segment: Segment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        if segment is not None or not reader.may(DirectoryPermission.SHARE_SEGMENTS):
            del self.fields["shared"]  # whose it is does not change

    def clean_name(self) -> str:
        name = tidied(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def clean_icon(self) -> str:
        """One emoji or sign; not a word that would take the name's place."""
        icon = tidied(self.cleaned_data["icon"])
        if any(character.isalnum() for character in icon):
            raise forms.ValidationError(_("Choose an emoji."))
        return icon

    def clean_filter(self) -> str:
        try:
            return filtering.parse(self.cleaned_data["filter"]).text
        except BadFilter as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or STATES[0]

    def clean_sort(self) -> str:
        return sorting.read(self.cleaned_data["sort"], self.reader).text


class LookForm(forms.Form):
    """Which columns, how dense."""

    columns = forms.MultipleChoiceField(required=False)
    density = forms.ChoiceField(
        choices=[("comfortable", _("Comfortable")), ("compact", _("Compact"))], required=False
    )

    def __init__(self, *args: Any, keys: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["columns"]
        field.choices = keys
