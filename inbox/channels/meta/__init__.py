"""What the channels of Meta share: one app's endpoint, the Graph API, and the Messenger Platform, on which Messenger
and Instagram stand alike. What differs is in the folders of the channels.

Protocol: developers.facebook.com/documentation/business-messaging (Graph v26.0).
"""
