"""What stands there when the simulator first opens: somebody to begin with, and an app whose review is done."""

from inbox.simulator.meta.handle import Handle


def furnish(simulator: Handle) -> None:
    """Only what is missing."""
    if "human_agent" not in simulator.app.approved:
        simulator.app.approved.append("human_agent")
    if not simulator.world.customers:
        simulator.provider.somebody({})
