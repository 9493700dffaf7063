"""Routes of the board and of funnels, under /w/<workspace id>/."""

from django.urls import path

from funnels.views import acts, board, closures, moves

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
    path("board/<int:pk>/closures/", closures.closures, name="closures"),
    path("board/<int:pk>/statuses/", acts.statuses, name="statuses"),
    path("board/<int:pk>/assignments/", acts.assignments, name="assignments"),
    path("board/<int:pk>/archivals/", acts.archivals, name="archivals"),
    path("board/<int:pk>/undo/", acts.undo, name="undo"),
]
