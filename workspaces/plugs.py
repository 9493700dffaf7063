"""What this app plugs into the registries of the floor below, and of its own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm import feed, jobs, schedule, work
from crm.ui import rail, search, settings_pages, slots
from workspaces import audience, first_steps, grants, leaving, notices, permissions
from workspaces.audit_log import export as audit_export
from workspaces.models import Membership, Team, TeamMember, TeamUserObjectPermission
from workspaces.permissions import Permission, WorkspacePermission, may
from workspaces.portability import deletion, export, parts


def register_all() -> None:
    permissions.register(permissions.DECLARATIONS)
    grants.register_grantable(
        grants.Grantable(
            model=Team,
            grants=TeamUserObjectPermission,
            codenames={"supervise_team": _("Supervises")},
            label=_("Teams"),
            choices=Team.objects.by_name,
        )
    )
    leaving.register(leaving.Belonging("team seats", _("Team seats"), _count_seats, _hand_seats_over))
    audience.register()
    parts.register()
    jobs.register_kind(audit_export.KIND)
    jobs.register_kind(export.KIND)
    jobs.register_oversight(WorkspacePermission.SEE_ALL_JOBS)
    feed.register_consumer(notices.CONSUMER)
    work.register_kind(deletion.KIND)
    schedule.daily("workspaces.sessions", at="03:40", task="workspaces.tasks.clear_sessions")
    schedule.every("workspaces.shifts", seconds=30, task="workspaces.tasks.turn_shifts")
    schedule.every("workspaces.deletion", seconds=3600, task="workspaces.tasks.sweep_deletions", queue="bulk")
    slots.fill("switcher", "workspaces:choice", scoped=False)
    slots.fill("availability", "workspaces:availability", scoped=True)
    for step in first_steps.OWN:
        first_steps.register(step)
    _register_rail()
    _register_creations()
    _register_settings()
    search.register(
        search.Provider("people", _("People"), _find_people, allowed=needs(WorkspacePermission.SEE_PEOPLE))
    )


def needs(permission: Permission) -> Any:
    """A registry's predicate: whoever holds the permission."""
    return lambda request: may(request, permission)


def _register_rail() -> None:
    rail.register(
        rail.Entry("home", _("Home"), "house", "workspaces:home_of", order=10, exact=True, shortcut="h")
    )
    rail.register(
        rail.Entry(
            "team",
            _("Team"),
            "users",
            "workspaces:presence",
            order=80,
            shortcut="t",
            allowed=lambda request: request.membership.sees_people,
        )
    )
    rail.register_person(rail.Entry("me", _("My availability"), "clock", "workspaces:me"))
    rail.register_person(
        rail.Entry(
            "operator",
            _("Operator"),
            "server-cog",
            "operator:overview",
            allowed=lambda request: request.user.is_operator,
            scoped=False,
        )
    )
    rail.register(
        rail.Entry(rail.SETTINGS, _("Settings"), "settings", "workspaces:settings", order=90, shortcut="s")
    )


def _register_creations() -> None:
    rail.register_creation(
        rail.Entry(
            "invitation",
            _("Invite a person"),
            "user-plus",
            "workspaces:invite",
            order=10,
            allowed=needs(WorkspacePermission.MANAGE_PEOPLE),
        )
    )
    rail.register_creation(
        rail.Entry(
            "team",
            _("New team"),
            "users-round",
            "workspaces:team_new",
            order=20,
            allowed=needs(WorkspacePermission.MANAGE_TEAMS),
        )
    )


def _register_settings() -> None:
    workspace, people, records = _("Workspace"), _("People"), _("Records")
    manages_settings = needs(WorkspacePermission.MANAGE_SETTINGS)
    manages_people = needs(WorkspacePermission.MANAGE_PEOPLE)
    pages = [
        ("general", _("General"), "sliders-horizontal", "workspaces:general", workspace, manages_settings),
        ("hours", _("Business hours"), "clock", "workspaces:hours", workspace, manages_settings),
        ("people", _("People"), "users", "workspaces:people", people, manages_people),
        ("access", _("Access"), "key-round", "workspaces:access", people, manages_people),
        (
            "teams",
            _("Teams"),
            "users-round",
            "workspaces:teams",
            people,
            needs(WorkspacePermission.MANAGE_TEAMS),
        ),
        (
            "audit",
            _("Audit log"),
            "scroll-text",
            "workspaces:audit",
            records,
            needs(WorkspacePermission.SEE_AUDIT),
        ),
        (
            "ownership",
            _("Owner and data"),
            "shield",
            "workspaces:ownership",
            records,
            needs(WorkspacePermission.HAND_OWNERSHIP_OVER),
        ),
    ]
    for number, (key, label, icon, url_name, group, allowed) in enumerate(pages, start=1):
        order = number * 10 + (20 if group is records else 0)  # what higher floors have stands between
        settings_pages.register(
            settings_pages.Entry(key, label, icon, url_name, order=order, group=group, allowed=allowed)
        )


def _count_seats(person: Membership) -> int:
    return TeamMember.objects.filter(membership=person).count()


def _hand_seats_over(leaver: Membership, successor: Membership | None) -> int:
    seats = TeamMember.objects.filter(membership=leaver)
    teams = list(seats.values_list("team_id", flat=True))
    seats.delete()
    if successor is not None:
        TeamMember.objects.bulk_create(
            [
                TeamMember(workspace_id=leaver.workspace_id, team_id=team, membership=successor)
                for team in teams
            ],
            ignore_conflicts=True,
        )
    return len(teams)


def _find_people(request: Any, words: str, limit: int) -> list[search.Result]:
    from django.urls import reverse

    found = Membership.objects.of_workspace(request.workspace).active().named(words).by_name()[:limit]
    return [
        search.Result(
            str(person.user),
            reverse(
                "workspaces:person", kwargs={"workspace_id": request.workspace.public_id, "pk": person.pk}
            ),
            "user",
            str(person.get_role_display()),
        )
        for person in found
    ]
