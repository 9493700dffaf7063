"""Telegram: a bot, and through it existing accounts (Telegram Business).

Protocol: core.telegram.org/bots/api (Bot API 10).
"""
