"""Invitations: send, resend, revoke, accept. A link is used once and dies when another is sent."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import limits, live, mail
from workspaces import links
from workspaces.actions import audit
from workspaces.actions.memberships import check_gives_role, locked
from workspaces.errors import Refused
from workspaces.models import Invitation, Membership, Role, User, Verb
from workspaces.models.invitation import VALID_FOR, hash_of, new_token
from workspaces.permissions import WorkspacePermission, check

SENT_A_DAY = 200  # by one workspace: nobody's house is for mailing strangers
SENT_AN_HOUR = 5  # of one invitation


def check_sends(invitation: Invitation) -> None:
    """Count a mail that is about to go out; raise Refused where there were too many."""
    day = limits.allow("invitations", invitation.workspace_id, amount=SENT_A_DAY, per=86_400)
    hour = limits.allow("invitation", invitation.pk, amount=SENT_AN_HOUR, per=3_600)
    if not (day and hour):
        raise Refused(_("Too many invitations were sent. Wait a while and try again."))


@transaction.atomic
def invite(*, by: Membership, email: str, role: str) -> Invitation:
    """Write the invitation and its mail. Refused for members and where one is open already."""
    by = _inviter(by)
    check_gives_role(by, role)
    email = User.objects.normalize_email(email)
    member = Membership.objects.filter(workspace_id=by.workspace_id, user__email=email).first()
    if member is not None and member.is_active:
        raise Refused(_("%(email)s is in this workspace already.") % {"email": email})
    if member is not None:
        raise Refused(_("%(email)s was deactivated here. Reactivate them instead.") % {"email": email})
    token = new_token()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                workspace_id=by.workspace_id,
                email=email,
                role=role,
                token_hash=hash_of(token),
                invited_by=by,
                expires_at=timezone.now() + VALID_FOR,
            )
    except IntegrityError:
        raise Refused(_("%(email)s has an open invitation. Resend it instead.") % {"email": email}) from None
    check_sends(invitation)
    _mail(invitation, token, by)
    audit.record(
        by.workspace_id, verb=Verb.PERSON_INVITED, by=by, target=email, changes={"role": [None, role]}
    )
    _tell(invitation)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: Membership) -> None:
    """A new link by a new mail; the old link is dead from now on."""
    by = _inviter(by)
    invitation = _locked(invitation)
    check_gives_role(by, invitation.role)
    if not invitation.is_open:
        raise Refused(_("This invitation was accepted or revoked. Invite them again."))
    token = new_token()
    invitation.token_hash = hash_of(token)
    invitation.invited_by = by
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + VALID_FOR
    invitation.save(update_fields=["token_hash", "invited_by", "sent_at", "expires_at"])
    check_sends(invitation)
    _mail(invitation, token, by)
    audit.record(by.workspace_id, verb=Verb.INVITATION_RESENT, by=by, target=invitation.email)
    _tell(invitation)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Membership) -> None:
    check(by, WorkspacePermission.MANAGE_PEOPLE)
    changed = Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=timezone.now())
    if changed:
        audit.record(by.workspace_id, verb=Verb.INVITATION_REVOKED, by=by, target=invitation.email)
        _tell(invitation)


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Make `by` a member. The caller has shown that `by` holds the link; the address must be theirs, too."""
    invitation = _locked(invitation)
    if not invitation.is_open or invitation.is_expired or invitation.workspace.is_being_deleted:
        raise Refused(_("This invitation is no longer valid. Ask for a new one."))
    if invitation.email != by.email:
        raise Refused(
            _("This invitation is for %(email)s. Sign in with that address.") % {"email": invitation.email}
        )
    membership, created = Membership.objects.get_or_create(
        workspace_id=invitation.workspace_id, user=by, defaults={"role": invitation.role}
    )
    if not created and not membership.is_active:
        raise Refused(_("Your access to this workspace was ended. Ask an admin to reactivate you."))
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = membership
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if created:
        changes = {"role": [None, invitation.role]}
        audit.record(
            invitation.workspace_id, verb=Verb.PERSON_JOINED, by=membership, about=membership, changes=changes
        )
    _tell(invitation)
    return membership


def _inviter(by: Membership) -> Membership:
    """As they are now. Who ends their right meanwhile waits for us, and then ends the invitation, too."""
    [by] = locked(by)
    if not by.is_active:
        raise PermissionDenied("deactivated meanwhile")
    check(by, WorkspacePermission.MANAGE_PEOPLE)
    return by


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("workspace")
    return rows.get(pk=invitation.pk)


def _mail(invitation: Invitation, token: str, by: Membership) -> None:
    context = {
        "workspace": invitation.workspace.name,
        "inviter": str(by.user),
        "role": Role(invitation.role).label,
        "link": links.absolute("workspaces:invitation", token=token),
        "days": VALID_FOR.days,
    }
    mail.send(
        "mail/invitation",
        to=invitation.email,
        language=invitation.workspace.language,
        context=context,
        workspace=invitation.workspace,
    )


def _tell(invitation: Invitation) -> None:
    live.signal(f"workspace:{invitation.workspace_id}:people", "people", invitation=invitation.pk)
