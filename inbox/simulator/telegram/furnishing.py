"""What stands there when the simulator first opens: an account that let the bot in, and somebody to begin with."""

from inbox.simulator.telegram import defaults
from inbox.simulator.telegram.handle import Handle


def furnish(simulator: Handle) -> None:
    """Only what is missing. Cauce is told of the account once its bot listens."""
    if defaults.CONNECTION_ID not in simulator.world.connections:
        simulator.account()
    if not simulator.world.customers:
        simulator.provider.somebody({})
