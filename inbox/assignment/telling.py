"""Decisions in the history of their lead, in words, with the way to all that stands in the ledger."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directory import timeline
from directory.models import Event
from directory.timeline import Names, Told, Why
from inbox.models import AssignmentDecision, Reason
from inbox.verbs import Verb


def register() -> None:
    timeline.register_words(Verb.NOBODY_FREE, _nobody, group=timeline.PEOPLE)
    timeline.register_explanation("decision", _explain)


def _nobody(event: Event, names: Names) -> Told:
    return Told(_("Nobody was free to take it: it waits"), "hourglass", tone="warning", impersonal=True)


def _explain(event: Event, names: Names, told: Told) -> Told:
    words = {
        Reason.TURN: _("Assigned by turns"),
        Reason.LEAST: _("Assigned to who had the fewest open"),
        Reason.STICKY: _("Back with who had it before"),
    }
    text = words.get(Reason(event.facts["why"])) if event.facts.get("why") in Reason.values else None
    if text is not None:
        told = replace(told, text=text, icon="split", impersonal=True)
    if event.created_at < timezone.now() - timedelta(days=AssignmentDecision.KEEP_DAYS):
        return told
    where = {"workspace_id": names.reader.workspace.public_id, "pk": event.facts["decision"]}
    return replace(told, why=Why(_("Why?"), reverse("inbox:decision", kwargs=where)))
