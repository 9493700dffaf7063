"""Links to a lead's profiles on social networks: added and taken off."""

from django.db import transaction
from django.utils.translation import gettext as _

from directory import networks
from directory.actions import events, placements
from directory.actors import Actor
from directory.models import Lead, SocialProfile
from directory.verbs import Verb
from workspaces.errors import Refused

MOST = 20


@transaction.atomic
def add(lead: Lead, url: str, *, by: Actor) -> SocialProfile:
    """`url` is a link with its scheme. A lead has each once."""
    placement = placements.locked(lead.pk, by=by)
    if networks.host_of(url) in networks.PHONES:
        raise Refused(_("That link is a phone number. Add the number under Contact."))
    theirs = SocialProfile.objects.filter(lead=lead)
    if theirs.filter(url=url).exists():
        raise Refused(_("This lead has it already."))
    if theirs.count() >= MOST:
        raise Refused(_("A lead can have %(number)s links.") % {"number": MOST})
    made = SocialProfile(lead=lead, network=networks.network_of(url), url=url)
    made.save()
    events.record(
        placement,
        by=by,
        verb=Verb.PROFILE_ADDED,
        changes={"profile": [None, url]},
        facts={"network": made.network, "profile": made.pk},
    )
    return made


@transaction.atomic
def remove(profile: SocialProfile, *, by: Actor) -> None:
    placement = placements.locked(profile.lead_id, by=by)
    if not SocialProfile.objects.filter(pk=profile.pk).delete()[0]:
        return  # somebody else took it off a moment ago
    events.record(
        placement,
        by=by,
        verb=Verb.PROFILE_REMOVED,
        changes={"profile": [profile.url, None]},
        facts={"network": profile.network, "profile": profile.pk},
    )
