"""What a person says of a view they keep."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.conversations.wanted import Wanted
from inbox.models import SavedView
from inbox.permissions import InboxPermission
from workspaces.models import Membership
from workspaces.names import tidied

LONGEST_QUERY = 2_000


class SavedViewForm(forms.Form):
    """`query` is put right before it is kept: what means nothing is left out."""

    name = forms.CharField(label=_("Name"), max_length=40, strip=True)
    icon = forms.CharField(label=_("Emoji"), max_length=8, required=False)
    shared = forms.BooleanField(label=_("For everybody in the workspace"), required=False)
    query = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: Membership, view: SavedView | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        if view is not None or not reader.may(InboxPermission.SHARE_VIEWS):
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

    def clean_query(self) -> str:
        wanted = Wanted.of(QueryDict(self.cleaned_data["query"]), self.reader)
        refused = wanted.filters.more.refused if wanted.filters.more.is_set else None
        if refused:
            raise forms.ValidationError(str(refused))
        query = wanted.kept
        if len(query) > LONGEST_QUERY:
            raise forms.ValidationError(_("These are more filters than a view can keep. Take some away."))
        return query
