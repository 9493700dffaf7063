"""Durable work: anything that happens later, or outside, is a row first.

    work.register_kind(Kind("mail", deliver=…))                     from AppConfig.ready()
    work.enqueue(kind="mail", lane="workspace:17", payload={…})     in the transaction of the change
    work.enqueue_many("mail", [work.Row(lane=…, payload={…}), …])   the same for many, by one statement
    work.settle(kind="mail", correlation=…)                         when the provider reports later
    work.retry(item); work.discard(item)                            an operator's decision
    work.discard_all(items)                                         of many rows, by one statement

What holds: a row whose transaction committed is delivered, or visibly failed, or visibly unknown. It is attempted
twice only where an attempt has surely failed, or where the provider does one id once. Rows of one conversation are
delivered in order. Lanes take turns.
"""

from typing import TYPE_CHECKING, Any

from crm.work.kinds import DeliveryError, Kind, Receipt, UnknownKind, register_kind

if TYPE_CHECKING:
    from crm.work.decisions import discard, discard_all, forget_workspace, retry, settle
    from crm.work.queueing import Row, enqueue, enqueue_many

__all__ = [
    "DeliveryError",
    "Kind",
    "Receipt",
    "Row",
    "UnknownKind",
    "discard",
    "discard_all",
    "enqueue",
    "enqueue_many",
    "forget_workspace",
    "register_kind",
    "retry",
    "settle",
]

_LAZY = {
    "Row": "crm.work.queueing",
    "discard": "crm.work.decisions",
    "discard_all": "crm.work.decisions",
    "enqueue": "crm.work.queueing",
    "enqueue_many": "crm.work.queueing",
    "forget_workspace": "crm.work.decisions",
    "retry": "crm.work.decisions",
    "settle": "crm.work.decisions",
}


def __getattr__(name: str) -> Any:
    """The functions need the models: they are loaded on first use, when the app registry is ready."""
    if name not in _LAZY:
        raise AttributeError(name)
    from importlib import import_module

    function = getattr(import_module(_LAZY[name]), name)
    globals()[name] = function
    return function
