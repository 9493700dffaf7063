"""Templates: made, read, changed, deleted; and whether a message fills one in rightly."""

import re
import secrets
from typing import TYPE_CHECKING, Any

from inbox.simulator.web import Payload, Request
from inbox.simulator.whatsapp import payloads
from inbox.simulator.whatsapp.errors import GraphError
from inbox.simulator.whatsapp.graph.access import account_of
from inbox.simulator.whatsapp.world import Template

if TYPE_CHECKING:
    from inbox.simulator.whatsapp.provider import Provider

NAME = re.compile(r"[a-z0-9_]{1,512}")
HOLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
LONGEST = 1024
PAGE = 25


def listed(provider: "Provider", request: Request, waba_id: str) -> Payload:
    """By name and language; pages by `limit` and `after`."""
    _, account = account_of(provider, request, waba_id)
    asked = request.query
    found = sorted(
        (
            one
            for one in provider.world.templates.values()
            if one.waba_id == account.id
            and asked.get("name", one.name) in one.name
            and asked.get("status", one.status).upper() == one.status
            and asked.get("language", one.language) == one.language
        ),
        key=lambda one: (one.name, one.language),
    )
    limit = int(asked["limit"]) if asked.get("limit", "").isdecimal() else PAGE
    begin = int(asked["after"]) if asked.get("after", "").isdecimal() else 0
    shown = found[begin : begin + limit]
    paging: Payload = {"cursors": {"before": str(begin), "after": str(begin + len(shown))}}
    if begin + len(shown) < len(found):
        query = f"limit={limit}&after={begin + len(shown)}"
        paging["next"] = f"{provider.base_url}/v26.0/{waba_id}/message_templates?{query}"
    return {"data": [described(one) for one in shown], **({"paging": paging} if shown else {})}


def described(template: Template) -> Payload:
    return {
        "name": template.name,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "rejected_reason": template.rejected_reason,
        "quality_score": {"score": template.quality, "date": 1790000000},
        "id": template.id,
    }


def create(provider: "Provider", request: Request, waba_id: str) -> Payload:
    """PENDING first; approved or rejected (a name with "reject" or "rechaz") a moment later, by webhook."""
    _, account = account_of(provider, request, waba_id, "post")
    asked = request.json()
    name, language = asked.get("name"), asked.get("language")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _refused(
            "Invalid name", "Message template name can only have lowercase letters and underscores."
        )
    if not isinstance(language, str) or not language:
        raise GraphError(100, message="(#100) The parameter language is required.")
    if asked.get("category") not in CATEGORIES:
        raise GraphError(100, message=f"(#100) Param category must be one of {{{', '.join(CATEGORIES)}}}")
    format_ = str(asked.get("parameter_format", "POSITIONAL")).upper()
    components = _checked(asked.get("components"))
    with provider.world.lock:
        if any(
            (one.waba_id, one.name, one.language) == (account.id, name, language)
            for one in provider.world.templates.values()
        ):
            raise GraphError(
                100,
                "There is already content in this language for this template.",
                message="Invalid parameter",
                subcode=2388024,
                user_title="Content in This Language Already Exists",
            )
        template = Template(
            str(10**15 + secrets.randbelow(10**14)), account.id, name, language, asked["category"], "PENDING",
            components, format_,
        )  # fmt: skip
        provider.world.templates[template.id] = template
    provider.review(template)
    return {"id": template.id, "status": template.status, "category": template.category}


def edit(provider: "Provider", request: Request, template_id: str) -> Payload:
    template = provider.world.templates[template_id]
    asked = request.json()
    if "components" in asked:
        template.components = _checked(asked["components"])
    template.category = asked.get("category", template.category)
    template.status = "PENDING"
    provider.review(template)
    return {"success": True}


def delete(provider: "Provider", request: Request, waba_id: str) -> Payload:
    """`name`: in all languages; with `hsm_id`: that one."""
    _, account = account_of(provider, request, waba_id, "delete")
    name, template_id = request.query.get("name"), request.query.get("hsm_id")
    if not name and not template_id:
        raise GraphError(100, message="(#100) The parameter name is required.")
    with provider.world.lock:
        gone = [
            one
            for one in provider.world.templates.values()
            if one.waba_id == account.id and (one.id == template_id if template_id else one.name == name)
        ]
        for one in gone:
            del provider.world.templates[one.id]
    if not gone:
        raise GraphError(
            100, "The template was not found.", message="Invalid parameter", subcode=2593002,
            user_title="Message Template Not Found",
        )  # fmt: skip
    for one in gone:
        provider.webhooks.send(_news(one, "PENDING_DELETION", reason=None))
    provider.changed()
    return {"success": True}


def decide(provider: "Provider", template: Template, event: str) -> None:
    """APPROVED, REJECTED, PAUSED, DISABLED, …: the template takes that status and the webhook says so."""
    template.status = {"REINSTATED": "APPROVED", "FLAGGED": template.status}.get(event, event)
    template.rejected_reason = "INVALID_FORMAT" if event == "REJECTED" else "NONE"
    more: Payload = {}
    if event == "REJECTED":
        more["rejection_info"] = {
            "reason": "Your template has parameters placed next to each other without text between them.",
            "recommendation": "Separate parameters with descriptive text.",
        }
    if event in ("PAUSED", "DISABLED"):
        title = "FIRST_PAUSE" if event == "PAUSED" else "DISABLED"
        more["other_info"] = {"title": title, "description": "Your template received negative feedback."}
    provider.webhooks.send(_news(template, event, reason=template.rejected_reason, **more))
    provider.changed()


