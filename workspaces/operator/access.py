"""Who gets in, and what is around the pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from workspaces.models import User
from workspaces.operator import places

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def operates(view: View) -> View:
    """For operators only: strangers are asked to log in, everyone else learns nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if not user.is_operator:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of the operator's; it knows whether the operator has a second factor. Of a higher floor, named whole."""
    around = {"lacks_second_factor": not is_mfa_enabled(request.user), "more_places": places.all_places()}
    name = template if "/" in template else f"operator/{template}.html"
    return render(request, name, {**context, **around}, status=status)
