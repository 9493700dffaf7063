"""The endpoint of a provider's app: know the sender, write down what it said, answer. Nothing else happens here."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.cleanness import raw_body, upload_limit
from inbox.channels import providers
from inbox.channels.providers import Provider
from inbox.journal import receiving
from inbox.models import ProviderApp


@csrf_exempt
@raw_body
@upload_limit(settings.WEBHOOK_MAX_BYTES)
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, provider: str, public_id: str) -> HttpResponse:
    """The trust boundary of everything that comes in. Whoever reads on may believe that the body is the provider's, and
    that it is about that app's own accounts; not that it is sane.

    The signature is checked over the bytes as they came, since providers escape in ways of their own. What is signed is
    answered with 200 whatever it says: any other answer would bring it again for a week.
    """
    the_provider, app = providers.find(provider), ProviderApp.objects.at(public_id)
    if the_provider is None or app is None or app.provider != provider:
        raise Http404
    if request.method == "GET":
        return _handshake(the_provider, app, request)
    body = request.read(settings.WEBHOOK_MAX_BYTES)
    if not the_provider.verify(app, request.headers, body):
        receiving.refuse(app)
        return HttpResponseForbidden()
    receiving.receive(app, body)
    return HttpResponse()


def _handshake(provider: Provider, app: ProviderApp, request: HttpRequest) -> HttpResponse:
    answer = provider.challenge(app, request)
    if answer.status_code == 200:
        receiving.verified(app)
    return answer
