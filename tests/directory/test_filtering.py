"""What a filter finds: each field, every operator, as different people may ask."""

import datetime as dt

import pytest
from django.utils import timezone

from crm.tenancy import scope
from directory import filtering, search
from directory.filtering import BadFilter, words
from directory.models import ContactPoint, Lead, Placement
from directory.selection import Selection
from tests.directory import house
from workspaces.models import Membership, Team, TeamMember

NOW = timezone.now()


def ago(**length: float) -> dt.datetime:
    return NOW - dt.timedelta(**length)


@pytest.fixture
def leads(owner: Membership, seller: Membership) -> dict[str, Lead]:
    """Marta, Luis, Nora: as unlike each other as three can be."""
    workspace = owner.workspace
    with scope(workspace):
        funnel = house.funnel(workspace)
        first, second = funnel.stages.all()
        vip, late = house.tag(workspace, "vip"), house.tag(workspace, "late")
        marta = house.lead(
            workspace,
            name="Marta Ruíz",
            phone="+52 55 1234 5678",
            email="Marta@ejemplo.mx",
            stage=first,
            assignee=seller,
            tags=[vip, late],
            status="urgent",
            value="1500.50",
            last_activity_at=ago(hours=2),
            last_inbound_at=ago(hours=2),
            waiting_since=ago(hours=2),
            created_at=ago(days=10),
            channel_id=7,
            is_starred=True,
        )
        luis = house.lead(
            workspace,
            name="Luis 55 9999 0000",
            stage=second,
            tags=[vip],
            outcome="won",
            closed_at=ago(days=1),
            last_activity_at=ago(days=20),
            last_inbound_at=ago(days=20),
            created_at=ago(days=400),
        )
        nora = house.lead(
            workspace, name="Nora", email="nora@otra.com", assignee=owner, created_at=ago(days=3)
        )
        Lead.objects.update(direction="in")
        Lead.objects.filter(pk=marta.pk).update(city="Ciudad de México", source="channel", came_from="Expó")
        Lead.objects.filter(pk=luis.pk).update(city="Bogotá", direction="out", external_id="A-17")
        team = Team.objects.create(name="Norte")
        TeamMember.objects.create(team=team, membership=seller)
    return {
        "marta": marta,
        "luis": luis,
        "nora": nora,
        **{f"tag {one.name}": one for one in (vip, late)},
        "first": first,
        "second": second,
        "funnel": funnel,
        "team": team,
    }


def found(person: Membership, text: str) -> set[str]:
    with scope(person.workspace):
        wanted = filtering.parse(text)
        assert filtering.parse(wanted.text) == wanted
        rows = Placement.objects.visible_to(person).filter(filtering.condition(wanted, person))
        return {one.lead.name.split()[0].lower() for one in rows.select_related("lead")}


ALL = {"marta", "luis", "nora"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("assignee:me", {"nora"}),
        ("assignee:none", {"luis"}),
        ("assignee:any", {"marta", "nora"}),
        ("assignee:me,none", {"luis", "nora"}),
        ("team:{team}", {"marta"}),
        ("not team:{team}", {"luis", "nora"}),
        ("status:urgent,pending", {"marta"}),
        ("tag:{tag vip}", {"marta", "luis"}),
        ("tag:{tag vip} tag:{tag late}", {"marta"}),
        ("tag:{tag vip} not tag:{tag late}", {"luis"}),
        ("tag:none", {"nora"}),
        ("tag:any", {"marta", "luis"}),
        ("outcome:open", {"marta", "nora"}),
        ("outcome:won,lost", {"luis"}),
        ("value:1000..2000", {"marta"}),
        ("value:1500.5", {"marta"}),
        ("value:..1000", set()),
        ("not value:..1000", ALL),
        ("value:none", {"luis", "nora"}),
        ("closed:last-2d", {"luis"}),
        ("in_stage:today,yesterday", ALL),
        ("starred:yes", {"marta"}),
        ("starred:no", {"luis", "nora"}),
        ("created:last-30d", {"marta", "nora"}),
        ("created:over-1y", {"luis"}),
        ("name~ruiz", {"marta"}),
        ("name^LU", {"luis"}),
        ('name:"marta ruiz"', {"marta"}),
        ("name:none", set()),
        ("name~9999", {"luis"}),
        ("phone:any", {"marta"}),
        ("phone:none", {"luis", "nora"}),
        ('phone:"55 1234 5678"', {"marta"}),
        ("phone~1234", {"marta"}),
        ("phone^5255", {"marta"}),
        ("email:MARTA@ejemplo.mx", {"marta"}),
        ("email~otra", {"nora"}),
        ("email^nora", {"nora"}),
        ("not email:any", {"luis"}),
        ("city~mexico", {"marta"}),
        ("city:bogota", {"luis"}),
        ("city:none", {"nora"}),
        ("direction:out", {"luis"}),
        ("source:channel", {"marta"}),
        ("came_from:expo", {"marta"}),
        ("came_from~EXP", {"marta"}),
        ("came_from:none", {"luis", "nora"}),
        ("external_id:A-17", {"luis"}),
        ("external_id:a-17", set()),
        ("external_id~a-1", {"luis"}),
        ("external_id^a", {"luis"}),
        ("external_id:any", {"luis"}),
        ("not external_id:A-17", {"marta", "nora"}),
        ("channel:7", {"marta"}),
        ("channel:none", {"luis", "nora"}),
        ("activity:over-7d", {"luis"}),
        ("inbound:last-7d", {"marta"}),
        ("not inbound:last-7d", {"luis", "nora"}),
        ("inbound:none", {"nora"}),
        ("waiting:any", {"marta"}),
        ("waiting:over-1h", {"marta"}),
        ("waiting:over-3h", set()),
        ("stage:{first}", {"marta"}),
        ("stage:none", {"nora"}),
        ("funnel:{funnel}", {"marta", "luis"}),
        ("not funnel:{funnel}", {"nora"}),
        ("stage:{second} or assignee:me", {"luis", "nora"}),
        ("not (stage:{second} or assignee:me)", {"marta"}),
    ],
)
def test_each_field_finds(owner: Membership, leads: dict[str, Lead], text: str, names: set[str]) -> None:
    assert found(owner, text.format(**{name: one.pk for name, one in leads.items()})) == names


