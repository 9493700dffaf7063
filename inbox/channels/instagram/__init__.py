"""Instagram: direct messages to a professional account, through its Facebook page or by Instagram's own login.

Protocol: developers.facebook.com/documentation/business-messaging/instagram-messaging and, for its own login,
developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login (Graph v26.0).
"""
