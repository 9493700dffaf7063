"""The simulated Meta with WhatsApp, as tests and `python -m inbox.simulator` hold it."""

from typing import Any

from inbox.simulator import handle
from inbox.simulator.web import Payload
from inbox.simulator.whatsapp import defaults
from inbox.simulator.whatsapp.graph import templates
from inbox.simulator.whatsapp.phone import Phone
from inbox.simulator.whatsapp.provider import Provider
from inbox.simulator.whatsapp.world import Account, App, Number, Template, World


class Handle(handle.Handle[Phone]):
    provider: Provider

    @property
    def world(self) -> World:
        return self.provider.world

    @property
    def api_url(self) -> str:
        """For WHATSAPP_API_URL."""
        return f"{self.address}/{defaults.API_VERSION}"

    def connect(
        self, url: str, verify_token: str = defaults.VERIFY_TOKEN, *, app_id: str | None = None
    ) -> str:
        """Set the app's callback after the handshake and subscribe its accounts. "" or what was wrong with it."""
        return self.provider.connect(url, verify_token, app_id=app_id)

    def assume(
        self, url: str, verify_token: str = defaults.VERIFY_TOKEN, *, app_id: str | None = None
    ) -> None:
        self.provider.assume(url, verify_token, app_id=app_id)

    def add_app(self, app_id: str, *, secret: str, token: str, wabas: list[str] | None = None) -> App:
        """Another app; its accounts are made where they are missing."""
        app = App(app_id, f"App {app_id}", secret, token, wabas or [defaults.WABA_ID])
        with self.world.lock:
            self.world.apps[app.id] = app
            for waba_id in app.wabas:
                self.world.accounts.setdefault(waba_id, Account(waba_id, f"Cuenta {waba_id}"))
        return app

    def add_number(
        self, number_id: str, display: str, *, name: str = "Otra línea", waba_id: str = defaults.WABA_ID
    ) -> Number:
        number = self.world.numbers[number_id] = Number(number_id, display, name, waba_id)
        return number

    def add_template(
        self,
        name: str,
        body: str,
        *,
        language: str = "es_MX",
        category: str = "UTILITY",
        status: str = "APPROVED",
        waba_id: str = defaults.WABA_ID,
        **more: Any,
    ) -> Template:
        """One that exists already. `more`: header, footer (texts), buttons (as the API has them), example
        (values of the body's parameters), parameter_format.
        """
        parts: list[Payload] = []
        if "header" in more:
            header = more.pop("header")
            parts.append(
                header if isinstance(header, dict) else {"type": "HEADER", "format": "TEXT", "text": header}
            )
        example = {"example": {"body_text": [more.pop("example")]}} if "example" in more else {}
        parts.append({"type": "BODY", "text": body, **example})
        if "footer" in more:
            parts.append({"type": "FOOTER", "text": more.pop("footer")})
        if "buttons" in more:
            parts.append({"type": "BUTTONS", "buttons": more.pop("buttons")})
        with self.world.lock:
            template = Template(
                str(1500000000000001 + len(self.world.templates)), waba_id, name, language, category, status, parts,
                **more,
            )  # fmt: skip
            self.world.templates[template.id] = template
        return template

    def decide(self, template: Template, event: str) -> None:
        """APPROVED, REJECTED, PAUSED, DISABLED, …, with its webhook."""
        templates.decide(self.provider, template, event)

    def expire_token(self, *, app_id: str = defaults.APP_ID, valid: bool = False) -> None:
        self.world.apps[app_id].token_valid = valid

    def send(self, body: Payload) -> int:
        """Any body as a webhook, to whom it concerns; see `payloads`."""
        return self.provider.webhooks.send(body)
