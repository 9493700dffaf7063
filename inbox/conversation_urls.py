"""Routes of the screen of conversations, under /w/<workspace id>/conversations/."""

from django.urls import path

from inbox.views import blocks, composer, conversations, marks, messages, threads

urlpatterns = [
    path("conversations/", conversations.conversations, name="conversations"),
    path("conversations/again/", conversations.again, name="again"),
    path("conversations/counts/", conversations.counts, name="counts"),
    path("conversations/<int:pk>/", threads.conversation, name="thread"),
    path("conversations/<int:pk>/stretch/", threads.stretch, name="stretch"),
    path("conversations/<int:pk>/head/", marks.head, name="head"),
    path("conversations/<int:pk>/menu/", blocks.menu, name="menu"),
    path("conversations/<int:pk>/blocks/", blocks.blocks, name="blocks"),
    path("conversations/<int:pk>/blocks/<int:identity>/", blocks.block, name="block"),
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
