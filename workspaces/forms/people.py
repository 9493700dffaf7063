"""Forms about people: invitations, roles, access, leaving, teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.models import Colour, Membership, Role, Team
from workspaces.names import clean_name


def roles_given_by(actor: Membership) -> list[tuple[str, Any]]:
    """The roles an actor may hand out: only the owner makes admins."""
    roles = [Role.SELLER, Role.ADMIN] if actor.is_owner else [Role.SELLER]
    return [(role.value, role.label) for role in roles]


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial=Role.SELLER)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_given_by(actor)  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_given_by(actor)  # type: ignore[attr-defined]


class PersonChoice(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.user)


class PeopleChoice(forms.ModelMultipleChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.user)


class SuccessorForm(forms.Form):
    """Who takes over from a leaver; nobody is a choice."""

    successor = PersonChoice(label=_("Who takes over"), queryset=Membership.objects.none(), required=False)

    def __init__(self, *args: Any, leaver: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.of_workspace(leaver.workspace).active().exclude(pk=leaver.pk).by_name()
        field: Any = self.fields["successor"]
        field.queryset = people
        field.empty_label = _("Nobody: it stays unassigned")


class HeirForm(forms.Form):
    """The next owner, confirmed by typing the workspace's name."""

    heir = PersonChoice(label=_("New owner"), queryset=Membership.objects.none())
    confirmation = forms.CharField(label=_("Workspace name"), max_length=80)

    def __init__(self, *args: Any, owner: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = owner.workspace.name
        field: Any = self.fields["heir"]
        field.empty_label = _("Choose a person")
        field.queryset = (
            Membership.objects.of_workspace(owner.workspace).active().exclude(pk=owner.pk).by_name()
        )

    def clean_confirmation(self) -> str:
        return clean_confirmation(self.cleaned_data["confirmation"], self._name)


class ConfirmationForm(forms.Form):
    """A final act, confirmed by typing a name."""

    confirmation = forms.CharField(max_length=80)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = name

    def clean_confirmation(self) -> str:
        return clean_confirmation(self.cleaned_data["confirmation"], self._name)


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    colour = forms.ChoiceField(
        label=_("Colour"), choices=Colour.choices, initial=Colour.TEAL, widget=forms.RadioSelect
    )
    people = PeopleChoice(
        label=_("People"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, actor: Membership, team: Team | None = None, **kwargs: Any) -> None:
        if team is not None:
            kwargs.setdefault("initial", {"name": team.name, "colour": team.colour, "people": seated(team)})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = Membership.objects.of_workspace(actor.workspace).active().by_name()

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


def seated(team: Team) -> list[int]:
    return list(team.team_members.values_list("membership_id", flat=True))


def clean_confirmation(typed: str, name: str) -> str:
    if " ".join(typed.split()) != " ".join(name.split()):
        raise forms.ValidationError(_("That is not the name. Type it exactly as it is written."))
    return typed
