"""Web Push: to the browsers of a person who allowed it, while no page of ours is open.

    push.register_content("notice", render)          from AppConfig.ready(); ids → what is shown, or None
    push.enqueue(user_id, content="notice", payload={…}, workspace=…, topic=…)      in the transaction of the cause
    push.has_browsers(user_id); push.browsers_of(user_id); push.forget_person(user_id)

A row of work holds ids. What is shown is made when it is sent, by who may see what then, and encrypted for the one
browser (RFC 8291); the push service in between reads nothing. It knows us by a key of the installation (RFC 8292).
"""

from typing import TYPE_CHECKING, Any

from crm.push.contents import Content, register_content

if TYPE_CHECKING:
    from crm.push.sending import enqueue
    from crm.push.subscribing import browsers_of, forget_person, has_browsers

__all__ = ["Content", "browsers_of", "enqueue", "forget_person", "has_browsers", "register_content"]


def __getattr__(name: str) -> Any:
    """These need the models: they are loaded on first use, when the app registry is ready."""
    if name not in __all__:
        raise AttributeError(name)
    from crm.push import sending, subscribing

    return sending.enqueue if name == "enqueue" else getattr(subscribing, name)
