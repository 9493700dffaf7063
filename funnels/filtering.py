"""Stage and funnel, by which leads are filtered, with their icon, and the columns that show them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.prepared import Prepared
from crm.ui.runs import Run
from directory import columns, filtering, pipeline
from directory.choices import Option
from directory.columns import Cell, Column
from directory.exporting import sources
from directory.filtering import asked as by
from directory.filtering import few
from directory.filtering.fields import Asked, Field, Groups
from directory.filtering.kinds import References
from directory.filtering.tree import Keyword
from directory.listing import sorting
from directory.models import Placement
from funnels.models import Funnel, Stage
from funnels.models.funnel import granted_to
from workspaces.models import Membership

LACKS = frozenset({Keyword.NONE, Keyword.ANY})  # none: in the Inbox


def register() -> None:
    for field in (
        Field(
            "funnel",
            gettext_lazy("Funnel"),
            "square-kanban",
            References(),
            _in_funnel,
            LACKS,
            _funnels,
            few.placed(_in_funnel),
            is_tallied=True,
            order=30,
        ),
        Field(
            "stage",
            gettext_lazy("Stage"),
            "columns-3",
            References(),
            by.reference("stage_id"),
            LACKS,
            _stages,
            few.placed(by.reference("stage_id")),
            few.walked("stage_id"),
            is_tallied=True,
            order=40,
        ),
    ):
        filtering.register(field)
    columns.register(
        Column(
            "stage",
            gettext_lazy("Stage"),
            load_stages,
            Cell.STAGE,
            "stage",
            plain=lambda stage: stage.name,
            order=60,
        )
    )
    sorting.register(sorting.Sort("stage", gettext_lazy("Stage"), "", rises=True, runs=_by_stage))
    sources.register(
        sources.Source(
            "stage", sources.Kind.WORD, lambda asked: Coalesce(F("stage__name"), Value(_("Inbox")))
        )
    )
    sources.register(sources.Source("funnel", sources.Kind.WORD, lambda asked: F("stage__funnel__name")))
    columns.register(Column("funnel", gettext_lazy("Funnel"), load_funnels, plain=str, order=65))


def _by_stage(rises: bool) -> list[Run]:
    """The Inbox, then funnel after funnel, each with its stages in order; the latest of each first, either way."""
    stages = tuple(Stage.objects.in_order().values_list("pk", flat=True))
    inbox = Run(Q(stage=None), "last_activity_at")
    others = Run(Q(), "last_activity_at", each=("stage_id", stages if rises else stages[::-1]))
    return [inbox, others] if rises else [others, inbox]


def _in_funnel(asked: Asked) -> Q:
    stages = Stage.objects.filter(funnel_id__in=asked.ids).values("pk")
    named = [Q(stage_id__in=stages, stage_id__isnull=False)] if asked.ids else []
    return by.either([*named, *by.lack("stage_id", asked)])


def _funnels(reader: Membership, ids: Iterable[str] | None) -> Groups:
    found = Funnel.objects.open_to(reader).in_order()
    found = found.in_use() if ids is None else found.filter(pk__in=list(map(int, ids)))
    return [("", [Option(one.pk, one.name, colour=one.colour) for one in found])]


def _stages(reader: Membership, ids: Iterable[str] | None) -> Groups:
    if ids is None:
        return [
            (funnel.name, [Option(one.pk, one.name, colour=one.colour) for one in funnel.stages])
            for funnel in pipeline.current().choices(reader)
        ]
    named = _stages_named.rows(stages=list(map(int, ids)))
    if reader.is_seller:
        granted = granted_to(reader)
        named = [one for one in named if one[3] in granted]
    return [("", [Option(pk, name, colour=colour) for pk, name, colour, _funnel in named])]


_stages_named: Prepared[tuple[int, str, str, int]] = Prepared(  # for chips, on every page with such a filter
    lambda stages: Stage.objects.filter(pk__any=stages).values_list("pk", "name", "colour", "funnel_id"),
    stages=[-1],
)


def load_stages(placements: Sequence[Placement], membership: Membership) -> Mapping[int, Any]:
    """One query."""
    wanted = {one.stage_id for one in placements if one.stage_id is not None}
    rows = Stage.objects.filter(pk__in=wanted).values_list("pk", "name", "colour", "funnel__name")
    stages = {pk: columns.Stage(name, colour, funnel) for pk, name, colour, funnel in rows} if wanted else {}
    inbox = columns.Stage(_("Inbox"), "", "")
    return {one.pk: inbox if one.stage_id is None else stages[one.stage_id] for one in placements}


def load_funnels(placements: Sequence[Placement], membership: Membership) -> Mapping[int, Any]:
    return {pk: stage.funnel for pk, stage in load_stages(placements, membership).items() if stage.funnel}
