"""A server that speaks the providers' protocols on the loopback address, and the phones of the customers behind it.

In tests:

    with Simulator() as site:
        simulator = site.whatsapp                     # or .telegram: a `handle.Handle`, all of one shape
        simulator.connect("http://127.0.0.1:8000/hooks/meta/abc/", verify_token="…")     # or .assume(): no handshake
        ana = simulator.customer("Ana Ruiz", phone="5215512345678")
        ana.text("Hola"); ana.image(caption="Esta"); ana.voice()
        simulator.settle()                            # all webhooks were taken
        answer = simulator.wait_for(lambda m: m.origin == "business")
        simulator.misbehave("error", code=131056, times=2)

The same code is a process of its own: `python -m inbox.simulator --port 8002 --data var/simulator`. To Cauce the only
difference to a provider is the base address (WHATSAPP_API_URL, …). A provider is a folder. Imports nothing of Django.
"""

from inbox.simulator.simulator import NotAllowed, Simulator
from inbox.simulator.world import Message

__all__ = ["Message", "NotAllowed", "Simulator"]
