"""How a public request gets in: by the widget's token, in the scope of its workspace, without session and CSRF.

A trust boundary. Nothing here is authorised by a cookie, so another site's page can make no request in a visitor's
name: whoever asks shows the visitor's token in a header, which only our own page holds. Requests that write are made
by our page alone, hence their Origin, where a browser names one, is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from crm.tenancy import scope
from inbox.channels.reading import loads, mapping
from inbox.channels.webchat import visitors, widget
from inbox.channels.webchat.claims import UnfitClaimError
from inbox.channels.webchat.limits import TooManyError
from inbox.channels.webchat.uploads import UnfitError
from inbox.channels.webchat.visitors import BadVisitorError, NotVerifiedError, Visitor
from inbox.channels.webchat.widget import Widget
from inbox.models import Channel, Identity


class UnfitRequestError(Exception):
    """`code` says which; the page has words for it."""

    def __init__(self, code: str, status: int = 422) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class Caller:
    """Who asks, at which widget."""

    def __init__(self, request: HttpRequest, channel: Channel) -> None:
        self.request = request
        self.channel = channel
        self.widget = Widget.of(channel)

    @cached_property
    def visitor(self) -> Visitor:
        """Raises BadVisitorError where there is no token, too."""
        return visitors.read(self.request.headers.get("X-Visitor", ""), self.channel)

    @cached_property
    def identity(self) -> Identity | None:
        """None until they have written."""
        return visitors.identity_of(self.visitor)

    @property
    def known(self) -> Identity:
        """Raises BadVisitorError for who has not written."""
        if self.identity is None:
            raise BadVisitorError
        return self.identity

    @cached_property
    def body(self) -> dict[str, Any]:
        """What was posted, as JSON or as a form."""
        if self.request.content_type == "multipart/form-data":
            return {name: _unpacked(name, str(value)) for name, value in self.request.POST.items()}
        try:
            return mapping(loads(self.request.body or b"{}"))
        except ValueError:
            raise UnfitRequestError("json", 400) from None


View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """A view of a widget: 404 without a word where there is none. It gets a Caller in place of the token."""

    @csrf_exempt
    @wraps(view)
    def at_the_door(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        channel = widget.find(token)
        if channel is None:
            raise Http404
        with scope(channel.workspace_id):
            return view(request, Caller(request, channel), **kwargs)

    return at_the_door


def api(view: View) -> View:
    """A public view that answers in JSON: {"error", "retry"} where it refuses."""

    @never_cache
    @wraps(view)
    def answered(request: HttpRequest, caller: Caller, **kwargs: Any) -> HttpResponseBase:
        if not _is_ours(request):
            return _refused("origin", 403)
        try:
            return view(request, caller, **kwargs)
        except TooManyError as many:
            answer = JsonResponse({"error": "rate", "retry": many.retry}, status=429)
            answer.headers["Retry-After"] = str(many.retry)
            return answer
        except BadVisitorError:
            return _refused("visitor", 403)
        except NotVerifiedError:
            return _refused("identity", 403)
        except UnfitClaimError as unfit:
            return _refused(unfit.field, 422)
        except UnfitError as unfit:
            return _refused(unfit.reason, 413 if unfit.reason == "large" else 422)
        except UnfitRequestError as unfit:
            return _refused(unfit.code, unfit.status)

    return public(answered)


def _refused(code: str, status: int) -> JsonResponse:
    return JsonResponse({"error": code}, status=status)


def _is_ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    if not origin or request.method in ("GET", "HEAD"):
        return True
    return urlsplit(origin).netloc == request.get_host()


def _unpacked(name: str, value: str) -> Any:
    """Beside a file, what has parts comes as JSON."""
    if name not in ("claims", "page"):
        return value
    try:
        return loads(value.encode())
    except ValueError:
        raise UnfitRequestError("json", 400) from None
