"""Asking Meta while an admin connects a page or account: which pages there are, and what their tokens may do.

No transaction is open in any of these. All raise `setup.Wrong` with words for the field that is wrong.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from inbox.channels.endpoints import is_https
from inbox.channels.meta import checking
from inbox.channels.meta.client import MetaClient, Page
from inbox.channels.meta.connection import GRAPH
from inbox.channels.meta.facts import Facts
from inbox.channels.meta.graph import Graph, GraphError
from inbox.channels.meta.setup import token_facts, wrong
from inbox.channels.wrong import Wrong
from inbox.models import ProviderApp


def pages_of(app: ProviderApp, token: str) -> list[Page]:
    """The pages that a token reaches: a page's own, or all of the person's. Raises Wrong."""
    facts = token_facts(GRAPH, app, token)
    client = MetaClient(Graph(GRAPH, token, app.secrets["app_secret"]))
    try:
        found = [client.page()] if facts.kind == "PAGE" else client.pages()
    except GraphError as error:
        raise wrong(error, _("Meta does not show the pages of this token.")) from None
    if not found:
        raise Wrong(_("The token reaches no Facebook page. Choose the page when you generate it."))
    return found


def page_of(app: ProviderApp, token: str, page_id: str) -> Page:
    """One of them, with its token, as Meta shows it now. Raises Wrong."""
    found = next((page for page in pages_of(app, token) if page.id == page_id), None)
    if found is None or not found.token:
        raise Wrong(_("The token no longer reaches this page."))
    return found


def facts_for(app: ProviderApp, page: Page, wanted: tuple[str, ...]) -> Facts:
    """Of a page that is about to be connected. Raises Wrong where something is missing that it cannot do without."""
    client = MetaClient(Graph(GRAPH, page.token, app.secrets["app_secret"]), page.id)
    try:
        facts = checking.page_facts(app, client, wanted=wanted, page=page)
    except GraphError as error:
        raise wrong(error, _("Meta does not accept the token of this page.")) from None
    if facts.missing:
        words = _("The token lacks {scopes}. Generate it again with them.")
        raise Wrong(words.format(scopes=", ".join(facts.missing)))
    return facts


def own_login(token: str) -> Facts:
    """Of a token of Instagram login. Raises Wrong."""
    try:
        facts = checking.own_facts(token)
    except GraphError as error:
        raise wrong(
            error, _("Instagram does not accept this token. Generate a new one, and copy it whole.")
        ) from None
    if not facts.page.instagram:
        raise Wrong(_("Instagram does not say whose token this is. Generate a new one, and copy it whole."))
    return facts


def is_simulated() -> bool:
    return not settings.META_API_URL.startswith("https://graph.facebook.com/")


def callback_is_public() -> bool:
    """Whether Meta could call us: it asks for TLS. A simulator asks for nothing."""
    return is_https() or is_simulated()
