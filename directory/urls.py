"""Routes of leads; included under /w/<workspace id>/."""

from django.urls import path

from directory.bulk import acts
from directory.views import (
    bulk,
    bulk_acts,
    erasure,
    fields,
    leads,
    list_filters,
    listing,
    notifications,
    segments,
    settings,
    states,
)

app_name = "directory"

urlpatterns = [
    path("directory/", listing.directory, name="directory"),
    path("directory/again/", listing.again, name="list_again"),
    path("directory/count/", listing.count, name="list_count"),
    path("directory/alike/", listing.alike, name="list_alike"),
    path("directory/fields/", list_filters.fields, name="list_fields"),
    path("directory/filter/", list_filters.part, name="list_filter"),
    path("directory/look/", segments.look, name="list_look"),
    path("directory/segments/", segments.strip, name="segments"),
    path("directory/segments/new/", segments.new, name="segment_new"),
    path("directory/segments/management/", segments.management, name="segment_management"),
    path("directory/segments/<int:pk>/", segments.segment, name="segment"),
    path("directory/segments/<int:pk>/removal/", segments.removal, name="segment_removal"),
    path("leads/new/", leads.new, name="lead_new"),
    path("leads/<int:pk>/", leads.lead, name="lead"),
    path("leads/<int:pk>/panel/", leads.panel, name="lead_panel"),
    path("leads/<int:pk>/news/", leads.news, name="lead_news"),
    path("leads/<int:pk>/history/", leads.history, name="lead_history"),
    path("leads/<int:pk>/tabs/<slug:key>/", leads.tab, name="lead_tab"),
    path("leads/<int:pk>/texts/<slug:field>/", fields.text, name="lead_text"),
    path("leads/<int:pk>/contact-points/", fields.contact_points, name="contact_points"),
    path(
        "leads/<int:pk>/contact-points/<int:point>/removal/",
        fields.contact_point_removal,
        name="contact_point_removal",
    ),
    path("leads/<int:pk>/tags/", fields.lead_tags, name="lead_tags"),
    path("leads/<int:pk>/tags/<int:tag>/removal/", fields.lead_tag_removal, name="lead_tag_removal"),
    path("leads/<int:pk>/value/", fields.value, name="lead_value"),
    path("leads/<int:pk>/status/", states.status, name="lead_status"),
    path("leads/<int:pk>/stage/", states.stage, name="lead_stage"),
    path("leads/<int:pk>/assignee/", states.assignee, name="lead_assignee"),
    path("leads/<int:pk>/closure/", states.closure, name="lead_closure"),
    path("leads/<int:pk>/archive/", states.archive, name="lead_archive"),
    path("leads/<int:pk>/star/", states.star, name="lead_star"),
    path("notifications/", notifications.listing, name="notifications"),
    path("notifications/bell/", notifications.bell, name="notifications_bell"),
    path("notifications/seen/", notifications.seen_all, name="notifications_seen"),
    path("notifications/<int:pk>/seen/", notifications.seen, name="notification_seen"),
    path("me/notifications/", notifications.settings, name="notification_settings"),
    path("leads/<int:pk>/erasure/", erasure.lead_erasure, name="lead_erasure"),
    path("settings/tags/", settings.tag_list, name="tags"),
    path("settings/tags/<int:pk>/", settings.tag_edit, name="tag"),
    path("settings/tags/<int:pk>/removal/", settings.tag_removal, name="tag_removal"),
    path("settings/reasons/", settings.reason_list, name="reasons"),
    path("settings/reasons/order/", settings.reason_order, name="reason_order"),
    path("settings/reasons/rule/", settings.reason_rule, name="reason_rule"),
    path("settings/reasons/<int:pk>/", settings.reason_edit, name="reason"),
    path("settings/reasons/<int:pk>/removal/", settings.reason_removal, name="reason_removal"),
    path("directory/acts/", bulk_acts.listing, name="bulk_acts"),
    path("directory/acts/<int:pk>/", bulk_acts.detail, name="bulk_act"),
    path("directory/acts/<int:pk>/undo/", bulk.undo, name="bulk_undo"),
    path("directory/bulk/more/", bulk.more, name="bulk_more"),
    path("directory/bulk/act/", bulk.begin, name="bulk_begin"),
    # A route each, since the bar at the foot knows only names.
    *(
        path(f"directory/bulk/{act.key}/", bulk.ask, {"key": act.key}, name=f"bulk_{act.key}")
        for act in acts.all_acts()
    ),
]
