"""What Graph's error numbers mean: to people, and to the machine.

Source: the error reference of the Cloud API and of the Graph API, as of v26.0.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inbox.channels.meta.errors import Course, Meaning
from inbox.channels.remedies import Remedy


def meaning(code: Any, _subcode: Any = None) -> Meaning:
    """Of any code; one we do not know is a failure that a person may try again."""
    try:
        number = int(code)
    except (TypeError, ValueError):
        return _UNKNOWN
    if 200 <= number <= 299:
        return _PERMISSION
    return _MEANINGS.get(number, _UNKNOWN)


_UNKNOWN = Meaning(_("WhatsApp did not take the message. Try again."), remedy=Remedy.RETRY)
_PERMISSION = Meaning(
    _("The token lacks a permission that WhatsApp asks for. Reconnect the channel with a token that has it."),
    remedy=Remedy.RECONNECT,
)
_TOKEN = Meaning(
    _("WhatsApp no longer accepts the token. Reconnect the channel."), Course.DISCONNECT, Remedy.RECONNECT
)
_TEMPORARY = Meaning(_("WhatsApp has a problem at the moment. Try again."), Course.RETRY, Remedy.RETRY)
_BUSY = _("Too many messages at once for WhatsApp. It is sent as soon as there is room.")
_PARAMETER = Meaning(_("WhatsApp refused a part of the message."))
_ACCOUNT = Meaning(_("Meta has restricted this WhatsApp account. See why in Meta's Business Manager."))
_TEMPLATE = Meaning(
    _("WhatsApp does not have this template as it is here. Choose another one."),
    remedy=Remedy.TEMPLATE,
    resync=True,
)

_MEANINGS: dict[int, Meaning] = {
    0: _TOKEN,
    190: _TOKEN,
    3: _PERMISSION,
    10: _PERMISSION,
    131005: _PERMISSION,
    1: _TEMPORARY,
    2: _TEMPORARY,
    131000: _TEMPORARY,
    131016: _TEMPORARY,
    131057: _TEMPORARY,
    135000: _TEMPORARY,
    4: Meaning(_BUSY, Course.BACK_OFF, Remedy.RETRY, pause=120),
    80007: Meaning(_BUSY, Course.BACK_OFF, Remedy.RETRY, pause=120),
    130429: Meaning(_BUSY, Course.BACK_OFF, Remedy.RETRY, pause=10),
    131056: Meaning(
        _("Too many messages to this person in a short time. Try again in a while."),
        Course.PAIR,
        Remedy.RETRY,
    ),
    131048: Meaning(
        _(
            "WhatsApp stopped messages from this number: people blocked or reported it. Wait before writing more."
        )
    ),
    131049: Meaning(
        _("WhatsApp limits how much marketing this person gets. Wait at least 24 h, or let them write first.")
    ),
    131064: Meaning(
        _("The limit of new conversations is used up. Write again tomorrow."), remedy=Remedy.RETRY
    ),
    131026: Meaning(_("It cannot be delivered: the number has no WhatsApp, or a version that is too old.")),
    131047: Meaning(
        _("WhatsApp lets nobody write freely after 24 h. Choose a template."), remedy=Remedy.TEMPLATE
    ),
    131050: Meaning(_("This person stopped marketing messages from you."), opted_out=True),
    130472: Meaning(_("WhatsApp holds marketing back from this person. They have to write first.")),
    131051: Meaning(_("WhatsApp does not take this kind of message.")),
    131052: Meaning(_("WhatsApp could not give us the file. Ask for it again.")),
    131053: Meaning(_("WhatsApp did not take the file. Check its kind and size."), remedy=Remedy.RETRY),
    131008: _PARAMETER,
    131009: _PARAMETER,
    100: _PARAMETER,
    131021: Meaning(_("A number cannot write to itself.")),
    131030: Meaning(
        _("A test number only writes to the numbers on its list in Meta's app dashboard. Add it there.")
    ),
    131031: _ACCOUNT,
    368: _ACCOUNT,
    130497: Meaning(_("Meta does not let this account write to that country.")),
    131037: Meaning(_("Meta has not approved the number's display name yet.")),
    131042: Meaning(
        _("Meta cannot charge this account. Check the payment method in Meta's Business Manager.")
    ),
    131045: Meaning(
        _("The number is not registered with the Cloud API. Register it and try again."), remedy=Remedy.RETRY
    ),
    133010: Meaning(
        _("The number is not registered with the Cloud API. Register it and try again."), remedy=Remedy.RETRY
    ),
    131062: Meaning(
        _("WhatsApp needs the phone number for this message, and this person has not shared it.")
    ),
    131063: Meaning(_("Meta does not let this account send marketing this way.")),
    132000: _TEMPLATE,
    132001: _TEMPLATE,
    132005: Meaning(_("The template with its values is too long. Shorten them."), remedy=Remedy.TEMPLATE),
    132007: Meaning(_("WhatsApp refused the template's content."), remedy=Remedy.TEMPLATE, resync=True),
    132008: _TEMPLATE,
    132012: _TEMPLATE,
    132015: Meaning(
        _("WhatsApp paused this template for its quality. Choose another one."),
        remedy=Remedy.TEMPLATE,
        resync=True,
    ),
    132016: Meaning(
        _("WhatsApp disabled this template for its quality. Choose another one."),
        remedy=Remedy.TEMPLATE,
        resync=True,
    ),
    132068: Meaning(_("WhatsApp blocked the form in this template."), remedy=Remedy.TEMPLATE, resync=True),
    132069: Meaning(
        _("WhatsApp limits the form in this template. Try again later."), remedy=Remedy.RETRY, resync=True
    ),
}
