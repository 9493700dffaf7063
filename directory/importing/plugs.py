"""What imports plug into the registries of this floor and of those below."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm import schedule
from crm.ui import settings_pages
from directory import columns, erasure, naming, timeline
from directory.columns import Column
from directory.exporting import sources
from directory.exporting.sources import Kind, Source
from directory.importing import belongings, brought, jobs, keeping
from directory.listing import toolbar
from directory.models import Event, Placement
from directory.permissions import DirectoryPermission
from directory.timeline import Names, Told
from directory.verbs import Verb
from workspaces.models import Membership
from workspaces.permissions import may


def register() -> None:
    jobs.register()
    belongings.register()
    brought.register()
    erasure.register(keeping.PARTICIPANT)
    erasure.keep_in_events("import", "row")  # a file may be called like a person
    schedule.daily("directory.old_imports", at="03:40", task="directory.tasks.forget_imports")
    timeline.register_explanation("import", _explain)
    toolbar.register(
        toolbar.Tool(
            "import",
            pgettext_lazy("verb", "Import"),
            "file-input",
            "directory:import_new",
            order=20,
            allowed=lambda membership: membership.may(DirectoryPermission.IMPORT_LEADS),
        )
    )
    settings_pages.register(
        settings_pages.Entry(
            "imports",
            gettext_lazy("Imports"),
            "file-input",
            "directory:imports",
            order=64,
            group=gettext_lazy("Leads"),
            allowed=lambda request: may(request, DirectoryPermission.IMPORT_LEADS),
            keywords=gettext_lazy("CSV, Excel, spreadsheet, upload leads"),
        )
    )
    for order, key, label in (
        (300, "came_from", gettext_lazy("Where they came from")),
        (310, "external_id", gettext_lazy("External ID")),
    ):
        columns.register(Column(key, label, _text(key), order=order))
        sources.register(Source(key, Kind.TEXT, sources.held(f"lead__{key}")))


def _text(key: str) -> Callable[[Sequence[Placement], Membership], Mapping[int, str]]:
    """Others write it: there may be a number in it."""
    return lambda placements, membership: {
        one.pk: naming.shown_text(held, membership) for one in placements if (held := getattr(one.lead, key))
    }


def _explain(event: Event, names: Names, told: Told) -> Told:
    """By which file a lead came, or was changed."""
    file = str(event.facts.get("file", "")) or f"#{event.facts.get('import')}"
    if event.verb == Verb.CREATED:
        return Told(_("imported the lead from %(file)s") % {"file": file}, "file-input")
    undone, done = _("%(what)s (import of %(file)s undone)"), _("%(what)s (import of %(file)s)")
    text = (undone if event.facts.get("undo") else done) % {"what": told.text, "file": file}
    return Told(text, told.icon, told.changes, told.tone, told.impersonal, told.why)