def _news(template: Template, event: str, *, reason: str | None, **more: Any) -> Payload:
    return payloads.template_status(
        event,
        template_id=template.id,
        name=template.name,
        language=template.language,
        category=template.category,
        reason=reason,
        waba_id=template.waba_id,
        **more,
    )


def _checked(components: object) -> list[Payload]:
    if not isinstance(components, list) or not components:
        raise GraphError(100, message="(#100) The parameter components is required.")
    bodies = [one for one in components if isinstance(one, dict) and str(one.get("type")).upper() == "BODY"]
    if len(bodies) != 1 or not isinstance(bodies[0].get("text"), str):
        raise _refused("Missing body", "A template needs exactly one BODY with a text.")
    text = bodies[0]["text"]
    if len(text) > LONGEST:
        raise _refused("Body too long", "Message body can't have more than 1,024 characters.")
    if holes(text) and not bodies[0].get("example"):
        raise _refused("Missing sample", "Templates with variable parameters need sample values (example).")
    return components


def _refused(title: str, details: str) -> GraphError:
    return GraphError(100, details, message="Invalid parameter", subcode=2388043, user_title=title)


def holes(text: str) -> list[str]:
    """The names (or numbers) of a text's parameters, each once."""
    return list(dict.fromkeys(HOLE.findall(text)))


# A message made of a template


def filled(template: Template, components: list[Any]) -> Payload:
    """What the customer sees: header, body, footer and buttons with everything in its place. Raises GraphError."""
    sent = {str(one.get("type", "")).lower(): one.get("parameters") or [] for one in components if one.get("type") != "button"}  # fmt: skip # noqa: E501
    shown: Payload = {"name": template.name, "language": template.language, "category": template.category}
    for part in template.components:
        kind = str(part.get("type")).lower()
        if kind == "header" and str(part.get("format", "TEXT")).upper() != "TEXT":
            shown["header"] = _media(part, sent.get("header", []))
        elif kind in ("header", "body", "footer"):
            shown[kind] = _fill(template, kind, str(part.get("text", "")), sent.get(kind, []))
        elif kind == "buttons":
            shown["buttons"] = _buttons(part.get("buttons", []), components)
    return shown


def _fill(template: Template, kind: str, text: str, parameters: list[Any]) -> str:
    names = holes(text)
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{kind}: number of localizable_params ({len(parameters)}) does not match the expected number of params"
            f" ({len(names)})",
        )
    values = {}
    for place, parameter in zip(names, parameters, strict=True):
        name = place
        if template.parameter_format == "NAMED":
            name = parameter.get("parameter_name", "") if isinstance(parameter, dict) else ""
            if name not in names:
                raise GraphError(132000, f"{kind}: parameter name '{name[:60]}' is missing in the template")
        value = _value(parameter)
        if not value or "\n" in value or "\t" in value or "    " in value:
            raise GraphError(
                131008 if not value else 132012,
                "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
                if value
                else f"{kind}: a parameter has no text",
            )
        values[name] = value
    whole = HOLE.sub(lambda found: values[found[1]], text)
    if len(whole) > LONGEST:
        raise GraphError(132005, f"{kind}: the text is longer than {LONGEST} characters")
    return whole


def _value(parameter: Any) -> str:
    if not isinstance(parameter, dict):
        raise GraphError(132012, "a parameter must be an object")
    kind = parameter.get("type", "text")
    if kind == "currency":
        return str((parameter.get("currency") or {}).get("fallback_value", ""))
    if kind == "date_time":
        return str((parameter.get("date_time") or {}).get("fallback_value", ""))
    if kind != "text":
        raise GraphError(132012, f"Format mismatch, expected text, received {str(kind)[:40]}")
    return str(parameter.get("text", ""))


def _media(part: Payload, parameters: list[Any]) -> Payload:
    wanted = str(part["format"]).lower()
    if wanted == "location":
        wanted = "location"
    if len(parameters) != 1 or parameters[0].get("type") != wanted:
        received = parameters[0].get("type") if parameters else "UNKNOWN"
        raise GraphError(132012, f"header: Format mismatch, expected {wanted.upper()}, received {received}")
    return {"type": wanted, wanted: parameters[0].get(wanted) or {}}


def _buttons(buttons: list[Payload], components: list[Any]) -> list[Payload]:
    given = {str(one.get("index", "0")): one for one in components if one.get("type") == "button"}
    shown = []
    for index, button in enumerate(buttons):
        kind = str(button.get("type")).upper()
        parameters = (given.get(str(index)) or {}).get("parameters") or [{}]
        one = {"type": kind, "text": button.get("text", "")}
        if kind == "QUICK_REPLY":
            one["payload"] = parameters[0].get("payload") or button.get("text", "")
        elif kind == "URL":
            url = str(button.get("url", ""))
            if holes(url) and not parameters[0].get("text"):
                raise GraphError(131008, f"Button at index {index} of type Url requires a parameter")
            one["url"] = HOLE.sub(str(parameters[0].get("text", "")), url)
        elif kind == "PHONE_NUMBER":
            one["phone_number"] = button.get("phone_number", "")
        shown.append(one)
    return shown
