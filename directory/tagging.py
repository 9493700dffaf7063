"""The card part "tags"."""

from collections.abc import Mapping, Sequence

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F

from crm.prepared import Prepared
from directory.cards import Placed
from directory.models import LeadTag, Tag
from workspaces.models import Membership

_OF_TAG = ("id", "workspace_id", "name", "colour")
_tags_of = Prepared(
    lambda leads: (
        # The tag's workspace is the lead's: said, so that only this workspace's tags are joined.
        LeadTag.objects.filter(lead_id__any=leads, tag__workspace_id=F("workspace_id"))
        .order_by("tag__name", "tag_id")
        .values_list("lead_id", *(f"tag__{name}" for name in _OF_TAG))
    ),
    leads=[-1],
)


def load_tags(placements: Sequence[Placed], membership: Membership) -> Mapping[int, tuple[Tag, ...]]:
    """One query; a tag that many have is one object."""
    found: dict[int, list[Tag]] = {}
    tags: dict[int, Tag] = {}
    for lead, *row in _tags_of.rows(leads=[one.pk for one in placements]):
        tag = tags.get(row[0])
        if tag is None:
            tag = tags[row[0]] = Tag.from_db(DEFAULT_DB_ALIAS, _OF_TAG, row)
        found.setdefault(lead, []).append(tag)
    return {pk: tuple(tags) for pk, tags in found.items()}