def test_a_seller_finds_among_what_they_see(seller: Membership, leads: dict[str, Lead]) -> None:
    assert found(seller, "created:last-9999d") == {"marta"}
    assert found(seller, "not assignee:me") == set()


def test_who_may_not_see_numbers_finds_none_by_its_parts(seller: Membership, leads: dict[str, Lead]) -> None:
    with scope(seller.workspace):
        house.place(leads["luis"], assignee=seller)
    seller.sees_phones = False
    assert found(seller, "phone~1234") == found(seller, "phone^5255") == set()
    assert found(seller, "not phone~1234") == {"marta", "luis"}
    assert found(seller, '''phone:"55 1234 5678"''') == found(seller, '''phone~"55 1234 5678"''') == {"marta"}
    assert found(seller, "name~9999") == found(seller, "name~0") == set()
    assert found(seller, "name~luis") == {"luis"}


def test_ids_of_another_workspace_match_nothing(
    owner: Membership, outsider: Membership, leads: dict[str, Lead]
) -> None:
    with scope(outsider.workspace):
        house.lead(outsider.workspace, name="Ajena")
    for name in ("tag vip", "team", "first", "funnel"):
        field = {"tag vip": "tag", "first": "stage"}.get(name, name)
        assert found(outsider, f"{field}:{leads[name].pk}") == set()
        assert found(outsider, f"not {field}:{leads[name].pk}") == {"ajena"}


@pytest.mark.parametrize(
    "text",
    [
        "color:red",
        "status:angry",
        "status~urgent",
        "tag:me",
        "tag:vip",
        "value:many",
        "created:soon",
        "custom.nothing:1",
        "starred:maybe",
        "status:none",
        f"city~{'x' * 201}",
    ],
)
def test_what_means_nothing_is_refused_with_words(owner: Membership, text: str) -> None:
    with scope(owner.workspace), pytest.raises(BadFilter) as refused:
        filtering.parse(text)
    assert str(refused.value)


def test_a_selection_is_what_was_chosen_or_all_that_match(owner: Membership, leads: dict[str, Lead]) -> None:
    with scope(owner.workspace):
        house.place(leads["nora"], is_archived=True)
        chosen = Selection(leads=(leads["marta"].pk, leads["nora"].pk, 10**9))
        assert chosen.count(owner) == 2
        assert Selection.of_json(chosen.to_json()) == chosen
        every = Selection(filter="name~r", words="mar")
        assert Selection.of_json(every.to_json()) == every
        assert every.count(owner) == every.count(owner, at_most=5) == 1
        assert Selection().count(owner) == 2
        assert Selection(state="archived").count(owner) == 1
        assert Selection(state="all").count(owner, at_most=2) == 2
        assert Selection(words="zzz").count(owner) == 0


def test_words_match_as_a_condition_what_search_finds(
    owner: Membership, seller: Membership, leads: dict[str, Lead]
) -> None:
    with scope(owner.workspace):
        for person in (owner, seller):
            for words in ("mar", "12345", "ejemplo@", "marta@", "no", "m", "9999", "55 1234 5678"):
                listed = {one.pk for one in search.find(person, words, 50)}
                assert (
                    set(Selection(words=words, state="all").rows(person).values_list("pk", flat=True))
                    == listed
                )
        assert ContactPoint.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not city:none", "City with any value"),
        ("not city:any", "City without a value"),
        ("not city:none,puebla", "not City without a value, puebla"),
        ("status:urgent,done,stuck", "Status 🔥 Urgent, ✅ Finished +1"),
        ("not (starred:yes or not value:none)", "not  Starred: Yes or Value: with any value"),
        ("value:5.. ", "Value at least 5"),
    ],
)
def test_chips_say_a_filter_in_plain_words(owner: Membership, text: str, said: str) -> None:
    with scope(owner.workspace):
        [part] = words.parts(filtering.parse(text), owner)
    assert f"{'not ' if part.is_negated else ''}{part.label} {part.text}" == said
