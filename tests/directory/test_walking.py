"""By whichever way a page is found, whoever looks, however it is ordered, it holds what one would find by looking."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.prepared import Remembered
from crm.tenancy import scope
from directory import filtering, search
from directory.filtering.moments import NOW
from directory.listing import page, paths, sorting, walking
from directory.listing.walking import How, Search, Way
from directory.listing.wanted import Wanted
from directory.models import CustomField, CustomValue, Lead, LeadTag, Placement
from tests.directory import house
from tests.inbox import house as inbox
from workspaces.models import Membership

pytestmark = pytest.mark.django_db
LEADS = 30
PAGE = 4
FILTERS = (
    "",
    "tag:{tag}",
    "not tag:any",
    "stage:{stage}",
    "channel:{channel}",
    "status:urgent,done name~a",
    "inbound:last-7d",
    "custom.cuota:2..",
    "(tag:{tag} or custom.cuota:3..) not status:done",
    "assignee:me,none created:last-1y",
    "tag:9999",
)


@pytest.fixture
def mixed(owner: Membership, seller: Membership) -> Membership:
    """A seller with leads of their own, the free ones of a funnel and of a channel, and another funnel whole."""
    workspace = owner.workspace
    channel = inbox.channel(workspace)
    with scope(workspace):
        worked, whole = house.funnel(workspace, "Worked"), house.funnel(workspace, "Whole")
        granted = house.grant(
            seller, by=owner, work_funnel=[worked], see_all_leads=[whole], write_channel=[channel]
        )
        places = [None, *worked.stages.all(), *whole.stages.all()]
        vip = house.tag(workspace)
        field = CustomField.objects.create(label="Cuota", key="cuota", kind="number")
        now = timezone.now()
        for number in range(LEADS):
            lead = house.lead(
                workspace,
                name="abcdef"[number % 6] + f" {number % 4}",
                stage=places[number % 5],
                assignee=(None, granted, owner)[number // 2 % 3],
                status=("neutral", "urgent", "done")[number // 3 % 3],
                channel_id=channel.pk if number % 2 else None,
                is_archived=number % 7 == 6,
                last_activity_at=now - timedelta(minutes=number * 37 % 23),  # some at the same time
                last_inbound_at=now - timedelta(days=number) if number % 3 else None,
                tags=[vip] if number % 4 == 1 else (),
            )
            created = now - timedelta(hours=number * 7 % 5)
            house.place(lead, created_at=created)
            Lead.objects.filter(pk=lead.pk).update(created_at=created)
            if number % 3 == 0:
                CustomValue.objects.create(lead=lead, field=field, number=number % 4)
    return granted


def wanted_by(person: Membership, text: str, state: str, sort: str) -> Wanted:
    named = {
        "tag": LeadTag.objects.values_list("tag_id", flat=True)[0],
        "stage": Placement.objects.exclude(stage=None)
        .order_by("stage")
        .values_list("stage_id", flat=True)[0],
        "channel": Placement.objects.exclude(channel_id=None).values_list("channel_id", flat=True)[0],
    }
    filtered = filtering.parse(text.format(**named))
    return Wanted(filter=filtered, state=state, order=sorting.read(sort, person))


def looked_through(person: Membership, wanted: Wanted) -> list[int]:
    """Every lead that there is, one by one."""
    condition = filtering.condition(wanted.filter, person)
    seen = set(
        Placement.objects.visible_to(person).filter(condition, wanted.listed).values_list("pk", flat=True)
    )
    key = wanted.order.sort.key
    rows = sorted((place, pk) for pk, place in Placement.objects.values_list("pk", key) if pk in seen)
    found = [pk for _place, pk in rows]
    return found if wanted.order.ascending else found[::-1]


def ways_of(path: paths.Path) -> list[Way]:
    best = path.best(1_000)
    named = [Way(How.GATHER, best), Way(How.MEET, best, LEADS), Way(How.AMONG, best)] if best else []
    return [*named, Way(How.WALK_AS_ONE), Way(How.WALK), Way(How.LONG), Way(How.ALL)]


@pytest.mark.parametrize("sort", ["activity", "-name", "created", "-created"])
def test_each_way_finds_what_one_finds_by_looking(
    owner: Membership, mixed: Membership, other_seller: Membership, sort: str
) -> None:
    """All at once, and what stands behind and before a place in it."""
    with scope(owner.workspace):
        Placement.objects.filter(assignee=owner).update(assignee=other_seller)
        for number, text in enumerate(FILTERS):
            third = (owner, mixed, other_seller)[number % 3]
            for person, state in (
                (owner, "active"),
                (mixed, "active"),
                (other_seller, "active"),
                (third, "all"),
            ):
                wanted = wanted_by(person, text, state, sort)
                expected = looked_through(person, wanted)
                path = paths.path(person, wanted)
                for way in ways_of(path):
                    told = f"{way.how} {person} {text} {state} {sort}"
                    assert found_by(way, path) == expected, told
                    if expected and way.how is not How.WALK_AS_ONE:
                        at = (place_of(expected[len(expected) // 2], wanted), expected[len(expected) // 2])
                        assert found_by(way, path, at) == expected[len(expected) // 2 + 1 :], told
                        before = found_by(way, path, at, backward=True)
                        assert before == expected[: len(expected) // 2][::-1], told


def found_by(way: Way, path: paths.Path, place: Any = None, *, backward: bool = False) -> list[int]:
    turn = walking.Turn(place, backward)
    return walking._run(Search(path, turn, 1_000), walking.known_as(path), way)


def place_of(pk: int, wanted: Wanted) -> Any:
    return Placement.objects.values_list(wanted.order.sort.key, flat=True).get(pk=pk)


@pytest.mark.parametrize("bound", ["FEW", "SOME", "PASSED", "WALKED"])
def test_pages_follow_each_other_whatever_is_known_and_whichever_bound_is_met(
    owner: Membership, mixed: Membership, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice: nothing is known, then what was best. What is met is no page at first, for some."""
    walking._known.clear()
    monkeypatch.setattr(walking, "MET", (1, 12))
    for name, number in {"FEW": 1, "SOME": 1, "PASSED": 1, "WALKED": 2}.items():
        if name <= bound:
            monkeypatch.setattr(walking, name, number)
    with scope(owner.workspace):
        for person in (owner, mixed, owner, mixed):
            for text in FILTERS:
                for sort in ("activity", "name", "-created"):
                    wanted = wanted_by(person, text, "active", sort)
                    path, place, found = paths.path(person, wanted), None, []
                    while True:
                        ids = walking.ids(Search(path, walking.Turn(place), PAGE + 1))
                        found += ids[:PAGE]
                        if len(ids) <= PAGE:
                            break
                        place = (place_of(ids[PAGE - 1], wanted), ids[PAGE - 1])
                    assert found == looked_through(person, wanted), f"{bound} {person.role} {text} {sort}"


