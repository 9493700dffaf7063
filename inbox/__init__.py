"""Conversations: channels, identities, sessions, messages, and everything between a provider and a person's screen."""
