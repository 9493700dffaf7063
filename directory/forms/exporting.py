"""How a file of leads is asked for; its columns are beside the form, since their order is the person's."""

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.exporting.forms import CSV, XLSX


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[(CSV, "CSV"), (XLSX, "Excel (XLSX)")],
        initial=CSV,
        widget=forms.RadioSelect,
    )
    delimiter = forms.ChoiceField(
        label=_("Between the columns"),
        choices=[("comma", _("Comma")), ("semicolon", _("Semicolon"))],
        initial="comma",
        required=False,
        widget=forms.RadioSelect,
    )
    mark = forms.BooleanField(
        label=_("So that Excel shows accents (byte order mark)"), initial=True, required=False
    )

    def clean_delimiter(self) -> str:
        return self.cleaned_data["delimiter"] or "comma"
