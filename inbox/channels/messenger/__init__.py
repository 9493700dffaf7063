"""Messenger: conversations with a Facebook page.

Protocol: developers.facebook.com/documentation/business-messaging/messenger-platform (Graph v26.0).
"""
