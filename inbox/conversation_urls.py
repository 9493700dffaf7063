"""Routes of the screen of conversations, under /w/<workspace id>/conversations/."""

from django.urls import path

from inbox.views import composer, conversations, filters, marks, messages, saved_views, several, threads

urlpatterns = [
    path("conversations/", conversations.conversations, name="conversations"),
    path("conversations/again/", conversations.again, name="again"),
    path("conversations/counts/", conversations.counts, name="counts"),
    path("conversations/filters/", filters.choices, name="filter_choices"),
    path("conversations/views/", saved_views.strip, name="views"),
    path("conversations/views/new/", saved_views.new, name="view_new"),
    path("conversations/views/management/", saved_views.management, name="view_management"),
    path("conversations/views/order/", saved_views.order, name="view_order"),
    path("conversations/views/<int:pk>/", saved_views.view, name="view"),
    path("conversations/views/<int:pk>/removal/", saved_views.removal, name="view_removal"),
    path("conversations/acts/undo/", several.undo, name="acts_undo"),
    path("conversations/acts/", several.act, name="act"),
    path("conversations/acts/panel/", several.choice, name="act_panel"),
    path("conversations/<int:pk>/", threads.conversation, name="thread"),
    path("conversations/<int:pk>/stretch/", threads.stretch, name="stretch"),
    path("conversations/<int:pk>/head/", marks.head, name="head"),
    path("conversations/<int:pk>/reading/", marks.read, name="reading"),
    path("conversations/<int:pk>/composer/", composer.composer, name="composer"),
    path("conversations/<int:pk>/draft/", composer.draft, name="draft"),
    path("conversations/<int:pk>/typing/", composer.typing, name="typing"),
    path("conversations/<int:pk>/files/", composer.files, name="files"),
    path("conversations/<int:pk>/templates/", composer.template_list, name="template_list"),
    path("conversations/<int:pk>/templates/<int:template>/", composer.template, name="template"),
    path("conversations/<int:pk>/messages/", messages.send, name="messages"),
    path("conversations/<int:pk>/messages/<int:message>/", threads.detail, name="detail"),
    path("conversations/<int:pk>/messages/<int:message>/retry/", messages.retry, name="retry"),
    path("conversations/<int:pk>/messages/<int:message>/settlement/", messages.settlement, name="settlement"),
]
