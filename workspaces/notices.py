"""Security notices: who is concerned by an act in a workspace learns of it by mail, in their own language.

A consumer of the audit log writes the mails in the transaction in which its cursor moves, so each row makes its mails
exactly once. What concerns a person's account (password, second factor, address) is not told from here:
`workspaces.accounts.letters` writes to the person in the moment of the act, once, however many workspaces they are in
and even if they are in none. Here are the acts of one workspace, whose rows exist once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import mail
from crm.feed import Consumer
from workspaces import links
from workspaces.accounts.devices import device_of
from workspaces.models import AuditEntry, Membership, Role, User, Verb, Workspace
from workspaces.models.workspace import DELETION_GRACE

Words = tuple[str, list[str]]  # title, paragraphs


@dataclass(frozen=True)
class Notice:
    """`readers(entry)` are the people told; `words(entry, reader, workspace)` run in the reader's language."""

    readers: Callable[[AuditEntry], Iterable[User]]
    words: Callable[[AuditEntry, User, Workspace], Words]
    enters: bool = True  # whether the mail leads into the workspace: not where nobody gets in


def handle(entry: AuditEntry) -> None:
    """Mail whoever is concerned by this row, but for who did it. In the workspace's scope."""
    notice = NOTICES.get(Verb(entry.verb)) if entry.verb in Verb.values else None
    if notice is None:
        return
    workspace = Workspace.objects.get(pk=entry.workspace_id)
    for reader in notice.readers(entry):
        _send(notice, entry, reader, workspace)


def _send(notice: Notice, entry: AuditEntry, reader: User, workspace: Workspace) -> None:
    with translation.override(reader.language):
        title, paragraphs = notice.words(entry, reader, workspace)
        mail.notice(
            to=reader.email,
            language=reader.language,
            title=title,
            paragraphs=paragraphs,
            facts=_facts(entry, reader, workspace),
            action=_action(notice, workspace),
            footnote=_("If you did not expect this, ask the owner of the workspace."),
            workspace=workspace,
        )


def _facts(entry: AuditEntry, reader: User, workspace: Workspace) -> list[tuple[str, str]]:
    """From where is for admins: a seller is not told the address of who changed their role."""
    moment = timezone.localtime(entry.created_at, _zone(reader, workspace))
    facts = [
        (_("Workspace"), workspace.name),
        (_("Done by"), entry.actor_name),
        (_("When"), f"{formats.date_format(moment, 'DATETIME_FORMAT')} ({moment:%Z})"),
    ]
    if entry.user_agent and entry.verb in (Verb.OWNERSHIP_HANDED_OVER, Verb.DELETION_REQUESTED):
        device = device_of(entry.user_agent).name
        facts.append((_("From"), f"{device}, {entry.ip}" if entry.ip else device))
    return facts


def _zone(reader: User, workspace: Workspace) -> ZoneInfo:
    return ZoneInfo(reader.time_zone or workspace.time_zone)


def _action(notice: Notice, workspace: Workspace) -> tuple[str, str] | None:
    if not notice.enters:
        return None
    return _("Open the workspace"), links.absolute("workspaces:home_of", workspace_id=workspace.public_id)


def _person(entry: AuditEntry) -> list[User]:
    """Whom the row is about."""
    people = Membership.objects.filter(workspace_id=entry.workspace_id, pk=entry.membership_id or 0)
    return [one.user for one in people.select_related("user").filter(user__is_active=True)]


def _old_and_new_owner(entry: AuditEntry) -> list[User]:
    former = [entry.actor] if entry.actor and entry.actor.is_active else []
    return [*former, *_person(entry)]


def _admins(entry: AuditEntry) -> list[User]:
    people = Membership.objects.filter(workspace_id=entry.workspace_id, role__in=(Role.OWNER, Role.ADMIN))
    return [one.user for one in people.active().select_related("user").filter(user__is_active=True).by_name()]


def _role_changed(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    before, after = (str(Role(role).label) for role in entry.changes["role"])
    return (
        _("Your role in %(workspace)s changed") % {"workspace": workspace.name},
        [
            _("You were %(before)s, now you are %(after)s.")
            % {"before": before.lower(), "after": after.lower()},
            _("What you were granted one by one went with the old role."),
        ],
    )


def _deactivated(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    return (
        _("You have no access to %(workspace)s any more") % {"workspace": workspace.name},
        [
            _(
                "Your access to %(workspace)s was ended. Your account and your other workspaces stay as they are."
            )
            % {"workspace": workspace.name}
        ],
    )


def _reactivated(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    return (
        _("You can enter %(workspace)s again") % {"workspace": workspace.name},
        [_("Your access to %(workspace)s was restored.") % {"workspace": workspace.name}],
    )


def _handed_over(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    before, after = entry.changes["owner"]
    if reader.pk == entry.actor_id:
        return (
            _("You handed %(workspace)s over") % {"workspace": workspace.name},
            [_("%(name)s owns the workspace now. You are an admin.") % {"name": after}],
        )
    return (
        _("You own %(workspace)s now") % {"workspace": workspace.name},
        [
            _(
                "%(name)s handed the ownership over to you. All in the workspace is yours to decide, also its deletion."
            )
            % {"name": before}
        ],
    )


def _deletion_requested(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    days = DELETION_GRACE.days
    return (
        _("%(workspace)s is going to be deleted") % {"workspace": workspace.name},
        [
            _("%(name)s asked to delete the workspace. Nobody can enter it any more.")
            % {"name": entry.actor_name},
            ngettext(
                "In %(days)s day all in it is deleted for good. Until then the owner can call that off.",
                "In %(days)s days all in it is deleted for good. Until then the owner can call that off.",
                days,
            )
            % {"days": days},
        ],
    )


def _deletion_cancelled(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    return (
        _("%(workspace)s stays") % {"workspace": workspace.name},
        [_("The deletion of the workspace was called off. Everyone can enter again.")],
    )


def _suspended(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    return (
        _("%(workspace)s is suspended") % {"workspace": workspace.name},
        [
            _(
                "Nobody can enter the workspace until that is lifted. Nothing is deleted, and what comes in is kept."
            ),
            _("Reason: %(reason)s") % {"reason": entry.target},
        ],
    )


def _unsuspended(entry: AuditEntry, reader: User, workspace: Workspace) -> Words:
    return (
        _("%(workspace)s is open again") % {"workspace": workspace.name},
        [_("The suspension was lifted. Everyone can enter again.")],
    )


NOTICES = {
    Verb.ROLE_CHANGED: Notice(_person, _role_changed),
    Verb.PERSON_DEACTIVATED: Notice(_person, _deactivated, enters=False),
    Verb.PERSON_REACTIVATED: Notice(_person, _reactivated),
    Verb.OWNERSHIP_HANDED_OVER: Notice(_old_and_new_owner, _handed_over),
    Verb.DELETION_REQUESTED: Notice(_admins, _deletion_requested, enters=False),
    Verb.DELETION_CANCELLED: Notice(_admins, _deletion_cancelled),
    Verb.SUSPENDED: Notice(_admins, _suspended, enters=False),
    Verb.UNSUSPENDED: Notice(_admins, _unsuspended),
}
CONSUMER = Consumer("security_notices", "workspaces.AuditEntry", handle)
