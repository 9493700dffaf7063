"""Every write about Telegram channels that is not a message."""
