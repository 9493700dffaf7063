"""One aggregate a file."""

from funnels.models.funnel import Funnel, FunnelUserObjectPermission
from funnels.models.stage import Stage

__all__ = ["Funnel", "FunnelUserObjectPermission", "Stage"]
