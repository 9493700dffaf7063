"""Forms of accounts; `crm.account_settings` hands them to allauth by name."""
