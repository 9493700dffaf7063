"""The card part "tags"."""

from collections.abc import Mapping, Sequence

from directory.models import LeadTag, Placement, Tag
from workspaces.models import Membership


def load_tags(placements: Sequence[Placement], membership: Membership) -> Mapping[int, tuple[Tag, ...]]:
    """One query."""
    rows = LeadTag.objects.filter(lead_id__in=[one.pk for one in placements]).select_related("tag")
    found: dict[int, list[Tag]] = {}
    for row in rows.order_by("tag__name", "tag_id"):
        found.setdefault(row.lead_id, []).append(row.tag)
    return {pk: tuple(tags) for pk, tags in found.items()}
