"""What an admin chooses for a rule, and for each person in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.actions.assignment import Seat
from inbox.models import AssignmentRule, AssignmentSeat, Policy
from inbox.models.assignment_rule import MOST_CAPACITY, MOST_WEIGHT
from workspaces.models import Membership, Team

FOLLOWS = "inbox"  # of a channel: no rule of its own
MOST_DAYS = 365
MOST_MINUTES = 7 * 24 * 60


class RuleForm(forms.Form):
    policy = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    capacity = forms.IntegerField(
        label=_("Most open leads of a person"),
        required=False,
        min_value=1,
        max_value=MOST_CAPACITY,
        help_text=_("Empty: any number. Archived, won, lost and finished ones do not count."),
    )
    team = forms.ModelChoiceField(
        label=_("Only people of the team"), queryset=Team.objects.none(), required=False, empty_label=_("All")
    )
    sticky_days = forms.IntegerField(
        label=_("Back to who had it, within days"),
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_("Who writes again is given to whom they had, if they are there. 0: never."),
    )
    away_minutes = forms.IntegerField(
        label=_("Give on when the assignee is away, after minutes"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=_("Only leads that wait for an answer. Empty: they wait for their assignee."),
    )
    takes_unassigned = forms.BooleanField(
        label=_("Hand out now what is unassigned and waits for an answer, too"), required=False
    )

    def __init__(
        self, data: Any = None, *, rule: AssignmentRule | None, is_channel: bool, **kwargs: Any
    ) -> None:
        initial = {
            "policy": FOLLOWS if is_channel else Policy.OFF,
            "sticky_days": 30,
        }
        if rule is not None:
            initial = {
                "policy": rule.policy,
                "capacity": rule.capacity,
                "team": rule.team_id,
                "sticky_days": rule.sticky_days,
                "away_minutes": rule.away_minutes,
            }
        super().__init__(data, initial=initial, **kwargs)
        policy: Any = self.fields["policy"]
        policy.choices = [*([(FOLLOWS, _("As the Inbox"))] if is_channel else []), *Policy.choices]
        team: Any = self.fields["team"]
        team.queryset = Team.objects.by_name()

    @property
    def follows_inbox(self) -> bool:
        return bool(self.cleaned_data["policy"] == FOLLOWS)

    def values(self) -> dict[str, Any]:
        """The fields of the rule."""
        data = self.cleaned_data
        return {
            "policy": data["policy"],
            "capacity": data["capacity"],
            "team_id": data["team"].pk if data["team"] else None,
            "sticky_days": data["sticky_days"],
            "away_minutes": data["away_minutes"],
        }


class SeatForm(forms.Form):
    """One person's. Its prefix is the membership's id, so that a page has one of each."""

    takes_part = forms.BooleanField(label=_("Takes part"), required=False)
    weight = forms.IntegerField(label=_("Turns"), min_value=1, max_value=MOST_WEIGHT)
    capacity = forms.IntegerField(label=_("Most open"), required=False, min_value=1, max_value=MOST_CAPACITY)

    def __init__(self, data: Any, *, person: Membership, seat: AssignmentSeat | None) -> None:
        self.person = person
        initial = {
            "takes_part": person.is_seller if seat is None else seat.takes_part,
            "weight": 1 if seat is None else seat.weight,
            "capacity": None if seat is None else seat.capacity,
        }
        prefix = f"p{person.pk}"
        if data is not None and f"{prefix}-weight" not in data:  # not on the page that was sent: as it was
            data = {f"{prefix}-{name}": value for name, value in initial.items() if value}
        super().__init__(data, initial=initial, prefix=prefix)

    def seat(self) -> Seat:
        """`takes_part` is None where it is as the role has it anyway."""
        data = self.cleaned_data
        takes_part = None if data["takes_part"] == self.person.is_seller else data["takes_part"]
        return Seat(self.person.pk, takes_part, data["weight"], data["capacity"])
