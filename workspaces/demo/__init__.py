"""The demo: two workspaces with people and a month of history. Only where settings.DEMO allows it."""

from workspaces.demo.cast import PASSWORD, Account, accounts

__all__ = ["PASSWORD", "Account", "accounts"]
