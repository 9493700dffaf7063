"""The closed list of models outside the scope, each with the reason.

Every other model is a `TenantModel`; the system check in `crm.tenancy.checks` refuses anything else. What is listed is
read by named methods that say by what right they look across workspaces.
"""

OUTSIDE: dict[str, str] = {
    # Django's and the libraries' own
    "auth.Permission": "names of permissions, the same for all",
    "auth.Group": "unused; django.contrib.auth brings it",
    "contenttypes.ContentType": "names of models",
    "sessions.Session": "a browser, before it is known who and where",
    "account.EmailAddress": "a person's address; a person belongs to several workspaces",
    "account.EmailConfirmation": "unused: confirmations are signed, not stored",
    "mfa.Authenticator": "a person's second factor",
    "usersessions.UserSession": "a person's sessions",
    "guardian.UserObjectPermission": "unused: grants are direct-foreign-key models of the tenant",
    "guardian.GroupObjectPermission": "unused: there are no groups",
    # The house's
    "health.Heartbeat": "signs of life of workers and beat",
    "limits.Entry": "rate limits and used codes of whoever knocks",
    "work.Lane": "the queue's fairness between workspaces",
    "work.Item": "work waiting to be done, claimed by workers for all workspaces",
    "work.Counter": "figures of the queue",
    "mail.Message": "mail of the house, most of it to people who are in no workspace yet",
    "push.Subscription": "a person's browser; a person belongs to several workspaces",
    "feed.Cursor": "how far a consumer has read, over all workspaces",
    "feed.ParkedRow": "rows that a consumer could not handle, for the operator",
    "feed.Shift": "the cluster's transaction ids after a restore",
    "workspaces.User": "a person, in several workspaces",
    "workspaces.Workspace": "the scope itself",
    "workspaces.Membership": "what a request's scope is found by",
    "workspaces.OperatorEntry": "what was done to the installation; it outlives workspaces",
    "inbox.ProviderApp": "an endpoint at a provider, of one workspace or the installation's",
    "inbox.RawRequest": "webhooks as they came, before it is known whose they are",
    "workspaces.Invitation": "opened by people who are in no workspace yet",
}
