"""Forms of an import: the file, what its columns are, what else is to be said."""

from typing import Any

import phonenumbers
from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from directory import custom, pipeline
from directory.forms.leads import assignable
from directory.importing import encodings, limits, options
from directory.importing.options import Options
from directory.importing.targets import CUSTOM, NEW, SINGLE, TARGETS
from directory.models import CustomKind, Import, Tag
from directory.permissions import DirectoryPermission
from workspaces.forms.people import PersonChoice
from workspaces.models import Membership

MADE_ON_THE_WAY = (
    CustomKind.TEXT,
    CustomKind.NUMBER,
    CustomKind.DATE,
    CustomKind.YES_NO,
    CustomKind.MONEY,
    CustomKind.URL,
    CustomKind.PHONE,
    CustomKind.EMAIL,
)
DELIMITER_WORDS = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Bar"),
}
ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (1252)",
    "latin-1": "Latin 1",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 BE",
    "mac-roman": "Macintosh",
}


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx", "data-most-bytes": limits.MOST_BYTES}
        ),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )


class LayoutForm(forms.Form):
    """How the file is to be read, where the guess was wrong."""

    has_header = forms.BooleanField(
        label=gettext_lazy("The first row has the names of the columns"), required=False
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"))
    delimiter = forms.ChoiceField(label=gettext_lazy("Delimiter"))

    def __init__(self, data: Any = None, *, one: Import) -> None:
        layout = one.layout
        super().__init__(data, initial={"has_header": True, **layout})
        if one.kind == "xlsx":
            del self.fields["encoding"], self.fields["delimiter"]
            self._choose("sheet", [(name, name) for name in layout.get("sheets", [])])
        else:
            del self.fields["sheet"]
            self._choose("encoding", [(name, ENCODING_WORDS[name]) for name in encodings.ENCODINGS])
            known = [(sign, DELIMITER_WORDS[sign]) for sign in encodings.DELIMITERS]
            used = layout.get("delimiter", ",")
            self._choose("delimiter", known if used in DELIMITER_WORDS else [*known, (used, used)])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class MappingForm(forms.Form):
    """A field for each column, "c0", "c1", …"""

    def __init__(self, data: Any = None, *, one: Import, membership: Membership) -> None:
        super().__init__(data)
        self._headers: list[str] = one.profile["headers"]
        choices = self._choices(membership)
        known = {key for _group, entries in choices[1:] for key, _label in entries}
        for place, key in enumerate(one.mapping):
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=self._headers[place],
                choices=choices,
                required=False,
                initial=key if key in known else "",
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen: dict[str, int] = {}
        for place in range(len(self._headers)):
            key = cleaned.get(f"c{place}", "")
            if key and (key in SINGLE or key.startswith(CUSTOM)) and key in chosen:
                first = self._headers[chosen[key]]
                self.add_error(f"c{place}", _("The column %(name)s is that already.") % {"name": first})
            chosen.setdefault(key, place)
        if not self.errors and not chosen.keys() & {"name", "first_name", "last_name", "phone", "email"}:
            raise forms.ValidationError(_("Choose a column for the name, the phone or the e-mail."))
        return cleaned

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data[f"c{place}"] for place in range(len(self._headers))]

    @staticmethod
    def _choices(membership: Membership) -> list[Any]:
        found: list[Any] = [
            ("", _("Do not import")),
            (_("Lead"), [(target.key, target.label) for target in TARGETS]),
        ]
        if own := custom.fields():
            found.append((_("Fields of your own"), [(f"{CUSTOM}{field.pk}", field.label) for field in own]))
        if membership.may(DirectoryPermission.MANAGE_FIELDS):
            made = [
                (f"{NEW}{kind}", _("New field: %(kind)s") % {"kind": kind.label}) for kind in MADE_ON_THE_WAY
            ]
            found.append((_("Make a field"), made))
        return found


class OptionsForm(forms.Form):
    rule = forms.ChoiceField(
        label=gettext_lazy("Where the lead is here already"), choices=options.RULES, widget=forms.RadioSelect
    )
    keys = forms.MultipleChoiceField(
        label=gettext_lazy("It is the same lead by"),
        choices=options.KEYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    dates = forms.ChoiceField(label=gettext_lazy("Dates are written"), choices=options.STYLES)
    region = forms.ChoiceField(label=gettext_lazy("Phones without a country are of"), required=False)
    stage = forms.ChoiceField(
        label=gettext_lazy("Put new leads into"),
        required=False,
        help_text=gettext_lazy("Where their row names no stage"),
    )
    assignee = PersonChoice(
        label=gettext_lazy("Assign new leads to"),
        queryset=Membership.objects.none(),
        required=False,
        help_text=gettext_lazy("Where their row names nobody"),
    )
    tags = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags for all of them"),
        queryset=Tag.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, chosen: Options, membership: Membership) -> None:
        super().__init__(data, initial=chosen.to_json())
        region: Any = self.fields["region"]
        region.choices = [("", _("No country: only numbers with a +")), *_countries()]
        stage: Any = self.fields["stage"]
        stage.choices = [
            ("", _("Inbox")),
            *(
                (funnel.name, [(str(one.pk), one.name) for one in funnel.stages])
                for funnel in pipeline.current().choices(membership)
            ),
        ]
        assignee: Any = self.fields["assignee"]
        assignee.queryset = assignable(membership)
        assignee.empty_label = _("Unassigned")
        tags: Any = self.fields["tags"]
        tags.queryset = Tag.objects.by_name()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("rule") != options.CREATE and not cleaned.get("keys"):
            self.add_error("keys", _("Choose at least one, or create another lead anyway."))
        return cleaned

    @property
    def options(self) -> Options:
        data = self.cleaned_data
        return Options(
            rule=data["rule"],
            keys=tuple(key for key, _label in options.KEYS if key in data["keys"]),
            dates=data["dates"],
            region=data["region"],
            tags=tuple(tag.pk for tag in data["tags"]),
            stage=int(data["stage"]) if data["stage"] else None,
            assignee=data["assignee"].pk if data["assignee"] else None,
        )


def _countries() -> list[tuple[str, str]]:
    names = Locale.parse((get_language() or "es")[:2]).territories
    found = [(region, names.get(region, region)) for region in phonenumbers.SUPPORTED_REGIONS]
    return sorted(found, key=lambda one: one[1])
