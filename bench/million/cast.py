"""The small tables of the million: workspaces, people, funnels, channels, through the house's own actions.

Three people sign in: `owner`; `own`, a seller who sees nothing but their own leads; `mixed`, a seller with their own,
the unassigned of two funnels and of a channel, and one funnel whole.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from bench.million.words import FUNNELS, TAGS
from crm.tenancy import scope
from directory.models import CloseReason, LeadTag, Placement, Tag
from funnels.models import Funnel, Stage
from inbox.models import Channel, ProviderApp
from workspaces.actions import memberships, workspaces
from workspaces.models import Colour, Membership, Role, Team, TeamMember, User, Workspace

SELLERS = 40
OTHER_SELLERS = 2
# Of a thousand leads, how many stand before this place: the Inbox, then the stages of both funnels.
BOUNDS = [220, 500, 650, 730, 770, 790, 800, 805, 925, 955, 975, 985, 992, 996]
OTHER_BOUNDS = [300, 600, 800, 900, 960, 980, 990]
RARE, NONE = "Rara", "Nada"  # names of what a hundred leads have, and of what none has
COLOURS = list(Colour.values)
LONG_AGO = timezone.now() - timedelta(days=3 * 365)  # before the first message


@dataclass(frozen=True)
class Seed:
    """What the load has to know of a workspace. `stages` begins with None, the Inbox; they begin at `bounds`."""

    workspace_id: int
    owner: int
    sellers: list[int]
    stages: list[int | None]
    bounds: list[int]
    channels: list[int]
    tags: list[int]
    won_reason: int
    lost_reason: int


def make_large() -> Seed:
    """The workspace of all figures, its three people with what they are granted."""
    owner, sellers = _people("large", "La Grande", SELLERS)
    with scope(owner.workspace):
        seed = _seed(owner, sellers, FUNNELS, BOUNDS, channels=3)
        both = {funnel.pk for funnel in Funnel.objects.all()}
        whole = {Funnel.objects.get(name="Posventa").pk}
    granted = {"funnels.work_funnel": both}
    writes = {"inbox.write_channel": set(seed.channels)}
    _grant(sellers[0], owner, granted | writes, sees_unassigned=False)
    more = {"funnels.see_all_leads": whole, "inbox.write_channel": {seed.channels[0]}}
    _grant(sellers[1], owner, granted | more, sees_unassigned=True)
    return seed


def make_other(number: int) -> Seed:
    owner, sellers = _people(f"other{number}", f"Taller {number}", OTHER_SELLERS)
    with scope(owner.workspace):
        return _seed(owner, sellers, {"Ventas": FUNNELS["Ventas"]}, OTHER_BOUNDS, channels=1)


def make_rare(leads: int) -> None:
    """What few leads have, or none: for the filters of the list. Nothing where it is there.

    A hundred leads, spread over all, get a tag, a stage and a channel that no others have, and a seller of their own.
    """
    owner = people()["owner"]
    with scope(owner.workspace):
        if Tag.objects.filter(name=RARE).exists():
            return
        workspace = owner.workspace
        tag, _none = (Tag.objects.create(workspace=workspace, name=n, colour="rose") for n in (RARE, NONE))
        funnel = Funnel.objects.get(name="Posventa")
        stage, _empty = (
            Stage.objects.create(workspace=workspace, funnel=funnel, name=name, position=20)
            for name in (RARE, NONE)
        )
        channel, _unused = (
            Channel.objects.create(
                workspace=workspace, kind="webchat", name=name, external_id=f"{name}{workspace.pk}"
            )
            for name in (RARE, NONE)
        )
        user = User.objects.create_user("rare@large.example", name=RARE)
        seller = Membership.objects.create(
            workspace=workspace, user=user, role=Role.SELLER, joined_at=LONG_AGO
        )
        sellers = Membership.objects.filter(workspace=workspace, role=Role.SELLER).order_by("pk")
        for name, some in (("Norte", sellers[:8]), (RARE, [seller]), (NONE, [])):
            team = Team.objects.create(workspace=workspace, name=name)
            for one in some:
                TeamMember.objects.create(workspace=workspace, team=team, membership=one)
        found = list(
            Placement.objects.filter(pk__in=range(1, 2 * leads, 2 * leads // 100)).values_list(
                "pk", flat=True
            )
        )
        LeadTag.objects.bulk_create([LeadTag(workspace=workspace, lead_id=pk, tag=tag) for pk in found])
        for place, (column, value) in enumerate(
            (("stage_id", stage.pk), ("channel_id", channel.pk), ("assignee_id", seller.pk))
        ):
            spread = [pk + 2 * (1 + place) for pk in found]
            rows = Placement.objects.filter(pk__in=spread, last_message_id__isnull=False)
            rows.update(**{column: value})


def people() -> dict[str, Membership]:
    """Those who sign in, by name."""
    everyone = Membership.objects.select_related("user", "workspace")
    return {
        name: everyone.get(user__email=f"{address}@large.example")
        for name, address in (("owner", "owner"), ("own", "seller0"), ("mixed", "seller1"))
    }


def _people(place: str, name: str, count: int) -> tuple[Membership, list[Membership]]:
    boss = User.objects.create_user(f"owner@{place}.example", name=f"Owner of {name}")
    owner = workspaces.create(
        by=boss, name=name, time_zone="America/Mexico_City", language="es", currency="MXN"
    )
    Membership.objects.filter(pk=owner.pk).update(joined_at=LONG_AGO)
    sellers = [
        Membership.objects.create(
            workspace=owner.workspace,
            user=User.objects.create_user(f"seller{number}@{place}.example", name=f"Seller {number}"),
            role=Role.SELLER,
            joined_at=LONG_AGO,
        )
        for number in range(count)
    ]
    return owner, sellers


def _seed(
    owner: Membership,
    sellers: list[Membership],
    funnels: dict[str, list[str]],
    bounds: list[int],
    *,
    channels: int,
) -> Seed:
    workspace = owner.workspace
    tags = [
        Tag.objects.create(workspace=workspace, name=name, colour=colour)
        for name, colour in zip(TAGS, COLOURS, strict=True)
    ]
    won, lost = (
        CloseReason.objects.create(workspace=workspace, outcome=outcome, name=name)
        for outcome, name in (("won", "Compró"), ("lost", "No contestó"))
    )
    return Seed(
        workspace_id=workspace.pk,
        owner=owner.pk,
        sellers=[seller.pk for seller in sellers],
        stages=[None, *_stages(workspace, funnels)],
        bounds=bounds,
        channels=[_channel(workspace, number).pk for number in range(channels)],
        tags=[tag.pk for tag in tags],
        won_reason=won.pk,
        lost_reason=lost.pk,
    )


def _stages(workspace: Workspace, funnels: dict[str, list[str]]) -> list[int]:
    made = []
    for place, (name, stages) in enumerate(funnels.items()):
        funnel = Funnel.objects.create(workspace=workspace, name=name, position=place, is_main=place == 0)
        for position, stage in enumerate(stages):
            made.append(
                Stage.objects.create(
                    workspace=workspace,
                    funnel=funnel,
                    name=stage,
                    colour=COLOURS[position],
                    position=position,
                ).pk
            )
    return made


def _channel(workspace: Workspace, number: int) -> Channel:
    """Two numbers, then a widget."""
    if number == 2:
        return Channel.objects.create(
            workspace=workspace, kind="webchat", name="Sitio", external_id=f"site{workspace.pk}"
        )
    app = ProviderApp.objects.create(
        provider="meta",
        owner_id=workspace.pk,
        name="Bench",
        secrets={"app_id": "1", "app_secret": "bench", "verify_token": "bench"},
    )
    return Channel.objects.create(
        workspace=workspace,
        kind="whatsapp",
        name=f"WhatsApp {number + 1}",
        external_id=f"{workspace.pk}00{number}",
        account_id=f"{workspace.pk}99",
        app=app,
        secrets={"token": "bench"},
    )


def _grant(
    person: Membership, owner: Membership, granted: dict[str, set[int]], *, sees_unassigned: bool
) -> None:
    switches = {"sees_unassigned": sees_unassigned, "sees_phones": True}
    memberships.change_access(person, by=owner, tools_held=[], switches=switches, granted=granted)
