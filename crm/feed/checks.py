from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error

from crm.feed.models import FEED_INDEX, FeedRow


def check_index(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every feed has the index that its consumers read by."""
    return [
        Error(f"{model._meta.label} lacks FEED_INDEX in its Meta.indexes.", obj=model, id="feed.E001")
        for model in apps.get_models()
        if issubclass(model, FeedRow)
        and not any(index.fields == FEED_INDEX.fields for index in model._meta.indexes)
    ]
