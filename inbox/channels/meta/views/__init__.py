"""The connect screen, a channel's page, and its acts."""
