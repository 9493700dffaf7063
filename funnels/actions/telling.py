"""Live signals of what boards are made of. Kind "funnels": the page takes its board again."""

from crm import live
from funnels.models import Funnel


def of_structure(funnel: Funnel) -> None:
    """To all who may have the funnel's board open: those who hear of leads in its stages."""
    base = f"leads:{funnel.workspace_id}"
    stages = funnel.stages.values_list("pk", flat=True) if funnel.pk else []
    topics = [f"{base}:all", *(f"{base}:{kind}:{pk}" for pk in stages for kind in ("stage", "free"))]
    for topic in topics:
        live.signal(topic, "funnels", funnel=funnel.pk)
