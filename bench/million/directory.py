"""The directory's screens: by twelve filters that none, a hundred, one in a hundred, a third of a million fit, in each
order; searched; a page further down; counted."""

from collections.abc import Iterator
from urllib.parse import quote

from django.urls import reverse

from bench.million.cast import NONE, RARE
from bench.million.own_fields import ENDS, FEE, PLAN, USUAL
from bench.million.words import TAGS
from directory.models import CustomChoice, Tag
from funnels.models import Stage
from workspaces.models import Membership

SORTS = {"activity": "", "name": "name", "created": "-created"}
BUDGET, SEARCH_BUDGET, QUERIES = 6, 12, 6
SEARCHES = {
    "rare": "xochitl etxeberria", "common": "garcia", "short": "ma", "none": "zzyzx", "phone": "5504827",
    "email": "maria.1@",
}  # fmt: skip


def filters() -> dict[str, str]:
    """Twelve, by name. In the scope."""
    tags = dict(Tag.objects.filter(name__in=[NONE, RARE, TAGS[0]]).values_list("name", "pk"))
    stage = Stage.objects.get(name="Visita").pk
    plans = dict(CustomChoice.objects.filter(field__key=PLAN).values_list("label", "pk"))
    return {
        "none": f"tag:{tags[NONE]}",
        "rare": f"tag:{tags[RARE]}",
        "tag": f"tag:{tags[TAGS[0]]}",
        "untagged": "not tag:any",
        "stage": f"stage:{stage}",
        "status": "status:urgent,pending",
        "silent": "not inbound:last-7d created:last-1y",
        "plan": f"custom.{PLAN}:{plans[USUAL]}",
        "plan.rare": f"custom.{PLAN}:{plans[RARE]}",
        "fee": f"custom.{FEE}:9800..",
        "ends": f"custom.{ENDS}:last-1y",
        "either": f"(tag:{tags[RARE]} or custom.{PLAN}:{plans[RARE]}) not status:done",
    }


def pages(membership: Membership) -> Iterator[tuple[str, str, float]]:
    """(name, path, budget)."""
    at = reverse("directory:directory", kwargs={"workspace_id": membership.workspace.public_id})
    for order, sort in SORTS.items():
        yield f"directory.all.{order}", f"{at}?sort={sort}" if sort else at, BUDGET
    yield "directory.archived", f"{at}?state=archived", BUDGET
    for name, text in filters().items():
        for order, sort in SORTS.items():
            yield f"directory.{name}.{order}", f"{at}?f={quote(text)}&sort={sort}", BUDGET
    for name, words in SEARCHES.items():
        yield f"directory.search.{name}", f"{at}?q={quote(words)}", SEARCH_BUDGET
    yield "directory.search.filtered", f"{at}?q=garcia&f=status:urgent", SEARCH_BUDGET
