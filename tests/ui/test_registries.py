"""Registries and what the frame makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from crm.tenancy import scope
from crm.ui import rail, settings_pages, slots
from crm.ui.entries import Entry
from crm.ui.frame import Frame, _current
from crm.ui.registry import Registry
from workspaces.models import Membership

SignIn = Callable[[Membership], Client]


def entry(key: str, order: int = 100, **more: object) -> Entry:
    return Entry(key, key.title(), "house", "ui:palette", order=order, **more)


def test_items_come_in_their_order_and_equal_orders_by_key() -> None:
    registry: Registry[Entry] = Registry("Entry")
    for item in (entry("c", 1), entry("b", 2), entry("a", 2)):
        registry.register(item)
    assert [item.key for item in registry] == ["c", "a", "b"]


def test_a_key_belongs_to_one_item() -> None:
    registry: Registry[Entry] = Registry("Entry")
    registry.register(entry("a"))
    registry.register(entry("a"))
    with pytest.raises(ValueError, match="registered already"):
        registry.register(entry("a", order=7))


def test_a_slot_has_a_known_name() -> None:
    with pytest.raises(ValueError, match="No slot"):
        slots.fill("bed", "ui:palette", scoped=True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/w/x/", 0),
        ("/w/x/settings/people/3/", 2),
        ("/w/x/settings/", 1),
        ("/w/x/doubles/2/", 1),
        ("/w/x/other/", -1),
        ("/", -1),
    ],
)
def test_the_current_place_is_the_longest_address_one_is_in(path: str, expected: int) -> None:
    addresses = (("/w/x/",), ("/w/x/settings/", "/w/x/doubles/"), ("/w/x/settings/people/",))
    assert _current(path, addresses, (True, False, False)) == expected


def test_a_settings_page_whose_address_is_elsewhere_is_in_the_settings(
    owner: Membership, rf: RequestFactory
) -> None:
    for path, key in (("imports/7/", "settings"), ("duplicates/", "directory"), ("leads/7/", None)):
        request = rf.get(f"/w/{owner.workspace.public_id}/{path}")
        request.user, request.membership, request.workspace = owner.user, owner, owner.workspace
        current = [here.place.key for here in Frame(request).rail if here.current]
        assert current == ([key] if key else [])


@pytest.fixture
def extra() -> Iterator[Callable[[Entry], None]]:
    """Register an entry in the rail for one test."""
    keys: list[str] = []

    def add(item: Entry) -> None:
        keys.append(rail.register(item).key)

    yield add
    for key in keys:
        rail.entries.unregister(key)


def test_the_rail_shows_only_what_the_person_may_use(
    owner: Membership, rf: RequestFactory, extra: Callable[[Entry], None]
) -> None:
    extra(entry("allowed", badge=lambda request: 3))
    extra(entry("refused", allowed=lambda request: False))
    request = rf.get("/")
    request.user, request.membership, request.workspace = owner.user, owner, owner.workspace
    with scope(owner.workspace):
        places = {here.place.key: here for here in Frame(request).rail}
    assert places["allowed"].badge == 3
    assert not any(here.badge for here in Frame(request).rail)  # outside the scope, as where it is suspended
    assert "refused" not in places
    assert places["allowed"].place.href == f"/w/{owner.workspace.public_id}/palette/"


def test_without_a_workspace_only_the_persons_own_places_are_left(
    owner: Membership, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = owner.user
    frame = Frame(request)
    assert frame.rail == []
    assert frame.palette == ""
    assert all(not rail.person._items[place.key].scoped for place in frame.person)


def test_nobody_has_no_places(db: None, client: Client, rf: RequestFactory) -> None:
    assert Frame(rf.get("/")).rail == []


def test_the_theme_is_the_browsers_before_log_in_and_the_persons_after(
    owner: Membership, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.COOKIES["cauce_theme"] = "dark"
    assert Frame(request).theme == "dark"
    request.COOKIES["cauce_theme"] = '"><script>'
    assert Frame(request).theme == "auto"
    request.user = owner.user
    owner.user.theme = "light"
    assert Frame(request).theme == "light"


def test_the_frame_asks_the_database_nothing(
    owner: Membership, rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.template.loader import render_to_string

    request = rf.get(f"/w/{owner.workspace.public_id}/")
    request.session = SessionStore()
    request.user, request.membership, request.workspace = owner.user, owner, owner.workspace
    owner.grants, owner.permissions
    with django_assert_num_queries(0):
        html = render_to_string("ui/page.html", {"messages": []}, request)
    assert 'aria-current="page"' in html
    assert len(list(settings_pages.pages)) > 0


def test_what_is_remembered_of_the_frame_holds_nothing_of_another_answer(
    owner: Membership, rf: RequestFactory
) -> None:
    drawn = []
    for name in ("Olga", "Rosa"):
        request = rf.get("/")
        owner.user.name = name
        request.user, request.membership, request.workspace = owner.user, owner, owner.workspace
        frame = Frame(request)
        drawn.append((str(frame.rail_nav), frame.csrf_token))
    (first, token), (second, other_token) = drawn
    assert "Olga" in first
    assert "Rosa" in second
    assert "Olga" not in second
    assert token != other_token
    assert token in first
    assert other_token in second
