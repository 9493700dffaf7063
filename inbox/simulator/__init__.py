"""A server that speaks WhatsApp's Cloud API on the loopback address, and the phones of the customers behind it.

In tests:

    with Simulator() as simulator:
        simulator.connect("http://127.0.0.1:8000/hooks/meta/abc/", verify_token="…")     # or .assume(): no handshake
        ana = simulator.customer("Ana Ruiz", phone="5215512345678")
        ana.text("Hola"); ana.image(caption="Esta"); ana.voice()
        simulator.settle()                            # all webhooks were taken
        answer = simulator.wait_for(lambda m: m.origin == "business")
        simulator.misbehave("error", code=131056, times=2)

The same code is a process of its own: `python -m inbox.simulator --port 8002 --data var/simulator`. To Cauce the only
difference to Meta is the base address, WHATSAPP_API_URL. Imports nothing of Django.
"""

from inbox.simulator import payloads
from inbox.simulator.phone import Phone
from inbox.simulator.simulator import NotAllowed, Simulator
from inbox.simulator.world import App, Customer, Message, Number, Template

__all__ = ["App", "Customer", "Message", "NotAllowed", "Number", "Phone", "Simulator", "Template", "payloads"]
