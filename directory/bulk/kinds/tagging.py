"""Tags put on, and taken off."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.tenancy import current_workspace, references
from directory.actions.tags import MOST_ON_A_LEAD
from directory.bulk import words
from directory.bulk.acts import Act, ActForm, Params
from directory.bulk.batch import Batch, numbers
from directory.models import Tag
from directory.verbs import Verb
from workspaces.errors import Refused
from workspaces.models import Membership


class TagForm(ActForm):
    tags = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags"), queryset=Tag.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["tags"].queryset = Tag.objects.by_name()  # type: ignore[attr-defined]

    def clean_tags(self) -> list[Tag]:
        chosen = list(self.cleaned_data["tags"])
        if len(chosen) > MOST_ON_A_LEAD:
            raise forms.ValidationError(_("A lead can have %(number)s tags.") % {"number": MOST_ON_A_LEAD})
        return chosen

    def params(self) -> Params:
        return {"tags": {str(one.pk): one.name for one in self.cleaned_data["tags"]}}


class _Tagging(Act):
    def form(self, membership: Membership, data: Any = None, initial: Any = None) -> ActForm:
        return TagForm(data)

    def check(self, params: Params, *, by: Membership) -> None:
        if Tag.objects.filter(pk__in=list(params["tags"])).count() < len(params["tags"]):
            raise Refused(_("A tag that was chosen is deleted. Choose again."))


class PutOn(_Tagging):
    key, icon, order, in_bar = "tag", "tag", 20, True
    label, running = gettext_lazy("Add tags"), gettext_lazy("Tagging leads")

    def asked(self, leads: int) -> str:
        return words.counted(
            leads, ngettext("%(count)s lead will be tagged.", "%(count)s leads will be tagged.", leads)
        )

    def said(self, params: Params) -> str:
        return _("Tag: %(tags)s") % {"tags": ", ".join(params["tags"].values())}

    def perform(self, batch: Batch, params: Params) -> None:
        """Kept of each lead: {tag: the row that puts it on}."""
        tags = _named(params)
        wanted: dict[int, list[int]] = {}
        worn = _worn([row.lead for row in batch.rows], list(tags))
        for row in batch.rows:
            has, amount = worn.get(row.lead, (set(), 0))
            new = [tag for tag in tags if tag not in has]
            if new and amount + len(new) > MOST_ON_A_LEAD:
                batch.refused[row.lead] = words.FULL
            elif new:
                wanted[row.lead] = new
        put = _put_on(batch, [(lead, tag) for lead, new in wanted.items() for tag in new])
        _keep(batch, tags, put, Verb.TAGGED)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        """Only what the act put on: a tag that was taken off and put on again since is somebody else's."""
        here = {row.lead for row in batch.rows}
        rows = [pk for lead, put in before.items() if lead in here for pk in put.values()]
        _keep(batch, _named(params), _take_off(batch, "id = ANY(%s)", [rows]), Verb.UNTAGGED)


class TakeOff(_Tagging):
    key, icon, order = "untag", "eraser", 105
    label, running = gettext_lazy("Take tags off"), gettext_lazy("Taking tags off leads")

    def asked(self, leads: int) -> str:
        return words.counted(
            leads,
            ngettext(
                "Tags will be taken off %(count)s lead.", "Tags will be taken off %(count)s leads.", leads
            ),
        )

    def said(self, params: Params) -> str:
        return _("Take off: %(tags)s") % {"tags": ", ".join(params["tags"].values())}

    def perform(self, batch: Batch, params: Params) -> None:
        tags = _named(params)
        leads = [row.lead for row in batch.rows]
        taken = _take_off(batch, "lead_id = ANY(%s) AND tag_id = ANY(%s)", [leads, list(tags)])
        _keep(batch, tags, taken, Verb.UNTAGGED)

    def take_back(self, batch: Batch, params: Params, before: Mapping[int, Any]) -> None:
        here = dict(Tag.objects.filter(pk__in=list(params["tags"])).values_list("pk", "name"))
        worn = _worn([row.lead for row in batch.rows], list(here))
        pairs: list[tuple[int, int]] = []
        for row in batch.rows:
            has, amount = worn.get(row.lead, (set(), 0))
            known = [tag for tag in map(int, before[row.lead]) if tag in here]
            new = [tag for tag in known if tag not in has]
            if not known:
                batch.refused[row.lead] = words.TAG_GONE
            elif amount + len(new) > MOST_ON_A_LEAD:
                batch.refused[row.lead] = words.FULL
            else:
                pairs += [(row.lead, tag) for tag in new]
        _keep(batch, here, _put_on(batch, pairs), Verb.TAGGED)


def _named(params: Params) -> dict[int, str]:
    return {int(tag): name for tag, name in params["tags"].items()}


def _worn(leads: Sequence[int], tags: Sequence[int]) -> dict[int, tuple[set[int], int]]:
    """{lead: (which of these tags it has, how many tags it has)}. The leads are locked: as is whoever tags them."""
    if not leads:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WORN, [list(tags), current_workspace(), numbers(leads)])
        return {lead: (set(has or ()), amount) for lead, has, amount in cursor.fetchall()}


def _put_on(batch: Batch, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(lead, tag, row) of what was put on."""
    if not pairs:
        return []
    leads, tags = (list(column) for column in zip(*pairs, strict=True))
    with references.by_statement(), connection.cursor() as cursor:
        cursor.execute(_PUT_ON, [batch.act.workspace_id, numbers(leads), numbers(tags)])
        return [tuple(row) for row in cursor.fetchall()]


def _take_off(batch: Batch, condition: str, parameters: list[Any]) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM directory_leadtag WHERE workspace_id = %s AND {condition}"  # noqa: S608 (our own)
            " RETURNING lead_id, tag_id, id",
            [batch.act.workspace_id, *parameters],
        )
        return [tuple(row) for row in cursor.fetchall()]


def _keep(batch: Batch, tags: Mapping[int, str], rows: Sequence[tuple[int, int, int]], verb: Verb) -> None:
    for lead, tag, pk in rows:
        batch.changed.setdefault(lead, {})[str(tag)] = pk
    facts = {tag: {"tag": tag, "name": name} for tag, name in tags.items()}
    told: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
        (lead, {}, facts[tag]) for lead, tag, _pk in sorted(rows)
    ]
    batch.record(told, verb=verb)


_WORN = """
    SELECT lead_id, array_agg(tag_id) FILTER (WHERE tag_id = ANY(%s)), count(*)
    FROM directory_leadtag WHERE workspace_id = %s AND lead_id = ANY(%s) GROUP BY lead_id
"""
_PUT_ON = """
    INSERT INTO directory_leadtag (workspace_id, lead_id, tag_id)
    SELECT %s, x.lead, x.tag FROM unnest(%s::bigint[], %s::bigint[]) AS x(lead, tag)
    ON CONFLICT DO NOTHING RETURNING lead_id, tag_id, id
"""
