"""Mails of our own: two Jinja templates, text and HTML, in the reader's language."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.utils import translation
from jinja2 import Environment

from crm.mail.backend import queue
from crm.mail.models import Message


def send(
    template: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any] | None = None,
    workspace: Any = None,
    reply_to: str = "",
    key: str = "",
    headers: Mapping[str, str] | None = None,
) -> Message:
    """Queues a mail in the caller's transaction.

    template: "mail/invitation" stands for mail/invitation.txt, with the blocks `subject` and `content`, and
        mail/invitation.html, with the block `content`. Both are given the context, `subject` and `base_url`.
    workspace: whose mail it is, that is, in whose lane it waits; None for the installation's.
    headers: further ones, such as how to unsubscribe.
    """
    subject, text, html = render(template, language=language, context=context or {})
    email = EmailMultiAlternatives(
        subject, text, to=[to], reply_to=[reply_to] if reply_to else None, headers=dict(headers or {})
    )
    email.attach_alternative(html, "text/html")
    message = queue(email, workspace_id=getattr(workspace, "pk", workspace), key=key)
    assert message is not None
    return message


def notice(
    *,
    to: str,
    language: str,
    title: Any,
    paragraphs: Sequence[Any],
    facts: Sequence[tuple[Any, Any]] = (),
    action: tuple[Any, str] | None = None,
    footnote: Any = "",
    workspace: Any = None,
) -> Message:
    """Queues a short mail that needs no template of its own. Lazy translations are read in `language`.

    facts: (label, value), shown as a table. action: (label, address), shown as a button.
    """
    context = {
        "title": title,
        "paragraphs": paragraphs,
        "facts": facts,
        "action": action and {"label": action[0], "url": action[1]},
        "footnote": footnote,
    }
    return send("mail/notice", to=to, language=language, context=context, workspace=workspace)


def render(template: str, *, language: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """(subject, text, HTML)."""
    with translation.override(language):
        given = {**context, "base_url": settings.BASE_URL, "language": language}
        plain = _plain_environment().get_template(f"{template}.txt")
        subject = " ".join("".join(plain.blocks["subject"](plain.new_context(given))).split())
        text = plain.render(given, subject=subject).strip() + "\n"
        html = _environment().get_template(f"{template}.html").render(given, subject=subject)
    return subject, text, html


def _environment() -> Environment:
    environment: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return environment


@cache
def _plain_environment() -> Environment:
    """The pages' own, without escaping: in a text, & is &."""
    return _environment().overlay(autoescape=False)
