"""Routes of the board and of funnels, under /w/<workspace id>/."""

from django.urls import path

from funnels.views import acts, board, closures, funnels, moves, requirements, stages

app_name = "funnels"

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/<int:pk>/", board.board, name="board"),
    path("board/<int:pk>/more/", board.more, name="more"),
    path("board/<int:pk>/news/", board.news, name="news"),
    path("board/<int:pk>/counts/", board.counts, name="counts"),
    path("board/<int:pk>/choices/<slug:field>/", board.choices, name="choices"),
    path("board/<int:pk>/menu/", board.menu, name="menu"),
    path("board/<int:pk>/moves/", moves.moves, name="moves"),
    path("board/stages/<int:pk>/requirements/", requirements.requirements, name="requirements"),
    path("board/<int:pk>/closures/", closures.closures, name="closures"),
    path("board/<int:pk>/statuses/", acts.statuses, name="statuses"),
    path("board/<int:pk>/assignments/", acts.assignments, name="assignments"),
    path("board/<int:pk>/archivals/", acts.archivals, name="archivals"),
    path("board/<int:pk>/undo/", acts.undo, name="undo"),
    path("settings/funnels/", funnels.listing, name="funnels"),
    path("settings/funnels/new/", funnels.new, name="funnel_new"),
    path("settings/funnels/order/", funnels.order, name="funnel_order"),
    path("settings/funnels/<int:pk>/", funnels.funnel, name="funnel"),
    path("settings/funnels/<int:pk>/main/", funnels.main, name="funnel_main"),
    path("settings/funnels/<int:pk>/archival/", funnels.archival, name="funnel_archival"),
    path("settings/funnels/<int:pk>/removal/", funnels.removal, name="funnel_removal"),
    path("settings/funnels/<int:pk>/stages/", stages.add, name="stages"),
    path("settings/funnels/<int:pk>/stages/order/", stages.order, name="stage_order"),
    path("settings/stages/<int:pk>/", stages.stage, name="stage"),
    path("settings/stages/<int:pk>/rules/", stages.rules, name="stage_rules"),
    path("settings/stages/<int:pk>/removal/", stages.removal, name="stage_removal"),
]
