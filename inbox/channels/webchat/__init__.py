"""The web chat: a widget for any site, its page in a frame on our origin, and what the visitor's browser asks of us.

A visitor carries a signed token and no cookie. Until they write there is no row of theirs; the first message goes
through the ordinary intake, which makes identity, session and lead.
"""
