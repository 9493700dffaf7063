from crm.work.models.counter import Counter
from crm.work.models.item import Item, State
from crm.work.models.lane import Lane

__all__ = ["Counter", "Item", "Lane", "State"]