def test_a_set_that_has_grown_is_noticed(
    owner: Membership, mixed: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ids of FEW are cut at a bound: who takes them for all there are loses some. SOME are not, and are counted
    again after a while."""
    walking._known.clear()
    with scope(owner.workspace):
        path = paths.path(owner, wanted_by(owner, "tag:{tag}", "active", ""))
        expected = looked_through(owner, path.wanted)
        monkeypatch.setattr(walking, "FEW", 2)
        assert walking.TOO_MANY in found_by(Way(How.GATHER, path.best(1_000)), path)

        def way() -> How:
            assert walking.ids(Search(path, walking.Turn(), 3)) == expected[:3]
            [known] = walking._known._held.values()
            return known.way.how

        assert way() is How.MEET
        monkeypatch.setattr(walking, "SOME", 2)
        assert way() is How.MEET, "it was counted a moment ago"
        later = walking.time.monotonic() + walking.AFRESH + 1
        monkeypatch.setattr(walking.time, "monotonic", lambda: later)
        assert way() not in (How.MEET, How.AMONG)


def test_what_is_not_met_at_once_is_met_further_on_or_held(
    owner: Membership, mixed: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(owner.workspace):
        path = paths.path(owner, wanted_by(owner, "tag:{tag}", "active", "name"))
        expected = looked_through(owner, path.wanted)
        monkeypatch.setattr(walking, "FEW", 2)
        for met, found in (
            ((LEADS,), (How.MEET, LEADS)),
            ((2, LEADS), (How.MEET, LEADS)),
            ((2, 3), (How.AMONG, 0)),
        ):
            walking._known.clear()
            monkeypatch.setattr(walking, "MET", met)
            for _again in range(2):
                assert walking.ids(Search(path, walking.Turn(), 3)) == expected[:3]
                [known] = walking._known._held.values()
                assert (known.way.how, known.way.met) == found


@pytest.mark.parametrize("text", ["tag:{tag}", "custom.vence:last-1y"])
def test_a_walk_is_planned_once_while_its_values_are_the_same(
    owner: Membership, mixed: Membership, text: str
) -> None:
    """From the second time on; a day is the same all day long."""
    with scope(owner.workspace):
        CustomField.objects.create(label="Vence", key="vence", kind="date")
        wanted = wanted_by(owner, text, "active", "name")
        for _again in range(4):
            found_by(Way(How.WALK), paths.path(owner, wanted))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
                ["%directory_lead%LIMIT 1000%"],
            )
            assert cursor.fetchall() == [(3,)]


def test_what_is_kept_is_counted_anew_from_now(owner: Membership, mixed: Membership) -> None:
    """`last-7d` of a statement that was made a month ago, and of `created` and of a day, too."""
    with scope(owner.workspace):
        field = CustomField.objects.create(label="Vence", key="vence", kind="date")
        lead = house.lead(owner.workspace, name="Nobody else", last_inbound_at=timezone.now())
        today = timezone.localdate(timezone=ZoneInfo(owner.workspace.time_zone))
        CustomValue.objects.create(lead=lead, field=field, date=today)
        for text in ("inbound:last-7d", "created:last-7d", "activity:last-7d", "custom.vence:last-7d"):
            wanted = wanted_by(owner, f"{text} name~nobody", "active", "")
            for days, found in ((0, [lead.pk]), (30, []), (1, [lead.pk])):
                moment = timezone.now() + timedelta(days=days)
                path = paths.path(owner, wanted, now=moment)
                for way in ways_of(path):
                    assert found_by(way, path) == found, f"{text} {days} {way.how}"
        assert NOW == "now"


@pytest.mark.parametrize(
    "text",
    [
        "assignee:me,1 team:1 funnel:1 stage:1,none status:done tag:1,any outcome:won reason:1,any value:1..",
        "in_stage:last-7d closed:any starred:yes created:today name~a phone:5512345678 email:any city^x",
        "direction:in source:api came_from:x external_id~1 channel:1 activity:last-2d inbound:none waiting:any",
        "custom.cuota:1.. or not custom.cuota:none",
    ],
)
def test_a_condition_asks_nothing_while_it_is_made(owner: Membership, mixed: Membership, text: str) -> None:
    """Nor does what an index has: statements that are kept would hold the answer for ever."""
    with scope(owner.workspace):
        for person in (owner, mixed):
            wanted = Wanted(filter=filtering.parse(text))
            path = paths.path(person, wanted)
            known = walking.known_as(path)
            with CaptureQueriesContext(connection) as asked:
                assert path.condition
                assert path.leads()
                assert path.sets is not None
                assert walking.known_as(path) == known
            assert not asked.captured_queries


def test_what_one_is_asked_to_wait_for_is_given_up(
    owner: Membership, mixed: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long walk after LONGEST, then everything that the indexes name."""
    run = walking._run

    def slowly(search: Search, asked: Any, way: Way) -> list[int]:
        if way.how is How.LONG:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 20")
                cursor.execute("SELECT pg_sleep(5)")
        return run(search, asked, way)

    walking._known.clear()
    monkeypatch.setattr(walking, "_run", slowly)
    for name, number in {"FEW": 0, "SOME": 0, "WALKED": 5, "BEGUN": 0}.items():
        monkeypatch.setattr(walking, name, number)
    with scope(owner.workspace):
        wanted = wanted_by(owner, "status:urgent,done", "active", "name")
        expected = looked_through(owner, wanted)
        path = paths.path(owner, wanted)
        assert walking.ids(Search(path, walking.Turn(), 100)) == expected
        assert {known.way.how for known in walking._known._held.values()} == {How.ALL}


@pytest.mark.parametrize("before_one", [0, 100])
@pytest.mark.parametrize("recent", [LEADS, 12])
def test_words_find_the_latest_that_one_finds_by_looking(
    owner: Membership, mixed: Membership, before_one: int, recent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of words that say little, among the latest; whether all that is seen is passed at once, or way by way. The index
    of names gives none here."""
    monkeypatch.setattr(search, "MOST", 0)
    monkeypatch.setattr(search._Way, "first", lambda way: [])
    monkeypatch.setattr(search, "RECENT", recent)
    monkeypatch.setattr(search, "MOST_BEFORE_ONE", before_one)
    monkeypatch.setattr(search, "_ids", Remembered())
    with scope(owner.workspace):
        for person in (owner, mixed, owner, mixed):
            for text in FILTERS:
                wanted = wanted_by(person, text, "active", "")
                latest = looked_through(person, wanted)
                names = dict(Lead.objects.values_list("pk", "name_key"))
                for words in ("a 0", "b 1", "d 3"):
                    found = [one.pk for one in page.page(person, replace(wanted, words=words), {})]
                    fitting = [pk for pk in latest[:recent] if words in names[pk]]
                    assert found == fitting, f"{person.role} {text} {words}"
