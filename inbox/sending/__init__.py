"""Sending: a message of ours is a row first, then work in its channel's lane, then the provider's.

checking    what may be sent, decided by the server
working     rows of durable work to the channel's kind, and what came of them back to the message
courtesies  read marks and "writing…": best effort, never in anybody's way
"""
