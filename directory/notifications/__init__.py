"""Notifications of leads: who is told of what, how they are shown, and how they leave the house.

consuming   reads what happened (directory.Event) and makes rows; `directory.actions.notifications.make` is the door
kinds       those of leads; floors above register their own
choosing    what a person chose, and whether it is their shift
showing     rows to what a person reads, for the page, for a browser, for a mail
pushing     what is due to browsers; digests: what is due by mail
"""
