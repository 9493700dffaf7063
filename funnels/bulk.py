"""Many leads to a stage, or to another funnel: of the acts of directory.bulk."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory import ordering, required
from directory.bulk import restoring, words
from directory.bulk.acts import Act, ActForm, Params
from directory.bulk.batch import At, Batch
from directory.verbs import Verb
from funnels.actions import moves
from funnels.models import Funnel, Stage
from workspaces.errors import Refused
from workspaces.models import Membership

INBOX = "inbox"


class StageForm(ActForm):
    stage = forms.ChoiceField(label=gettext_lazy("Stage"))

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        super().__init__(data)
        choice: Any = self.fields["stage"]
        choice.choices = [
            ("", "—"),
            (INBOX, _("Inbox")),
            *(
                (funnel.name, [(str(one.pk), one.name) for one in _stages_of(funnel)])
                for funnel in _open_to(membership)
            ),
        ]

    def params(self) -> Params:
        chosen = self.cleaned_data["stage"]
        if chosen == INBOX:
            return {"stage": None, "name": ""}
        stage = Stage.objects.with_funnel().get(pk=chosen)
        return {"stage": stage.pk, "name": f"{stage.funnel.name} · {stage.name}"}


class FunnelForm(ActForm):
    funnel = forms.ModelChoiceField(
        label=gettext_lazy("Funnel"),
        queryset=Funnel.objects.none(),
        empty_label="—",
        help_text=gettext_lazy(
            "Each lead goes to the stage that is called like the one it is in; where there is none, to the first."
        ),
    )

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        super().__init__(data)
        self.fields["funnel"].queryset = _open_to(membership)  # type: ignore[attr-defined]

    def params(self) -> Params:
        funnel: Funnel = self.cleaned_data["funnel"]
        return {"funnel": funnel.pk, "name": funnel.name}


class _Move(Act):
    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        """To the stage it was in, at its place, since when it was there; where leads may still go there."""
        assert isinstance(batch.by, Membership)
        wanted = {pairs["stage_id"][0] for pairs in before.values()} - {None}
        open_stages = _where_leads_go(wanted, batch.by)

        def check(row: At, values: Mapping[str, Any]) -> str:
            stage = values["stage_id"]
            return "" if stage is None or stage in open_stages else words.STAGE_GONE

        restoring.take_back(batch, before, Verb.MOVED, check=check)

    def _put(self, batch: Batch, to: Mapping[int, Stage | None]) -> None:
        """Each to the top of its stage, in the order of their ids; those without what it asks for stay."""
        coming: dict[int, list[int]] = {}
        stages = {stage.pk: stage for stage in to.values() if stage is not None}
        for row in batch.rows:
            stage = to[row.lead]
            if stage is not None and row.stage_id != stage.pk:
                coming.setdefault(stage.pk, []).append(row.lead)
        for pk, leads in coming.items():
            for lead, keys in required.lacking(stages[pk].required, leads).items():
                batch.refused[lead] = f"{words.MISSING}:{' '.join(keys)}"
        top = time.time_ns() // 1000
        values = {
            row.lead: {
                "stage_id": stage.pk if (stage := to[row.lead]) else None,
                "position": ordering.at_top(top - place),
                "stage_since": batch.now,
            }
            for place, row in enumerate(batch.rows)
            if row.lead not in batch.refused
        }
        batch.write(values, verb=Verb.MOVED)


class ToStage(_Move):
    key, icon, order, in_bar = "stage", "arrow-right-left", 30, True
    label, running = gettext_lazy("Change stage"), gettext_lazy("Moving leads to a stage")

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return StageForm(data, membership=membership)

    def asked(self, leads: int) -> str:
        return words.counted(
            leads, ngettext("%(count)s lead will be moved.", "%(count)s leads will be moved.", leads)
        )

    def said(self, params: Params) -> str:
        return _("Move to %(stage)s") % {"stage": params["name"] or _("Inbox")}

    def check(self, params: Params, *, by: Membership) -> None:
        if params["stage"] is not None:
            moves.check_moves_to(_stage(params["stage"]), by=by)

    def perform(self, batch: Batch, params: Params) -> None:
        stage = _stage(params["stage"]) if params["stage"] is not None else None
        self._put(batch, {row.lead: stage for row in batch.rows})


class ToFunnel(_Move):
    key, icon, order = "funnel", "square-kanban", 102
    label, running = gettext_lazy("Move to another funnel"), gettext_lazy("Moving leads to another funnel")

    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return FunnelForm(data, membership=membership)

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "%(count)s lead will be in another funnel.",
                "%(count)s leads will be in another funnel.",
                leads,
            ),
        )

    def said(self, params: Params) -> str:
        return _("Move to the funnel %(funnel)s") % {"funnel": params["name"]}

    def check(self, params: Params, *, by: Membership) -> None:
        for stage in _stages_for(params)[:1]:
            moves.check_moves_to(stage, by=by)

    def perform(self, batch: Batch, params: Params) -> None:
        """What is in the funnel already stays where it is."""
        stages = _stages_for(params)
        by_name, own = (
            {stage.name.casefold(): stage for stage in reversed(stages)},
            {one.pk for one in stages},
        )
        now = {row.stage_id for row in batch.rows if row.stage_id is not None} - own
        names = dict(Stage.objects.filter(pk__in=now).values_list("pk", "name"))
        known = {stage.pk: stage for stage in stages}
        to: dict[int, Stage | None] = {}
        for row in batch.rows:
            at = row.stage_id or 0
            to[row.lead] = known.get(at) or by_name.get(names.get(at, "").casefold(), stages[0])
        self._put(batch, to)


def _open_to(membership: Membership) -> Any:
    return Funnel.objects.in_use().open_to(membership).in_order().with_stages()


def _stages_of(funnel: Funnel) -> list[Stage]:
    return [one for one in funnel.stages.all() if one.leaving_since is None]


def _stage(pk: int) -> Stage:
    stage = Stage.objects.with_funnel().filter(pk=pk).first()
    if stage is None:
        raise Refused(_("That stage is gone. Choose another one."))
    return stage


def _stages_for(params: Params) -> Sequence[Stage]:
    found = Stage.objects.with_funnel().filter(funnel_id=params["funnel"], leaving_since=None)
    stages = list(found.in_order())
    if not stages:
        raise Refused(_("That funnel is gone, or has no stages. Choose another one."))
    return stages


def _where_leads_go(stages: set[int], by: Membership) -> set[int]:
    return {
        stage.pk for stage in Stage.objects.with_funnel().filter(pk__in=stages) if not _refuses(stage, by)
    }


def _refuses(stage: Stage, by: Membership) -> bool:
    from django.core.exceptions import PermissionDenied

    try:
        moves.check_moves_to(stage, by=by)
    except (Refused, PermissionDenied):
        return True
    return False
