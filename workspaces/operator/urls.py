"""Routes of the operator, and of the demo's mail reader."""

from django.urls import path

from workspaces.operator.views import feeds, mails, overview, work, workspaces

app_name = "operator"

urlpatterns = [
    path("operator/", overview.overview, name="overview"),
    path("operator/log/", overview.log, name="log"),
    path("operator/workspaces/", workspaces.listing, name="workspaces"),
    path("operator/workspaces/<ws:public_id>/", workspaces.detail, name="workspace"),
    path("operator/workspaces/<ws:public_id>/suspension/", workspaces.suspension, name="suspension"),
    path(
        "operator/workspaces/<ws:public_id>/suspension/lifting/",
        workspaces.suspension_lifting,
        name="suspension_lifting",
    ),
    path("operator/work/", work.listing, name="work"),
    path("operator/work/retrial/", work.retrial_of_all, name="retrial_of_all"),
    path("operator/work/discarding/", work.discarding_of_all, name="discarding_of_all"),
    path("operator/work/<int:pk>/retrial/", work.retrial, name="retrial"),
    path("operator/work/<int:pk>/discarding/", work.discarding, name="discarding"),
    path("operator/lanes/<int:pk>/resumption/", work.lane_resumption, name="lane_resumption"),
    path("operator/feeds/", feeds.listing, name="feeds"),
    path("operator/feeds/<int:pk>/replay/", feeds.replay, name="replay"),
    path("operator/feeds/<int:pk>/discarding/", feeds.discarding, name="row_discarding"),
    path("operator/mails/", mails.listing, name="mails"),
    path("demo/mail/", mails.demo_letters, name="demo_letters"),
    path("demo/mail/<str:uid>/", mails.demo_letter, name="demo_letter"),
]
