from typing import Any

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "crm.live"
    label = "live"

    def ready(self) -> None:
        from crm.live import topics

        topics.register_topic("user:", _is_own, _own)


def _is_own(user: Any, membership: Any, topic: str) -> bool:
    return topic == f"user:{user.pk}"


def _own(user: Any, membership: Any) -> list[str]:
    return [f"user:{user.pk}"]
