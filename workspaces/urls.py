"""Routes of people and workspaces."""

from django.urls import include, path

from workspaces.views import access, audit, home, invitations, ownership, people, settings, teams

app_name = "workspaces"

in_workspace = [
    path("", home.home_of, name="home_of"),
    path("team/", teams.presence, name="presence"),
    path("team/<int:pk>/availability/", teams.availability_of, name="availability_of"),
    path("team/<int:pk>/hours/", teams.hours_of, name="hours_of"),
    path("me/", people.me, name="me"),
    path("me/availability/", teams.availability, name="availability"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/role/", people.role, name="role"),
    path("people/<int:pk>/deactivation/", people.deactivation, name="deactivation"),
    path("people/<int:pk>/reactivation/", people.reactivation, name="reactivation"),
    path("settings/", settings.index, name="settings"),
    path("settings/general/", settings.general, name="general"),
    path("settings/hours/", settings.hours, name="hours"),
    path("settings/holidays/", settings.holidays, name="holidays"),
    path("settings/holidays/<int:pk>/removal/", settings.holiday_removal, name="holiday_removal"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.people, {"inviting": True}, name="invite"),
    path(
        "settings/invitations/<int:pk>/resending/", people.invitation_resending, name="invitation_resending"
    ),
    path(
        "settings/invitations/<int:pk>/revocation/",
        people.invitation_revocation,
        name="invitation_revocation",
    ),
    path("settings/access/", access.access, name="access"),
    path("settings/access/<int:pk>/", access.access_of, name="access_of"),
    path("settings/teams/", teams.listing, name="teams"),
    path("settings/teams/new/", teams.new, name="team_new"),
    path("settings/teams/<int:pk>/", teams.edit, name="team"),
    path("settings/teams/<int:pk>/removal/", teams.removal, name="team_removal"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/audit/export/", audit.audit_export, name="audit_export"),
    path("settings/ownership/", ownership.ownership, name="ownership"),
    path("settings/ownership/handover/", ownership.handover, name="handover"),
    path("settings/export/", ownership.export, name="export"),
    path("settings/deletion/", ownership.deletion, name="deletion"),
]

urlpatterns = [
    path("", home.index, name="home"),
    path("workspaces/", home.choice, name="choice"),
    path("workspaces/new/", home.new, name="new"),
    path(
        "workspaces/<ws:public_id>/deletion/cancelling/",
        ownership.deletion_cancelling,
        name="deletion_cancelling",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("w/<ws:workspace_id>/", include(in_workspace)),
]
